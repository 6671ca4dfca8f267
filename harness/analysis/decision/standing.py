"""A difference and the bar that it must exceed in, where it stands out. Pure."""

from __future__ import annotations

from harness.analysis.difference import Difference
from harness.values.verdict import CheckStatus


def standing(difference: Difference, bar: float) -> CheckStatus:
    """Where the interval lies: above the bar, below it, or neither; few clusters say nothing."""
    if difference.interval is None or difference.few_clusters:
        return "inconclusive"
    if difference.interval.high < bar:
        return "failed"
    return "passed" if difference.interval.low > bar else "inconclusive"
