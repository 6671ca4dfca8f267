"""Lines over past runs: what may be joined, what has changed, what is no point at all."""

from __future__ import annotations

from typing import Any

import pytest

from harness.analysis.interval import Interval
from harness.analysis.trend import (
    PastRun,
    Reached,
    TrendLine,
    trend_approvals,
    trend_decisions,
    trend_lines,
)
from harness.values.run import RunInfo
from tests.approved import DIGEST, a_baseline, a_case, a_decision
from tests.store.journals import arm, info

REACHED = Reached(0.75, Interval(0.5, 0.9), 12)


def _past(id_: str, reached: Reached = REACHED, **change: Any) -> PastRun:
    about = info(id_, started=f"2026-01-{id_[1:].zfill(2)}T00:00:00+00:00", **change)
    return PastRun(about, dict.fromkeys(about.arms, reached))


def _line(*runs: PastRun) -> TrendLine:
    (line,) = trend_lines(runs)
    return line


def test_an_arm_has_a_point_per_run():
    """With what it reached, when, and in which run."""
    line = _line(_past("r1"), _past("r2", Reached(0.5, None, 12)))
    assert (line.arm, line.origin) == ("a", "live")
    first, second = line.points
    assert (first.run, first.time, first.mean) == ("r1", "2026-01-01T00:00:00+00:00", 0.75)
    assert (first.interval, first.cases, first.digest) == (Interval(0.5, 0.9), 12, "d")
    assert (second.mean, second.interval, second.changes) == (0.5, None, ())


@pytest.mark.parametrize(
    ("change", "changes"),
    [
        ({}, ()),
        ({"inputs_digest": "other"}, ("cases",)),
        ({"expected_digest": "other"}, ("cases",)),
        ({"excluded": ("c1",)}, ("cases",)),
        ({"scoring_digest": "other"}, ("scoring",)),
        ({"graded": True}, ("scoring",)),
        ({"arms": {"a": arm(digest="other")}}, ("arm",)),
        (
            {"inputs_digest": "o", "scoring_digest": "o", "arms": {"a": arm(digest="o")}},
            ("cases", "scoring", "arm"),
        ),
    ],
)
def test_what_changed_is_said(change: dict[str, Any], changes: tuple[str, ...]):
    """Other cases or another scorer begin a new stretch; another prompt is what the line shows."""
    point = _line(_past("r1"), _past("r2", **change)).points[1]
    assert point.changes == changes
    assert point.continues == (not {"cases", "scoring"} & set(changes))


def test_a_change_is_one_against_the_last_point_of_the_arm():
    """A run without the arm, or in which it broke off, is not in between."""
    broken = _past("r2", Reached(None, None, 3, "ended early"), inputs_digest="other")
    other = PastRun(info("r3", arms={"b": arm()}, inputs_digest="third"), {"b": REACHED})
    lines = trend_lines([_past("r1"), broken, other, _past("r4")])
    assert [point.run for point in lines[0].points] == ["r1", "r4"]
    assert lines[0].points[1].changes == ()
    assert [line.arm for line in lines] == ["a", "b"]


def _with(mode: str, *, replayed: bool) -> RunInfo:
    return info("r1", mode=mode, arms={"a": arm(replayed=replayed)})


@pytest.mark.parametrize(
    ("mode", "replayed", "origin"),
    [
        ("live", False, "live"),
        ("record", False, "live"),
        ("record", True, "replayed"),
        ("replay", True, "replayed"),
        ("replay", False, "replayed"),
    ],
)
def test_asking_and_replaying_are_apart(mode: str, replayed: bool, origin: str):
    """A replay shows what changed here, a live run also what changed there."""
    line = _line(PastRun(_with(mode, replayed=replayed), {"a": REACHED}))
    assert line.origin == origin


def test_decisions_and_approvals_of_the_split():
    """Those of another say nothing of it."""
    decisions = [a_decision(1), a_decision(2, split="validation"), a_decision(3)]
    assert [one.number for one in trend_decisions(decisions, "test")] == [1, 3]
    assert trend_decisions(decisions, "test")[0].digest == DIGEST
    used, other = a_baseline((a_case("a"),)), a_baseline((a_case("a"),), split="validation")
    (one,) = trend_approvals([used, other], "test", used.header.seal)
    assert (one.arm, one.mean, one.approval, one.in_production) == ("tuned", 1.0, "first", True)
    assert not trend_approvals([used], "test", None)[0].in_production
