"""Limits, leaks and clean subsets: what never promotes, and what does without its leaks."""

from __future__ import annotations

from pathlib import Path

import pytest

from .gate_repository import (
    ARMS,
    CASES,
    GATE,
    GOOD,
    GateRepository,
    evidence,
    ruling_of,
    statuses,
)


def test_a_limit_never_promotes(stand: GateRepository) -> None:
    """The same sample of both sides; at best inconclusive."""
    stand.policy('candidate = "other"\nmargin = 0.3\n')
    assert ruling_of(stand) == "promote"
    found = stand.gate(limit=36)
    assert found.decision.ruling == "inconclusive"
    assert statuses(found) == {"complete": "inconclusive"}
    assert (found.decision.cases, found.decision.limited) == (36, True)
    assert evidence(found, "complete") == "36 of 40 cases were asked"
    stand.record(other="-" * CASES)
    assert ruling_of(stand, limit=36) == "reject"


def test_a_limit_against_a_baseline_without_recordings(stand: GateRepository) -> None:
    """The lines of the baseline on the sampled cases."""
    stand.forget("plain")
    found = stand.gate(limit=20)
    assert statuses(found)["complete"] == "inconclusive"
    assert "same cases" not in statuses(found)
    assert found.decision.cases == 20


def _leak(stand: GateRepository, number: int) -> None:
    """Training case 0 has the text of a test case."""
    rows = stand.lines_of("train")
    rows[0]["input"] = stand.lines_of()[number]["input"]
    stand.cases("train", rows)


def test_leaks_make_it_invalid_and_a_clean_subset_leaves_them_out(shots: GateRepository) -> None:
    """For both sides the same cases, though only one had met them."""
    assert ruling_of(shots) == "promote"
    _leak(shots, 5)
    shots.record(shots=GOOD)
    found = shots.gate()
    assert found.decision.ruling == "invalid"
    assert statuses(found) == {"leaks into shots": "invalid"}
    clean = shots.gate(clean_subset=True)
    assert clean.decision.ruling == "promote"
    assert clean.decision.cases == CASES - 1
    assert "test5" not in clean.contest.overlap.common
    assert any(note.startswith("1 case that leaked") for note in clean.decision.notes)


def test_a_clean_subset_is_the_union_of_both_sides_leaks(shots: GateRepository) -> None:
    """The incumbent's baseline is without recordings, and had met other cases."""
    _leak(shots, 5)
    shots.record(shots=GOOD)
    shots.promote("shots", override=True)
    shots.forget("shots")
    found = shots.gate(candidate="plain")
    assert statuses(found) == {"leaks into shots": "invalid"}
    clean = shots.gate(candidate="plain", clean_subset=True)
    assert clean.decision.ruling == "promote"
    assert clean.contest.excluded == ("test5",)
    assert clean.decision.cases == CASES - 1


def test_a_clean_subset_of_a_past_run(shots: GateRepository) -> None:
    """The run had asked everything; what leaked is left out now."""
    _leak(shots, 5)
    run = shots.live("shots")
    assert statuses(shots.gate(run=run.info.id)) == {"leaks into shots": "invalid"}
    clean = shots.gate(run=run.info.id, clean_subset=True)
    assert clean.decision.ruling == "promote"
    assert clean.decision.cases == CASES - 1


def test_an_arm_that_leaks_now_is_not_hidden_by_its_clean_past(shots: GateRepository) -> None:
    """Against its own baseline, from before the training split changed."""
    shots.promote("shots", override=True)
    _leak(shots, 5)
    shots.record(shots=GOOD)
    assert statuses(shots.gate(candidate="shots")) == {"leaks into shots": "invalid"}


@pytest.mark.parametrize(("say", "ruling"), [("invalid", "invalid"), ("allow", "promote")])
def test_unknown_training(tmp_path: Path, say: str, ruling: str) -> None:
    """A tuned model whose rows are lost; the policy may allow it, and the verdict says so."""
    arms = ARMS + '[arms.tuned]\nextends = "other"\nprompt = "tuned"\ntraining = "lost"\n'
    policy = GATE.replace("other", "tuned") + f'unknown_training = "{say}"\n'
    made = GateRepository(tmp_path / "head", arms=arms, policy=policy)
    made.prompt("tuned", "{{ text }} asked of tuned")
    training = 'provider = "somebody"\nbase = "m"\nmethod = "sft"\nmodel = "m"\n'
    made.write("suites/demo/training/lost.toml", training)
    made.record(plain=GOOD, tuned=GOOD)
    found = made.gate(incumbent="plain")
    assert found.decision.ruling == ruling
    assert "does not say what it learned from" in evidence(found, "leaks into tuned")
