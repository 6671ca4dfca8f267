"""From a reply to scores and an outcome."""

from __future__ import annotations

import sys

import pytest

from harness.runner.judge import Judge
from harness.values.case import Case
from harness.values.reply import Answer
from harness.values.score import Outcome, Score, Scorer

from .simulation import answer, failure

CASE = Case("c", {"x": 1}, "yes")


def exact(case: Case, reply: Answer) -> Score:
    return Score(float(reply.text == case.expected), reply.text or None)


def broken(case: Case, reply: Answer) -> Score:
    raise ZeroDivisionError(f"no way to score {case.id}")


EXACT = Scorer("exact", 1, exact, label=str)
BROKEN = Scorer("broken", 1, broken)


def test_scores_stand_in_order() -> None:
    """Every scorer is asked; the primary stands first and decides."""
    half = Scorer("half", 1, lambda case, reply: Score(0.5, reply.text))
    scores, outcome = Judge([EXACT, half], 1.0, ()).judge(CASE, answer("yes"))
    assert list(scores) == ["exact", "half"]
    assert outcome == Outcome.CORRECT
    assert Judge([half, EXACT], 1.0, ()).judge(CASE, answer("yes"))[1] == Outcome.WRONG


def test_correct_at() -> None:
    """A graded value becomes correct at the declared threshold."""
    half = Scorer("half", 1, lambda case, reply: Score(0.5, reply.text), graded=True)
    judge = Judge([half], 0.5, ())
    assert judge.judge(CASE, answer("x"))[1] == Outcome.CORRECT
    assert judge.graded


def test_a_failure_is_not_scored() -> None:
    """No scorer sees a failure."""
    scores, outcome = Judge([BROKEN], 1.0, ()).judge(CASE, failure("timeout"))
    assert scores == {}
    assert outcome == Outcome.PROVIDER_ERROR


@pytest.mark.parametrize("scorers", [[BROKEN, EXACT], [EXACT, BROKEN]])
def test_a_scorer_that_raises_is_our_fault(scorers: list[Scorer]) -> None:
    """harness_error with the exception as the reason, even for a secondary scorer."""
    scores, outcome = Judge(scorers, 1.0, ()).judge(CASE, answer("yes"))
    assert outcome == Outcome.HARNESS_ERROR
    assert scores["broken"].reason == "broken: ZeroDivisionError: no way to score c"
    assert scores["broken"].value == 0.0


@pytest.mark.parametrize("score", [Score(1.0, object()), Score(1.0, "x", 5), 1.0, None])  # type: ignore[arg-type]
def test_what_no_journal_can_hold_is_our_fault(score: Score) -> None:
    """A value that cannot be written, or not be read again, costs its case and not the run."""
    odd = Scorer("odd", 1, lambda case, reply: score)
    scores, outcome = Judge([odd], 1.0, ()).judge(CASE, answer("yes"))
    assert outcome == Outcome.HARNESS_ERROR
    assert scores["odd"].extracted is None
    assert scores["odd"].reason


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -0.1, 1.1])
def test_a_value_that_is_no_share_is_our_fault(value: float) -> None:
    """A score lies between 0 and 1, also that of a scorer which nobody has wrapped."""
    odd = Scorer("odd", 1, lambda case, reply: Score(value, "x"))
    scores, outcome = Judge([odd], 1.0, ()).judge(CASE, answer("yes"))
    assert outcome == Outcome.HARNESS_ERROR
    assert scores["odd"].value == 0.0


def test_lone_surrogates_are_replaced() -> None:
    """What UTF-8 cannot hold is readable still, in a score and in an exception's text."""
    odd = Scorer("odd", 1, lambda case, reply: Score(1.0, {"a": ["\ud800x"]}, "because \udfff"))
    scores, outcome = Judge([odd], 1.0, ()).judge(CASE, answer("yes"))
    assert outcome == Outcome.CORRECT
    assert scores["odd"] == Score(1.0, {"a": ["?x"]}, "because ?")

    def raising(case: Case, reply: Answer) -> Score:
        raise ValueError("bad \ud800")

    scores, _ = Judge([Scorer("raising", 1, raising)], 1.0, ()).judge(CASE, answer("yes"))
    assert scores["raising"].reason == "raising: ValueError: bad ?"


def test_a_scorer_cannot_end_the_process() -> None:
    """sys.exit(0) in a suite's code must not look like a verdict; Ctrl-C is still the user's."""

    def leaving(case: Case, reply: Answer) -> Score:
        sys.exit(0)

    def interrupted(case: Case, reply: Answer) -> Score:
        raise KeyboardInterrupt

    _, outcome = Judge([Scorer("leaving", 1, leaving)], 1.0, ()).judge(CASE, answer("yes"))
    assert outcome == Outcome.HARNESS_ERROR
    judge = Judge([Scorer("interrupted", 1, interrupted)], 1.0, ())
    with pytest.raises(KeyboardInterrupt):
        judge.judge(CASE, answer("yes"))


def test_declared_refusals() -> None:
    """A pattern of the suite marks an answer that is not correct."""
    judge = Judge([EXACT], 1.0, ["i cannot"])
    assert judge.judge(CASE, answer("I cannot say"))[1] == Outcome.REFUSED


def test_label() -> None:
    """The class of the expected value, for scorers that have classes."""
    assert Judge([EXACT], 1.0, ()).label(CASE) == "yes"
    assert Judge([BROKEN], 1.0, ()).label(CASE) is None
