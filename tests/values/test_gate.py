"""The promotion policy: the bar that a difference must exceed, and the interval that decides."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.values.gate import Failing, Gate
from harness.values.score import OUTCOMES, Outcome
from tests.approved import GATES


@pytest.mark.parametrize(
    ("goal", "margin", "bar"),
    [("not_worse", 0.02, -0.02), ("not_worse", 0.0, 0.0), ("better", 0.02, 0.0)],
)
def test_the_bar(goal: str, margin: float, bar: float):
    """Not worse by more than the margin; better than nothing, whatever the margin."""
    assert Gate(candidate="a", margin=margin, goal=goal).bar == bar


@pytest.mark.parametrize(("alpha", "confidence"), [(0.025, 0.95), (0.05, 0.9), (0.005, 0.99)])
def test_the_confidence_is_two_sided(alpha: float, confidence: float):
    """So that the lower end of the interval that is printed is the decision at one-sided alpha."""
    gate = Gate(candidate="a", margin=0.1, alpha=alpha)
    assert gate.confidence == pytest.approx(confidence, abs=1e-12)


def test_all_outcomes_but_one_may_be_limited():
    """A limit on the rate of correct answers would be another goal."""
    named = set(Failing.__args__)
    assert named == {str(outcome) for outcome in OUTCOMES} - {str(Outcome.CORRECT)}


@pytest.mark.parametrize(
    "wrong",
    [
        {"margin": -0.1},
        {"margin": 1.0},
        {"alpha": 0.0},
        {"alpha": 0.5},
        {"candidate": ""},
        {"goal": "best"},
        {"slices": {"lang=pt": 0.0}},
        {"max_rates": {"correct": 0.1}},
        {"max_rates": {"wrong": 1.5}},
        {"max_cost_per_1k": 0},
        {"max_latency_p95": 0.0},
        {"max_fixture_age_days": 0},
        {"unknown_training": "ask"},
        {"canidate": "b"},
    ],
)
def test_an_impossible_policy_is_refused(wrong: dict):
    """A margin below nothing, a level of none, a limit that nobody can meet, a misspelt key."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"candidate": "a", "margin": 0.1} | wrong, Gate)


@given(GATES, st.booleans())
def test_a_policy_survives_json(gate: Gate, omit: bool):
    """With its defaults left out or written out."""
    data = msgspec.json.encode(gate if omit else msgspec.structs.asdict(gate))
    assert msgspec.json.decode(data, type=Gate) == gate
