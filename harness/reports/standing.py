"""A run's columns in, where each arm stands out: its summary, or why no number may be shown. Pure.

A share of the first few cases of an arm that broke off stands in a table beside shares of all
cases and looks like them. Such an arm has a gap, in words, in place of its numbers. A budget is
different: it cuts all arms at the same cases of a seeded order, so that their shares stay honest.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from harness.analysis.columns import ArmColumns
from harness.analysis.summary import Summary, summarise
from harness.values.run import ArmInfo, RunInfo

CUT_SHORT = ("budget", "interrupted")
"""What was finished is shown, with a warning: the order is seeded, so the cut is no choice."""


class Standing(msgspec.Struct, frozen=True):
    """One arm in a report. `gap` is empty when its numbers may be shown."""

    name: str
    info: ArmInfo
    columns: ArmColumns
    summary: Summary | None
    gap: str

    @property
    def shown(self) -> Summary | None:
        """The summary, unless it would mislead."""
        return None if self.gap else self.summary


def standings(info: RunInfo, arms: Mapping[str, ArmColumns]) -> list[Standing]:
    """Where the arms stand, in the order of the run; arms that `arms` lacks are left out."""
    return [
        Standing(
            name=name,
            info=arm,
            columns=arms[name],
            summary=summarise(arms[name], graded=info.graded),
            gap=gap_of(info, arm, len(arms[name])),
        )
        for name, arm in info.arms.items()
        if name in arms
    ]


def gap_of(info: RunInfo, arm: ArmInfo, rows: int) -> str:
    """Why an arm's numbers would mislead: 'ended early', 'not run', 'incomplete', or nothing."""
    if arm.ended:
        return "ended early"
    if rows == 0:
        return "not run"
    if rows < arm.planned and info.status not in CUT_SHORT:
        return "incomplete"
    return ""
