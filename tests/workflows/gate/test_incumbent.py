"""Whom the candidate is compared with: production, a named arm, or a baseline alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import DataError, ReplayMissError, UsageError

from .gate_repository import (
    BAD,
    FEW,
    GOOD,
    GateRepository,
)


def test_production_is_the_incumbent(stand: GateRepository) -> None:
    """As it was approved; its recorded replies stand in for it and have texts."""
    found = stand.gate()
    assert found.decision.incumbent.arm == "plain"
    assert found.decision.incumbent.source == "baseline"
    assert found.contest.incumbent.recorded


def test_a_named_arm_is_what_is_recorded_of_it_now(stand: GateRepository) -> None:
    """Not what was approved of it once."""
    stand.record(plain=FEW)
    assert stand.gate(incumbent="plain").decision.incumbent.source == "recorded"
    assert stand.gate(incumbent="plain").decision.incumbent.mean == pytest.approx(37 / 40)
    assert stand.gate().decision.incumbent.mean == 1.0


def test_a_baseline_stands_where_its_recordings_are_gone(stand: GateRepository) -> None:
    """Scores of the file are enough; texts, tokens and times are not known."""
    stand.forget("plain")
    found = stand.gate()
    assert found.decision.ruling == "promote"
    assert found.decision.incumbent.source == "baseline"
    assert found.contest.incumbent.latency_p95 is None
    stand.record(other=BAD)
    found = stand.gate()
    assert found.decision.ruling == "reject"
    assert found.moved[0].reference is None


def test_a_baseline_stands_where_its_recordings_do_not_fit(stand: GateRepository) -> None:
    """The incumbent's prompt was edited and not recorded: what was approved is unchanged."""
    stand.prompt("plain", "Please: {{ text }} asked of plain")
    found = stand.gate()
    assert found.decision.ruling == "promote"
    assert found.contest.incumbent.latency_p95 is None
    with pytest.raises(ReplayMissError):
        stand.gate(incumbent="plain")


def test_a_candidate_whose_recordings_do_not_fit_is_no_verdict(stand: GateRepository) -> None:
    """Of the candidate nothing stands in for a reply; the command that records it is named."""
    stand.prompt("other", "Please: {{ text }} asked of other")
    with pytest.raises(ReplayMissError, match="harness run demo --arm other --record"):
        stand.gate()
    assert not stand.decisions


def test_an_arm_of_another_name_needs_no_recordings_either(stand: GateRepository) -> None:
    """--incumbent names an arm that is not recorded: its baseline."""
    stand.forget("plain")
    assert stand.gate(incumbent="plain").decision.incumbent.source == "baseline"


def test_an_arm_against_its_own_past(stand: GateRepository) -> None:
    """Re-recorded and worse: the approved replies are the incumbent."""
    stand.record(plain=BAD)
    found = stand.gate(candidate="plain")
    assert found.decision.ruling == "reject"
    assert (found.decision.incumbent.mean, found.decision.candidate.mean) == (1.0, 0.5)
    same = stand.gate(candidate="plain", incumbent="plain")
    assert same.decision.ruling == "reject"
    stand.record(plain=GOOD)
    found = stand.gate(candidate="plain")
    assert found.decision.ruling == "promote"
    assert "Both sides are the very same replies." in found.decision.notes


def test_no_production_and_no_incumbent(tmp_path: Path) -> None:
    """Nothing to compare with: the message has both ways on."""
    made = GateRepository(tmp_path / "head")
    made.record(plain=GOOD, other=GOOD)
    with pytest.raises(UsageError, match=r"nothing in production(.|\n)*harness promote demo ARM"):
        made.gate()
    assert not made.decisions
    assert made.gate(incumbent="plain").decision.ruling == "promote"


def test_an_incumbent_that_nobody_knows(stand: GateRepository) -> None:
    """A misspelt arm is no arm without a baseline."""
    with pytest.raises(UsageError, match=r"no arm 'plian'; arms: plain, other"):
        stand.gate(incumbent="plian")


def test_an_unrecorded_candidate_has_no_replies(stand: GateRepository) -> None:
    """The command that records it is named; nothing is asked."""
    stand.forget("other")
    stand.silence()
    with pytest.raises(UsageError, match="nothing is recorded for arm other"):
        stand.gate()


def test_a_broken_baseline_is_an_error_and_no_verdict(stand: GateRepository) -> None:
    """An edit by hand is noticed before anything is compared."""
    path = stand.approved / "plain.jsonl"
    path.write_text(path.read_text().replace('"correct","score":1.0', '"wrong","score":0.0', 1))
    with pytest.raises(DataError, match=r"plain\.jsonl"):
        stand.gate()
    assert not stand.decisions
