"""Short ways to a case, an answer and a score, for the tests of scorers."""

from __future__ import annotations

from typing import Any

from harness.values.case import Case
from harness.values.reply import Answer, assistant
from harness.values.score import Score, Scorer


def case_of(expected: Any) -> Case:
    return Case("c1", {}, expected)


def answer_of(text: str, **fields: Any) -> Answer:
    return Answer(assistant(text), **fields)


def scored(scorer: Scorer, text: str, expected: Any) -> Score:
    return scorer.function(case_of(expected), answer_of(text))


def read(scorer: Scorer, text: str, expected: Any) -> Any:
    return scored(scorer, text, expected).extracted
