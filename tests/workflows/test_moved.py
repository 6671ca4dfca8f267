"""Cases that moved, with the replies of the side that gave them."""

from __future__ import annotations

from pathlib import Path

from harness.values.reply import Answer
from tests.workflows.gate.gate_repository import GateRepository


def said(record: object) -> str | None:
    """The text of a record's reply."""
    if record is None:
        return None
    reply = record.exchanges[-1].reply  # type: ignore[attr-defined]
    return reply.text if isinstance(reply, Answer) else None


def test_an_arm_and_its_own_past_are_two_sides(tmp_path: Path) -> None:
    """Both have one name; what was approved is no longer recorded, and is not shown as said."""
    approved = GateRepository(tmp_path)
    approved.record(plain="+" * 40, other="+" * 40)
    approved.promote("plain")
    approved.promote("other", baseline_only=True)
    before = approved.lines("other")
    approved.record(other="-" + "+" * (len(before) - 1))
    gated = approved.gate(incumbent="other")
    moved = {one.case: one for one in gated.moved}
    assert set(gated.comparison.lost) <= set(moved)  # type: ignore[union-attr]
    for one in moved.values():
        assert one.reference is None
        assert said(one.candidate) is not None
