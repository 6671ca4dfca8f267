"""Labels, scorers and cases that changed since the incumbent was approved."""

from __future__ import annotations

import pytest

from harness.errors import ReplayMissError, UsageError

from .gate_repository import (
    CASES,
    GOOD,
    GateRepository,
    evidence,
    flip_label,
    statuses,
    usual,
)


def test_a_changed_label_scores_the_baseline_again(stand: GateRepository) -> None:
    """From its recordings: both sides lose the case, and none of them the comparison."""
    flip_label(stand, 3)
    found = stand.gate()
    assert found.decision.ruling == "promote"
    assert found.decision.incumbent.mean == pytest.approx(39 / 40)
    assert found.decision.incumbent.source == "baseline"


def test_a_changed_label_without_recordings_is_invalid(stand: GateRepository) -> None:
    """An old score says nothing of a new label."""
    stand.forget("plain")
    flip_label(stand, 3)
    found = stand.gate()
    assert found.decision.ruling == "invalid"
    assert statuses(found) == {"same cases": "invalid"}
    assert "1 changed (test3)" in evidence(found, "same cases")


def test_a_changed_scorer_scores_the_baseline_again(stand: GateRepository) -> None:
    """An alias more: both sides by today's scorer."""
    stand.replace("suite.toml", 'label.labels = ["yes", "no"]', 'label.labels = ["yes", "no", "x"]')
    found = stand.gate()
    assert found.decision.ruling == "promote"
    assert found.decision.incumbent.measured.scoring == found.decision.candidate.measured.scoring


def test_a_changed_scorer_without_recordings_is_invalid(stand: GateRepository) -> None:
    """Old scores never meet new ones."""
    stand.forget("plain")
    stand.replace("suite.toml", 'label.labels = ["yes", "no"]', 'label.labels = ["yes", "no", "x"]')
    found = stand.gate()
    assert found.decision.ruling == "invalid"
    assert statuses(found) == {"same scoring": "invalid"}


def test_changed_inputs_are_no_silent_comparison(stand: GateRepository) -> None:
    """Recordings miss; recorded again, the approved state is of another case."""
    rows = stand.lines_of()
    rows[0]["input"]["text"] = "another text, test case 0."
    stand.cases("test", rows)
    with pytest.raises(ReplayMissError):
        stand.gate()
    stand.record(other=GOOD)
    stand.forget("plain")
    found = stand.gate()
    assert found.decision.ruling == "invalid"
    assert "1 changed (test0)" in evidence(found, "same cases")


def test_a_data_change_is_one_of_a_base(stand: GateRepository) -> None:
    """Alone it would let a suite choose its own cases."""
    with pytest.raises(UsageError, match="give --base"):
        stand.gate(data_change=True)


def _add(stand: GateRepository, count: int = 2) -> None:
    """More test cases, the others as they were."""
    rows = stand.lines_of() + usual("test", CASES + count)[CASES:]
    stand.cases("test", rows)


@pytest.mark.parametrize("kept", [False, True])
def test_added_cases_are_invalid(stand: GateRepository, *, kept: bool) -> None:
    """The incumbent never answered them.

    With old recordings that miss them it is as if these were gone: a model that was switched off
    can be asked nothing any more.
    """
    _add(stand)
    stand.record(other=GOOD + "++")
    if not kept:
        stand.forget("plain")
    found = stand.gate()
    assert found.decision.ruling == "invalid"
    assert "2 only on the candidate's side (test40, test41)" in evidence(found, "same cases")


def test_added_cases_that_both_sides_recorded_count(stand: GateRepository) -> None:
    """The approved replies are all still there, and the new ones are those of the same arm."""
    _add(stand)
    stand.record(plain=GOOD + "++", other=GOOD + "-+")
    found = stand.gate()
    assert found.decision.cases == CASES + 2
    assert found.comparison is not None
    assert found.comparison.lost == ("test40",)


def test_removed_cases_are_invalid(stand: GateRepository) -> None:
    """Whoever drops a case that was lost has not won."""
    stand.cases("test", stand.lines_of()[:-1])
    found = stand.gate()
    assert found.decision.ruling == "invalid"
    assert "1 only on the reference side (test39)" in evidence(found, "same cases")
