"""Models that end: within the horizon, beyond it, ended, unknown, and nothing to take over."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from harness.analysis.advice.ending import Answering, Ending, ending_advice

TODAY = date(2026, 11, 28)
COMMAND = "harness run demo --arm plain --record"


def an_arm(days: int | None = None, name: str = "plain", **more: Any) -> Answering:
    given: dict[str, Any] = {
        "arm": name,
        "model": f"m-{name}",
        "base": f"m-{name}",
        "hosted": True,
        "frozen": False,
        "day": None if days is None else TODAY + timedelta(days=days),
        "source": "a list",
    }
    return Answering(**(given | more))


LOCAL = an_arm(name="own", hosted=False)


def advice(*arms: Answering):
    seen = Ending(suite="demo", today=TODAY, horizon=90, arms=arms)
    return {one.rule: one for one in ending_advice(seen)}


@pytest.mark.parametrize(("days", "fires"), [(91, False), (90, True), (0, True), (-5, True)])
def test_within_the_horizon(days, fires):
    """As many days before as the suite says."""
    found = advice(an_arm(days), LOCAL)
    assert ("switched-off" in found) is fires
    assert "answers-on" in found


def test_what_to_do_while_it_answers():
    """Record what is missing, then freeze; if all is recorded, freeze."""
    missing = an_arm(20, missing=("test",), commands=(COMMAND,))
    found = advice(missing, LOCAL)["switched-off"]
    assert found.status == "act"
    assert "ends in 20 days, on 2026-12-18" in found.says
    assert found.next_step == f"{COMMAND}; then frozen = true in [arms.plain]"
    assert "all is recorded" in advice(an_arm(20), LOCAL)["switched-off"].next_step


def test_afterwards_nothing_can_be_recorded():
    """Only kept."""
    found = advice(an_arm(-1, missing=("test",), commands=(COMMAND,)), LOCAL)["switched-off"]
    assert "ended on 2026-11-27" in found.says
    assert COMMAND not in found.next_step


def test_a_frozen_arm_with_all_recorded_is_safe():
    """One that lacks replies is not."""
    assert "switched-off" not in advice(an_arm(20, frozen=True), LOCAL)
    assert "switched-off" in advice(an_arm(20, frozen=True, missing=("test",)), LOCAL)


def test_a_newer_model_only_where_all_hang_on_known_last_days():
    """Another base, or no known day, and nothing is said."""
    assert advice(an_arm(300))["newer-model"].status == "act"
    assert "newer-model" not in advice(an_arm(300), LOCAL)
    assert "newer-model" not in advice(an_arm())
    tuned = an_arm(name="tuned", base="m-plain")
    assert "newer-model" in advice(an_arm(300), tuned)


def test_unknown_last_days():
    """Of hosted models that are still asked."""
    found = advice(an_arm())["last-day-unknown"]
    assert found.status == "cannot_tell"
    assert found.next_step == "harness check demo --ask-models"
    assert "last-day-unknown" not in advice(LOCAL)
    assert "last-day-unknown" not in advice(an_arm(frozen=True))


def test_no_arm_asks_a_model():
    """There is nothing to say."""
    assert advice() == {}
