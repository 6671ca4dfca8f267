"""Repositories with an arm in production and a candidate that wants its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from .gate_repository import ARMS, GATE, GOOD, SHOTS, GateRepository


@pytest.fixture
def stand(tmp_path: Path) -> GateRepository:
    """`plain` (all right) is in production, `other` (all right) is the candidate."""
    made = GateRepository(tmp_path / "head")
    made.record(plain=GOOD, other=GOOD)
    made.promote("plain")
    return made


@pytest.fixture
def shots(tmp_path: Path) -> GateRepository:
    """`shots` (few-shot, two seeds) is the candidate; training texts are unlike the cases."""
    made = GateRepository(
        tmp_path / "head", arms=ARMS + SHOTS, policy=GATE.replace("other", "shots")
    )
    made.prompt("shots", "{% for s in shots %}{{ s.text }}{% endfor %}{{ text }} asked of shots")
    train = [
        {"id": f"t{i}", "input": {"text": text}, "expected": "yes"}
        for i, text in enumerate(("apples and pears", "a long winter", "blue", "seven seas"))
    ]
    made.cases("train", train)
    made.record(plain=GOOD, shots=GOOD)
    made.promote("plain")
    return made
