"""A suite's own functions as scorers."""

from __future__ import annotations

import math
from typing import Any

import pytest
from scoring_cases import scored

from harness.errors import UsageError
from harness.scoring.own import own_scorer
from harness.values.case import Case
from harness.values.reply import Answer
from harness.values.score import Score, Scorer


def _near(case: Case, answer: Answer) -> bool:
    return abs(float(answer.text) - case.expected) <= 1


@pytest.mark.parametrize(
    ("result", "score"),
    [
        (True, Score(1.0, "text")),
        (0, Score(0.0, "text")),
        (0.25, Score(0.25, "text")),
        (Score(0.5, None, "why"), Score(0.5, None, "why")),
    ],
)
def test_bool_number_and_score_are_scores(result: Any, score: Score) -> None:
    """A bare number reads the whole answer; a Score stands as it is, unparsed included."""
    assert scored(own_scorer("scoring:f", lambda *_: result), " text ", 1) == score


@pytest.mark.parametrize(
    "result", [1.5, -0.1, math.nan, math.inf, None, "1", Score(2.0), Score(math.nan)]
)
def test_anything_else_is_an_error_that_names_the_function(result: Any) -> None:
    """And the case, so that it can be found."""
    with pytest.raises(UsageError, match=r"scorer scoring:f returned .* for case 'c1'"):
        scored(own_scorer("scoring:f", lambda *_: result), "text", 1)


def test_a_bool_annotation_makes_it_accuracy() -> None:
    """Without one, values between 0 and 1 must be expected."""
    assert not own_scorer("scoring:near", _near).graded
    assert own_scorer("scoring:f", lambda *_: 0.5).graded
    assert scored(own_scorer("scoring:near", _near), "4.5", 4).value == 1


def test_a_ready_scorer_is_taken_as_it_is() -> None:
    """So that a function can bring labels or a version of its own."""
    ready = Scorer("mine", 3, lambda *_: Score(1.0, "x"))
    assert own_scorer("scoring:mine", ready) is ready
