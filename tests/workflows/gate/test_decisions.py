"""Every gate is written down, and equal questions have one number."""

from __future__ import annotations

import pytest

from harness.errors import DataError

from .gate_repository import (
    BAD,
    FEW,
    GOOD,
    GateRepository,
    ruling_of,
)


def test_every_gate_appends_and_a_preview_does_not(stand: GateRepository) -> None:
    """Whatever it says."""
    preview = stand.gate(preview=True)
    assert preview.preview
    assert preview.decision.number == 1
    assert not stand.decisions
    assert not (stand.approved / ".lock").exists()
    for answers, number in ((GOOD, 1), (BAD, 2), (FEW, 3)):
        stand.record(other=answers)
        assert stand.gate().decision.number == number
    assert len(stand.decisions) == 3
    assert [d.ruling for d in stand.decisions] == ["promote", "reject", "inconclusive"]
    assert stand.gate(preview=True).decision.number == 3


def test_equal_questions_have_one_number_and_new_ones_the_next(stand: GateRepository) -> None:
    """Asking again is no new question; another margin, arm or reply is."""
    assert [stand.gate().decision.number for _ in range(2)] == [1, 1]
    assert stand.gate(margin=0.2).decision.number == 2
    assert stand.gate().decision.number == 1
    assert stand.gate(candidate="plain").decision.number == 3
    assert len(stand.decisions) == 5


def test_the_fifth_question_warns(stand: GateRepository) -> None:
    """One of many is answered by chance; an old question is not warned of again."""
    for number, margin in enumerate((0.1, 0.11, 0.12, 0.13, 0.14, 0.15), 1):
        found = stand.gate(margin=margin)
        warned = [n for n in found.decision.notes if n.startswith("Warning")]
        assert len(warned) == (number >= 5)
        assert found.verdict.notes == found.decision.notes
        assert stand.decisions[-1].notes == found.decision.notes
    assert not [n for n in stand.gate(margin=0.1).decision.notes if n.startswith("Warning")]


def test_another_policy_decides_again_without_any_call(stand: GateRepository) -> None:
    """The endpoint has no key and no server; five policies, five verdicts."""
    stand.record(other=FEW)
    stand.silence()
    found = {margin: ruling_of(stand, margin=margin) for margin in (0.01, 0.1, 0.2, 0.25, 0.3)}
    assert found == {
        0.01: "inconclusive",
        0.1: "inconclusive",
        0.2: "promote",
        0.25: "promote",
        0.3: "promote",
    }
    assert ruling_of(stand, goal="better") == "inconclusive"
    assert ruling_of(stand, goal="better", alpha=0.2) == "reject"
    assert len(stand.decisions) == 7


def test_a_broken_line_of_decisions_stops_the_gate(stand: GateRepository) -> None:
    """The file is evidence; it is not written past a hole."""
    stand.gate()
    path = stand.approved / "decisions.jsonl"
    path.write_text("{}\n" + path.read_text())
    before = path.read_text()
    with pytest.raises(DataError, match=r"decisions\.jsonl:1"):
        stand.gate()
    assert path.read_text() == before
