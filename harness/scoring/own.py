"""A suite's own function in, a Scorer out. Pure, as long as the function is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.errors import UsageError
from harness.values.case import Case
from harness.values.reply import Answer
from harness.values.score import Score, Scorer


def own_scorer(name: str, function: Callable[[Case, Answer], Any] | Scorer) -> Scorer:
    """A Scorer from a callable (case, answer) -> Score | float | bool, or a Scorer as it stands.

    A bare number counts as a reading of the whole answer: a blank answer is unparsed. A return
    annotation `bool` makes the scorer ungraded, so that its mean is called accuracy. At the call,
    anything but a value in [0, 1] is a UsageError that names the function and the case.
    """
    if isinstance(function, Scorer):
        return function

    def score(case: Case, answer: Answer) -> Score:
        result = function(case, answer)
        if isinstance(result, Score):
            _checked(name, case, result.value)
            return result
        return Score(_checked(name, case, result), answer.text.strip() or None)

    returns = getattr(function, "__annotations__", {}).get("return")
    return Scorer(name, 1, score, graded=returns not in (bool, "bool"))


def _checked(name: str, case: Case, value: Any) -> float:
    # NaN compares false with everything, so it fails the range like any other stray number.
    if isinstance(value, int | float) and 0 <= value <= 1:
        return float(value)
    raise UsageError(
        f"the scorer {name} returned {value!r} for case {case.id!r}: "
        "return a Score, or a number from 0 to 1, or a bool"
    )
