"""The precedence of outcomes, row by row, and what no refusal pattern can do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scoring_cases import answer_of

from harness.errors import HarnessError, UsageError
from harness.scoring.outcome import FAILURE_OUTCOMES, compile_refusals, outcome
from harness.values.reply import FAILURE_KINDS, Failure
from harness.values.score import Outcome, Score

RIGHT, WRONG, NOTHING = Score(1.0, "a"), Score(0.0, "b"), Score(0.0)
SORRY = compile_refusals(["i'm sorry", r"\bcannot help\b"])


@pytest.mark.parametrize("kind", FAILURE_KINDS)
def test_every_failure_kind_has_an_outcome_that_is_no_answer(kind: str) -> None:
    """A Failure is filtered, ours or the provider's: never correct, wrong or unparsed."""
    special = {"filtered": Outcome.FILTERED, "harness": Outcome.HARNESS_ERROR}
    assert outcome(Failure(kind), None) == special.get(kind, Outcome.PROVIDER_ERROR)
    assert set(FAILURE_OUTCOMES) == set(FAILURE_KINDS)


@pytest.mark.parametrize(
    ("score", "fields", "expected"),
    [
        (RIGHT, {"finish": "length"}, Outcome.CORRECT),
        (RIGHT, {"finish": "filter", "refusal": "no"}, Outcome.CORRECT),
        (WRONG, {"finish": "filter", "refusal": "no"}, Outcome.REFUSED),
        (WRONG, {"finish": "filter"}, Outcome.FILTERED),
        (WRONG, {"refusal": "no", "finish": "length"}, Outcome.REFUSED),
        (NOTHING, {"refusal": ""}, Outcome.REFUSED),
        (NOTHING, {"finish": "length"}, Outcome.TRUNCATED),
        (WRONG, {"finish": "length"}, Outcome.WRONG),
        (NOTHING, {}, Outcome.UNPARSED),
        (WRONG, {}, Outcome.WRONG),
    ],
)
def test_the_first_row_that_holds_decides(score: Score, fields: dict, expected: Outcome) -> None:
    """The table of the docstring, each row against the rows below it."""
    assert outcome(answer_of("text", **fields), score) == expected


@pytest.mark.parametrize(
    ("score", "expected"),
    [(RIGHT, Outcome.CORRECT), (WRONG, Outcome.REFUSED), (NOTHING, Outcome.REFUSED)],
)
def test_a_pattern_marks_only_what_was_not_correct(score: Score, expected: Outcome) -> None:
    """'I'm sorry, but it is a' with the right answer stays correct."""
    assert outcome(answer_of("I'm Sorry, a"), score, refusals=SORRY) == expected


def test_a_pattern_outranks_truncation() -> None:
    """A long apology that was cut is a refusal."""
    cut = answer_of("Well, I cannot help with", finish="length")
    assert outcome(cut, NOTHING, refusals=SORRY) == Outcome.REFUSED


@given(st.floats(0, 1), st.floats(0, 1), st.text(max_size=20))
def test_correct_is_decided_by_the_value_alone(value: float, limit: float, text: str) -> None:
    """An answer is correct exactly when its value reaches correct_at, whatever it says."""
    found = outcome(answer_of(text), Score(value), correct_at=limit, refusals=SORRY)
    assert (found == Outcome.CORRECT) == (value >= limit)


def test_an_answer_without_a_score_is_a_fault() -> None:
    """Nothing is guessed where the caller forgot to score."""
    with pytest.raises(HarnessError, match="before it has a score"):
        outcome(answer_of("x"), None)


def test_a_broken_refusal_pattern_is_named() -> None:
    """The message shows the pattern as the suite wrote it."""
    with pytest.raises(UsageError, match=r"refusal pattern '\('"):
        compile_refusals(["("])
