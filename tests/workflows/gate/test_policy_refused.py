"""Policies and choices that cannot mean anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.errors import DataError, UsageError

from .gate_repository import (
    FEW,
    GOOD,
    GateRepository,
    evidence,
    ruling_of,
    statuses,
)


@pytest.mark.parametrize(
    "choices",
    [
        {"margin": -1.0},
        {"margin": 2.0},
        {"margin": 1.0},
        {"margin": float("nan")},
        {"margin": float("inf")},
        {"margin": 0.0},
        {"alpha": 0.0},
        {"alpha": 0.5},
        {"alpha": 1.0},
        {"alpha": float("nan")},
        {"goal": "best"},
        {"candidate": "nosuch"},
        {"candidate": ""},
        {"incumbent": "nosuch"},
        {"limit": 0},
        {"split": "nosuch"},
        {"run": "nosuch"},
        {"nosuch": 1},
        {"margin": "wide"},
    ],
    ids=str,
)
def test_choices_that_cannot_mean_anything(stand: GateRepository, choices: dict[str, Any]) -> None:
    """Each is a usage error, and no decision."""
    with pytest.raises(UsageError):
        stand.gate(**choices)
    assert not stand.decisions


def test_margin_zero_is_a_goal_of_better(stand: GateRepository) -> None:
    """Where better is asked a margin of 0 only plans."""
    assert ruling_of(stand, margin=0.0, goal="better") == "inconclusive"


def test_no_policy(tmp_path: Path) -> None:
    """Without [gate] candidate and margin must be given, and then are enough."""
    made = GateRepository(tmp_path / "head", policy="")
    made.record(plain=GOOD, other=GOOD)
    for given in ({}, {"candidate": "other"}, {"margin": 0.1}):
        with pytest.raises(UsageError, match=r"has no \[gate\]"):
            made.gate(incumbent="plain", **given)
    assert ruling_of(made, incumbent="plain", candidate="other", margin=0.1) == "promote"


def test_policy_of_the_suite_is_checked_when_it_is_read(stand: GateRepository) -> None:
    """An unknown key of [gate] is a problem with its line."""
    stand.policy('candidate = "other"\nmargin = 0.1\nmargn = 0.2\n')
    with pytest.raises(DataError, match=r"gate\.margn"):
        stand.gate()


def test_requirements_reach_the_verdict(stand: GateRepository) -> None:
    """Slices, must-pass cases, rates, latency and cost from suite.toml."""
    stand.policy(
        'candidate = "other"\nmargin = 0.3\nmust_pass = ["test39"]\n'
        "max_rates = { wrong = 0.05 }\nmax_cost_per_1k = 1.0\n"
        'slices = { "lang=pt" = 0.3, "lang=en" = 0.3 }\n'
    )
    stand.record(other=FEW)
    assert statuses(stand.gate()) == {
        "must pass": "failed",
        "wrong": "failed",
        "cost per 1,000 requests": "inconclusive",
        "slice lang=en": "inconclusive",
    }


def test_a_price_makes_the_cost_known(stand: GateRepository) -> None:
    """With its day and currency in the evidence."""
    file = stand.root / "harness.toml"
    price = 'input = 1.0\noutput = 2.0\nas_of = "2026-11-01"\nsource = "a list"\ncurrency = "EUR"\n'
    file.write_text(file.read_text() + f"[prices.m]\n{price}")
    stand.policy('candidate = "other"\nmargin = 0.1\nmax_cost_per_1k = 1.0\n')
    found = stand.gate()
    assert found.decision.ruling == "promote"
    assert "EUR at prices of 2026-11-01" in evidence(found, "cost per 1,000 requests")
