"""Past runs in place of recordings, with what cut them short."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from harness.errors import UsageError
from harness.store.runs import read_info, write_info
from harness.workflows.gate.gate import gate

from .gate_repository import (
    BAD,
    GOOD,
    GateRepository,
    evidence,
    ruling_of,
    statuses,
)


def test_a_live_run_is_judged_in_place_of_the_recordings(stand: GateRepository) -> None:
    """By id or path; the decision says that the replies are live."""
    stand.answer("other", BAD)
    run = stand.live()
    assert ruling_of(stand) == "promote"
    for name in (run.info.id, str(run.path)):
        found = stand.gate(run=name)
        assert found.decision.ruling == "reject"
        assert found.decision.candidate.source == "live"
    assert found.decision.number == 2


@pytest.mark.parametrize("status", ["budget", "interrupted", "running", "incomplete"])
def test_a_run_that_was_cut_is_never_promotable(stand: GateRepository, status: str) -> None:
    """Though all that it has is right."""
    run = stand.live()
    write_info(run.path, msgspec.structs.replace(read_info(run.path), status=status))
    found = stand.gate(run=run.info.id)
    assert found.decision.ruling == "invalid"
    assert statuses(found) == {"complete": "invalid"}


def test_a_run_that_its_budget_cut_lacks_replies(stand: GateRepository) -> None:
    """A real one: fewer cases than were planned."""
    run = stand.live(budget_tokens=200)
    assert run.info.status == "budget"
    found = stand.gate(run=run.info.id)
    assert statuses(found)["complete"] == "invalid"
    assert "of 40 replies (budget)" in evidence(found, "complete")


def test_a_limited_run_limits_the_gate(stand: GateRepository) -> None:
    """The incumbent on the same sample; at best inconclusive."""
    run = stand.live(limit=38)
    found = stand.gate(run=run.info.id)
    assert found.decision.ruling == "inconclusive"
    assert found.decision.limited
    assert found.decision.cases == 38
    assert "same cases" not in statuses(found)


def test_a_run_of_another_suite_is_refused(stand: GateRepository, tmp_path: Path) -> None:
    """Even one that has the same arms and cases."""
    other = tmp_path / "head" / "suites" / "demo2"
    other.parent.mkdir(exist_ok=True)
    stand.copy("beside").folder.rename(other)
    run = gate.__globals__["open_suite"](str(other), stand.root)
    assert run.name == "demo2"
    made = stand.live()
    info = msgspec.structs.replace(read_info(made.path), suite="demo2")
    write_info(made.path, info)
    with pytest.raises(UsageError, match="is of suite demo2, not demo"):
        stand.gate(run=str(made.path))


def test_a_run_of_another_split_is_refused_or_asked_for(stand: GateRepository) -> None:
    """A decision says which split it is about, and that is the run's."""
    stand.answer("other", GOOD)
    run = stand.live(split="validation")
    with pytest.raises(UsageError, match="say --split validation"):
        stand.gate(run=run.info.id)
    stand.answer("plain", GOOD)
    stand.run(arms=("plain",), mode="record", split="validation")
    found = stand.gate(run=run.info.id, split="validation", incumbent="plain")
    assert found.decision.split == "validation"
    assert found.decision.ruling == "promote"


def test_a_run_that_does_not_exist(stand: GateRepository) -> None:
    """The newest runs are named."""
    with pytest.raises(UsageError, match="has no run nosuch"):
        stand.gate(run="nosuch")


def test_a_run_without_the_candidate(stand: GateRepository) -> None:
    """The arms that it has are named."""
    run = stand.live("plain")
    with pytest.raises(UsageError, match="has no arm 'other'"):
        stand.gate(run=run.info.id)


def test_a_run_by_other_scorers_is_invalid(stand: GateRepository) -> None:
    """What was scored then does not meet what is scored now."""
    run = stand.live()
    stand.replace("suite.toml", 'label.labels = ["yes", "no"]', 'label.labels = ["yes", "no", "x"]')
    assert statuses(stand.gate(run=run.info.id)) == {"same scoring": "invalid"}
