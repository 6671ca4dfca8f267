"""promptfoo: the JSON of `promptfoo eval -o out.json` in, one log for each provider and prompt out.

Read are: vars, provider, prompt label, output, error, tokens, seconds, pass, score, named scores,
and the values that assertions compare with. Not read: config, environment, headers, metadata, raw
responses. Format: promptfoo, `EvaluateSummaryV2` and `V3` of `types/index.ts`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from harness.errors import DataError, Problem
from harness.scoring.expected import as_text
from harness.store.peers.reading import (
    BROKEN,
    arm_name,
    broken,
    decoded,
    distinct,
    failure,
    seconds,
    tokens,
    unit_score,
    unit_scores,
)
from harness.store.rows import open_binary
from harness.text.secrets import scrub
from harness.values.digest import digest
from harness.values.imported import ImportedLog, ImportedSample
from harness.values.reply import Answer, Finish, Reply, Usage, assistant

TOOL = "promptfoo"
WHAT = "promptfoo result"
FAILED = 2  # ResultFailureReason.ERROR; 1 is an assertion that did not hold
_OF_A_CONVERSATION = "_conversation"  # what was said before, which promptfoo puts among the vars
_COMPARING = ("equals", "contains", "icontains", "starts-with", "contains-any", "icontains-any")
_FINISH: dict[str, Finish] = {"length": "length", "content_filter": "filter", "tool_calls": "tool"}


class _Provider(msgspec.Struct):
    id: str = ""
    label: str | None = None


class _Prompt(msgspec.Struct):
    raw: str = ""
    label: str = ""
    display: str = ""


class _Tokens(msgspec.Struct, rename="camel"):
    prompt: Any = None
    completion: Any = None
    completion_details: dict[str, Any] | None = None


class _Response(msgspec.Struct, rename="camel"):
    output: Any = None
    error: Any = None
    token_usage: _Tokens | None = None
    finish_reason: str | None = None
    is_refusal: bool | None = None


class _Assertion(msgspec.Struct):
    type: str = ""
    value: Any = None


class _Test(msgspec.Struct):
    vars: dict[str, Any] | None = None
    description: str | None = None
    assertions: list[_Assertion] | None = msgspec.field(default=None, name="assert")


class _Result(msgspec.Struct, rename="camel"):
    success: bool
    provider: _Provider | str = ""
    prompt: _Prompt | str = ""
    vars: dict[str, Any] | None = None
    test_case: _Test | None = None
    test_idx: int | None = None
    prompt_idx: int = 0
    response: _Response | None = None
    error: Any = None
    failure_reason: int | None = None
    score: float | None = None
    named_scores: dict[str, Any] | None = None
    latency_ms: float | None = None


class _Summary(msgspec.Struct):
    results: list[_Result]
    version: int = 0
    timestamp: str = ""


class _File(msgspec.Struct):
    results: _Summary


Arm = tuple[str, str]


class _Cases:
    """The ids of tests, each known by what it asks and expects."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}
        self._taken: set[str] = set()

    def id_of(self, result: _Result, inputs: dict[str, Any], expected: Any) -> str:
        key = digest([inputs, expected])
        if key not in self._ids:
            place = len(self._ids) if result.test_idx is None else result.test_idx
            id_ = f"test-{place}"
            self._ids[key] = f"{id_}-{len(self._ids)}" if id_ in self._taken else id_
            self._taken.add(self._ids[key])
        return self._ids[key]


def read_promptfoo(location: str) -> list[ImportedLog]:
    """A log for each provider and prompt.

    Raises:
        DataError: it is no promptfoo result, or there are none.
    """
    with open_binary(location) as file:
        data = file.read()
    try:
        summary = decoded(data, _File).results
    except BROKEN as error:
        raise broken(location, 0, error, WHAT) from error
    if not summary.results:
        raise DataError([Problem(file=location, message="holds no results")])
    cases = _Cases()
    by_arm: dict[Arm, list[ImportedSample]] = {}
    models: dict[Arm, str] = {}
    times: dict[tuple[Arm, str], int] = {}
    for number, result in enumerate(summary.results, 1):
        inputs, expected = _inputs(result), _expected(result.test_case)
        id_ = cases.id_of(result, inputs, expected)
        arm = _arm(result)
        models.setdefault(arm, _provider(result).id or arm[0])
        trial = times.get((arm, id_), 0)
        times[arm, id_] = trial + 1
        sample = ImportedSample(
            id=id_,
            input=inputs,
            expected=expected,
            reply=_reply(result),
            trial=trial,
            line=number,
        )
        by_arm.setdefault(arm, []).append(sample)
    names = distinct(_name(arm, list(by_arm)) for arm in by_arm)
    return [
        ImportedLog(
            tool=TOOL,
            file=location,
            arm=name,
            model=models[arm],
            samples=tuple(samples),
            started=summary.timestamp,
        )
        for name, (arm, samples) in zip(names, by_arm.items(), strict=True)
    ]


def _vars(result: _Result) -> dict[str, Any]:
    given = result.vars or (result.test_case.vars if result.test_case else None) or {}
    return {name: value for name, value in given.items() if name != _OF_A_CONVERSATION}


def _inputs(result: _Result) -> dict[str, Any]:
    """The vars; without any the prompt, unless a label of its own makes it one of the arm."""
    if found := _vars(result):
        return found
    if not _label(result):
        return {"input": _prompt(result).raw}
    described = result.test_case.description if result.test_case else None
    return {"input": described or f"test {result.test_idx or 0}"}


def _provider(result: _Result) -> _Provider:
    """Who was asked; an HTTP provider is called by its URL, and that may hold a key."""
    given = result.provider
    found = _Provider(given) if isinstance(given, str) else given
    return _Provider(scrub(found.id), scrub(found.label or ""))


def _prompt(result: _Result) -> _Prompt:
    return _Prompt(result.prompt) if isinstance(result.prompt, str) else result.prompt


def _label(result: _Result) -> str:
    """What a prompt is called; what it became with the values of a test tells nothing apart.

    Version 2 calls the label `display`.
    """
    prompt = _prompt(result)
    labels = (text for text in (prompt.label, prompt.display) if text != prompt.raw)
    return next(filter(None, labels), "")


def _arm(result: _Result) -> Arm:
    """Provider and prompt, unless the prompt is the case."""
    provider, numbered = _provider(result), f"prompt {result.prompt_idx}" if _vars(result) else ""
    return provider.label or provider.id, _label(result) or numbered


def _name(arm: Arm, arms: Sequence[Arm]) -> str:
    """The provider, and the prompt where a provider has several."""
    provider, prompt = arm
    alone = sum(other == provider for other, _ in arms) == 1
    short = provider.rpartition(":")[2] or provider
    return arm_name(short) if alone else arm_name(short, _short_label(prompt, arms))


def _short_label(prompt: str, arms: Sequence[Arm]) -> str:
    """A label as it stands, if it is short; of a long one its number among all."""
    labels = list(dict.fromkeys(label for _, label in arms))
    return prompt if len(prompt) <= 24 else f"prompt {labels.index(prompt)}"  # noqa: PLR2004


def _reply(result: _Result) -> Reply:
    response = result.response or _Response()
    said = response.output is not None
    failed = result.failure_reason == FAILED or (result.failure_reason is None and not said)
    if failed or not said:
        return failure(as_text(response.error or result.error or "no output"))
    given, _ = unit_scores(result.named_scores or {})
    scores = {"pass": float(result.success)}
    if (score := unit_score(result.score)) is not None:
        scores["score"] = score
    text = as_text(response.output)
    return Answer(
        assistant(text),
        finish=_FINISH.get(response.finish_reason or "", "stop"),
        usage=_usage(response.token_usage),
        model=_provider(result).id,
        latency=seconds(result.latency_ms) / 1000,
        refusal=text if response.is_refusal else None,
        scores=scores | given,
    )


def _usage(used: _Tokens | None) -> Usage | None:
    """What promptfoo took from its own cache has no parts, and is unknown."""
    if used is None or used.prompt is None or used.completion is None:
        return None
    details: Mapping[str, Any] = used.completion_details or {}
    return tokens(used.prompt, used.completion, reasoning=details.get("reasoning"))


def _expected(test: _Test | None) -> Any:
    """The value of the first assertion that compares with one; None where none does."""
    for assertion in (test.assertions if test else None) or ():
        if assertion.type in _COMPARING and assertion.value is not None:
            return assertion.value
    return None
