"""Declared rates and guessed tokens: requests in, a gate to wait at and a usage out."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from harness.values.reply import Answer, Usage
from harness.values.request import Request

RateGate: TypeAlias = Callable[[Request], Awaitable[None]]

MINUTE_S = 60.0
CHARACTERS_PER_TOKEN = 3.5
DEFAULT_OUTPUT_TOKENS = 256


def estimated_tokens(request: Request) -> int:
    """A guess before the call: 3.5 characters per token and the declared output limit."""
    return _input_tokens(request) + (request.sampling.max_tokens or DEFAULT_OUTPUT_TOKENS)


def usage_of(request: Request | None, answer: Answer) -> Usage:
    """What an answer used, as the server says; where it says nothing, a guess from the texts.

    The guess, 3.5 characters per token, is marked `estimated`. A usage of no tokens at all is no
    report: every answer has read something.
    """
    said = answer.usage
    if said is not None and said.input + said.output:
        return said
    read = 0 if request is None else _input_tokens(request)
    wrote = math.ceil(len(answer.text) / CHARACTERS_PER_TOKEN)
    return Usage(input=max(1, read), output=wrote, estimated=True)


def _input_tokens(request: Request) -> int:
    characters = len(request.prompt or "")
    characters += sum(len(str(message.content)) for message in request.messages)
    return int(characters / CHARACTERS_PER_TOKEN)


def rate_gate(rpm: float | None, tpm: float | None) -> RateGate | None:
    """Wait here before each request so that neither rate is exceeded; None when none is declared.

    Requests are let through one by one, evenly, because a burst of a whole minute's worth is what
    servers with short windows refuse.
    """
    if rpm is None and tpm is None:
        return None
    from aiolimiter import AsyncLimiter

    requests = AsyncLimiter(1, MINUTE_S / rpm) if rpm else None
    tokens = AsyncLimiter(tpm, MINUTE_S) if tpm else None

    async def wait(request: Request) -> None:
        if requests is not None:
            await requests.acquire()
        if tokens is not None:
            await tokens.acquire(min(estimated_tokens(request), tokens.max_rate))

    return wait
