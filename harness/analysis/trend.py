"""Past runs of a suite in, how each arm fared from run to run out. Pure.

Points of one line are comparable as long as cases, expected values and scoring stay the same; a
point after a change of these begins a new stretch. A changed arm (its prompt, model or shots) is
what a line is there to show, and goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from harness.analysis.interval import Interval
from harness.values.baseline import Approval, Baseline, Decision
from harness.values.case import Split
from harness.values.run import RunInfo
from harness.values.verdict import Ruling

Origin = Literal["live", "replayed"]
"""Whether a model was asked in this run, or its recorded replies were scored again."""

Change = Literal["cases", "scoring", "arm"]
BREAKS: frozenset[Change] = frozenset({"cases", "scoring"})


class Reached(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an arm reached in a run: accuracy or mean score, None where `gap` says why not."""

    mean: float | None
    interval: Interval | None
    cases: int
    gap: str = ""


class PastRun(msgspec.Struct, frozen=True):
    """A finished run, and what its arms reached."""

    info: RunInfo
    arms: Mapping[str, Reached]


class TrendPoint(msgspec.Struct, frozen=True, kw_only=True):
    """One run on a line. `time` is that of its beginning, ISO 8601; `changes` since the last point.

    `digest` is the arm's.
    """

    run: str
    time: str
    mean: float
    interval: Interval | None
    cases: int
    digest: str
    changes: tuple[Change, ...] = ()

    @property
    def continues(self) -> bool:
        """Whether it may be joined to the point before."""
        return not BREAKS & set(self.changes)


class TrendLine(msgspec.Struct, frozen=True):
    """The points of an arm, oldest first."""

    arm: str
    origin: Origin
    points: tuple[TrendPoint, ...]


class TrendDecision(msgspec.Struct, frozen=True):
    """A gate that was held. `digest` is that of the candidate."""

    number: int
    time: str
    candidate: str
    incumbent: str
    ruling: Ruling
    digest: str


class TrendApproval(msgspec.Struct, frozen=True):
    """The approved state of an arm: the day, what it reached, and why it was approved."""

    arm: str
    day: str
    mean: float
    approval: Approval
    in_production: bool = False


class Skipped(msgspec.Struct, frozen=True):
    """A run, or a file, that no line can show, and why."""

    name: str
    reason: str


class Trend(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known of the past of a suite on one split."""

    suite: str
    split: Split
    graded: bool
    lines: tuple[TrendLine, ...] = ()
    decisions: tuple[TrendDecision, ...] = ()
    approvals: tuple[TrendApproval, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def trend_lines(runs: Iterable[PastRun]) -> tuple[TrendLine, ...]:
    """A line for each arm and origin that has points; runs come oldest first."""
    points: dict[tuple[str, Origin], list[TrendPoint]] = {}
    last: dict[tuple[str, Origin], RunInfo] = {}
    for run in runs:
        for arm, reached in run.arms.items():
            if reached.mean is None or reached.gap:
                continue
            key = arm, _origin(run.info, arm)
            points.setdefault(key, []).append(
                TrendPoint(
                    run=run.info.id,
                    time=run.info.started,
                    mean=reached.mean,
                    interval=reached.interval,
                    cases=reached.cases,
                    digest=run.info.arms[arm].digest,
                    changes=_changes(last[key], run.info, arm) if key in last else (),
                )
            )
            last[key] = run.info
    return tuple(TrendLine(*key, tuple(found)) for key, found in points.items())


def trend_decisions(decisions: Iterable[Decision], split: Split) -> tuple[TrendDecision, ...]:
    """The gates that were held on a split, oldest first."""
    return tuple(
        TrendDecision(
            number=d.number,
            time=d.time,
            candidate=d.candidate.arm,
            incumbent=d.incumbent.arm,
            ruling=d.ruling,
            digest=d.candidate.measured.arm,
        )
        for d in decisions
        if d.split == split
    )


def trend_approvals(
    baselines: Iterable[Baseline], split: Split, seal: str | None
) -> tuple[TrendApproval, ...]:
    """The approved states on a split; `seal` is that of the one in production."""
    return tuple(
        TrendApproval(h.arm, h.date, h.mean, h.approval, in_production=h.seal == seal)
        for h in (baseline.header for baseline in baselines)
        if h.split == split
    )


def _origin(info: RunInfo, arm: str) -> Origin:
    return "replayed" if info.mode == "replay" or info.arms[arm].replayed else "live"


def _changes(before: RunInfo, now: RunInfo, arm: str) -> tuple[Change, ...]:
    cases = (before.inputs_digest, before.expected_digest, before.excluded) != (
        now.inputs_digest,
        now.expected_digest,
        now.excluded,
    )
    scoring = (before.scoring_digest, before.graded) != (now.scoring_digest, now.graded)
    other = before.arms[arm].digest != now.arms[arm].digest
    found: list[Change] = []
    found += ["cases"] if cases else []
    found += ["scoring"] if scoring else []
    found += ["arm"] if other else []
    return tuple(found)
