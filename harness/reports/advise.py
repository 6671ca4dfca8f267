"""Advice in, what people and programs read of it out: plain text, JSON. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from harness.analysis.advice.advice import QUESTIONS, Advice, Advised, Status
from harness.reports.wording import one_line

Json = dict[str, Any]

MOST_STEPS = 5
"""More than so many next steps are none."""

_SIGNS: dict[Status, str] = {"act": "do", "fine": "ok", "cannot_tell": "?"}
_LEGEND = (
    "do: to be done · ok: nothing to do · ?: cannot be told. Intervals in brackets are at 95%; "
    "those under 'Prompt, …' hold together. The rules are in docs/advise.md."
)
_INDENT = 4
_LONGEST = 1000
_NARROWEST = 40


def advice_text(advised: Advised, width: int) -> str:
    """The finding and the steps first, then every topic: what its rules say, and on what ground."""
    wide = max(width, _NARROWEST)
    lines = [*_summary(advised, wide)]
    for topic, group in groupby(advised.advice, key=lambda advice: advice.topic):
        lines += ["", QUESTIONS[topic]]
        lines += [line for advice in group for line in _lines(advice, wide)]
    lines += ["", *_wrapped(_LEGEND, "", 0, wide)]
    return "\n".join(lines)


def _summary(advised: Advised, width: int) -> Iterator[str]:
    yield f"{advised.title} ({advised.suite}, judged on {advised.split}, {advised.day})"
    yield ""
    if advised.finding is not None:
        yield from _wrapped(advised.finding.says, "", 0, width)
        yield ""
    yield "What to do next:" if advised.steps else "What to do next: nothing has to be repaired."
    yield from _numbered(advised.steps, width)
    if advised.open_questions:
        yield "What cannot be told yet, and what would tell:"
        yield from _numbered(advised.open_questions, width)


def _numbered(advice: Sequence[Advice], width: int) -> Iterator[str]:
    rules: dict[str, list[str]] = {}
    for one in advice:
        rules.setdefault(one.next_step or one.says, []).append(one.rule)
    steps = [f"{step} [{', '.join(dict.fromkeys(names))}]" for step, names in rules.items()]
    for number, step in enumerate(steps[:MOST_STEPS], 1):
        yield from _wrapped(step, f" {number}. ", 4, width)
    if len(steps) > MOST_STEPS:
        yield f"    … and {len(steps) - MOST_STEPS:,} more, below."


def _lines(advice: Advice, width: int) -> Iterator[str]:
    sign = f"{_SIGNS[advice.status]:>2}  "
    yield from _wrapped(f"{advice.says} [{advice.rule}]", sign, _INDENT, width)
    for sentence in advice.evidence:
        yield from _wrapped(sentence, "    • ", _INDENT + 2, width)
    if advice.next_step:
        yield from _wrapped(advice.next_step, "    → ", _INDENT + 2, width)


def _wrapped(text: str, first: str, indent: int, width: int) -> Sequence[str]:
    """The text in lines; foreign names in it are made harmless."""
    return textwrap.wrap(
        one_line(text, _LONGEST),
        width,
        initial_indent=first,
        subsequent_indent=" " * indent,
        break_on_hyphens=False,
        break_long_words=False,
    )


def advice_json(advised: Advised) -> Json:
    """The advice as plain values; `steps` are the rules by which something is to be done."""
    return {
        "suite": advised.suite,
        "title": advised.title,
        "split": advised.split,
        "day": advised.day,
        "finding": advised.finding.says if advised.finding else None,
        "steps": [advice.rule for advice in advised.steps],
        "advice": [
            {
                "topic": advice.topic,
                "rule": advice.rule,
                "status": advice.status,
                "says": advice.says,
                "evidence": list(advice.evidence),
                "next_step": advice.next_step,
            }
            for advice in advised.advice
        ],
    }
