"""The fake that answers by rules: for trying a suite, a scorer or the harness without a model."""

from __future__ import annotations

import re
from typing import Self, cast

from harness.errors import UsageError
from harness.values.endpoint import ScriptedSpec
from harness.values.reply import (
    FAILURE_KINDS,
    Answer,
    Failure,
    FailureKind,
    Reply,
    Usage,
    assistant,
)
from harness.values.request import Request

CHARACTERS_PER_TOKEN = 4


class ScriptedEndpoint:
    r"""Answers with the first rule whose pattern is found in the last text of the request.

    `\1` in an answer stands for the first group of the pattern. Token counts are characters / 4,
    those of the input over all messages, and marked as estimated.

    Raises:
        UsageError: a pattern is no regular expression, an answer names a group that its pattern
            lacks, or a failure kind does not exist.
    """

    server = "scripted"

    def __init__(self, spec: ScriptedSpec) -> None:
        self._rules = [_rule(pattern, answer) for pattern, answer in spec.rules]
        if unknown := sorted(set(spec.fail.values()) - set(FAILURE_KINDS)):
            kinds = ", ".join(FAILURE_KINDS)
            raise UsageError(f"scripted endpoint: no failure is called {unknown[0]!r}: {kinds}")
        self._default = spec.default
        self._fail = spec.fail

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        return None

    async def complete(self, request: Request) -> Reply:
        """The scripted answer or failure."""
        texts = _texts(request)
        text = texts[-1]
        for needle, kind in self._fail.items():
            if needle in text:
                return Failure(cast("FailureKind", kind), f"scripted: {needle!r} was found")
        answer = self._answer(text)
        usage = Usage(
            input=sum(map(len, texts)) // CHARACTERS_PER_TOKEN,
            output=max(1, len(answer) // CHARACTERS_PER_TOKEN),
            estimated=True,
        )
        return Answer(assistant(answer), usage=usage, model=request.model.name)

    def _answer(self, text: str) -> str:
        for pattern, answer in self._rules:
            if match := pattern.search(text):
                return match.expand(answer)
        return self._default


def _rule(pattern: str, answer: str) -> tuple[re.Pattern[str], str]:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise UsageError(f"scripted endpoint: {pattern!r} is no pattern: {error}") from error
    try:
        compiled.sub(answer, "")  # reads the groups that the answer names
    except (re.error, IndexError) as error:
        message = f"scripted endpoint: {answer!r} is no answer to {pattern!r}: {error}"
        raise UsageError(message) from error
    return compiled, answer


def _texts(request: Request) -> list[str]:
    """What is asked, in order; at least one text."""
    if request.messages:
        contents = [message.content for message in request.messages]
        return [content if isinstance(content, str) else str(content) for content in contents]
    return [request.prompt or ""]
