"""Hand-made trends for the tests of what is shown of them."""

from __future__ import annotations

from typing import Any

from harness.analysis.interval import Interval
from harness.analysis.trend import (
    Change,
    Skipped,
    Trend,
    TrendApproval,
    TrendDecision,
    TrendLine,
    TrendPoint,
)
from harness.values.verdict import Ruling


def point(day: int, mean: float, *changes: Change, digest: str = "d") -> TrendPoint:
    """A run on a day of January."""
    return TrendPoint(
        run=f"run{day}",
        time=f"2026-01-{day:02}T08:30:00+00:00",
        mean=mean,
        interval=Interval(max(0.0, mean - 0.1), min(1.0, mean + 0.1)),
        cases=60,
        digest=digest,
        changes=changes,
    )


def decision(number: int, day: int, **change: Any) -> TrendDecision:
    given = {
        "candidate": "tuned",
        "incumbent": "few_shot",
        "ruling": Ruling.PROMOTE,
        "digest": "d",
    }
    return TrendDecision(number=number, time=f"2026-01-{day:02}T09:00:00+00:00", **(given | change))


def a_trend(*lines: TrendLine, **change: Any) -> Trend:
    """Two runs of two arms, decided once between them."""
    given: dict[str, Any] = {
        "suite": "demo",
        "split": "test",
        "graded": False,
        "lines": lines
        or (
            TrendLine("few_shot", "replayed", (point(1, 0.5), point(3, 0.5))),
            TrendLine("tuned", "replayed", (point(1, 0.7), point(3, 0.8, "arm", digest="e"))),
        ),
        "decisions": (decision(1, 2),),
        "approvals": (TrendApproval("tuned", "2026-01-02", 0.7, "gate", in_production=True),),
    }
    return Trend(**(given | change))


BROKEN = Skipped("run2", "not finished, or killed")
