"""A suite in, its past runs, decisions and approved states as a trend out."""

from __future__ import annotations

from harness.analysis.trend import (
    Skipped,
    Trend,
    TrendApproval,
    TrendDecision,
    trend_approvals,
    trend_decisions,
    trend_lines,
)
from harness.errors import DataError
from harness.store.baselines import baseline_arms, baseline_path, read_baseline, read_production
from harness.store.decisions import DECISIONS_FILE, read_decisions
from harness.store.past_runs import past_runs
from harness.store.suite import Suite
from harness.values.case import Split


def trend(suite: Suite, split: Split = "test") -> Trend:
    """The past of a suite on one split; what is broken or unfinished is skipped and named."""
    runs, skipped = past_runs(suite.settings.results, suite.name, split)
    decisions, unread = _decisions(suite, split)
    approvals, broken = _approvals(suite, split)
    graded = runs[-1].info.graded if runs else any(scorer.graded for scorer in suite.scorers[:1])
    return Trend(
        suite=suite.name,
        split=split,
        graded=graded,
        lines=trend_lines(runs),
        decisions=decisions,
        approvals=approvals,
        skipped=(*skipped, *unread, *broken),
    )


def _decisions(suite: Suite, split: Split) -> tuple[tuple[TrendDecision, ...], tuple[Skipped, ...]]:
    try:
        found = read_decisions(suite.settings.baselines / suite.name)
    except DataError as error:
        return (), (Skipped(DECISIONS_FILE, _first_line(error)),)
    return trend_decisions(found, split), ()


def _approvals(suite: Suite, split: Split) -> tuple[tuple[TrendApproval, ...], tuple[Skipped, ...]]:
    folder = suite.settings.baselines / suite.name
    baselines, skipped = [], []
    for arm in baseline_arms(folder):
        path = baseline_path(folder, arm)
        try:
            baselines.append(read_baseline(path))
        except DataError as error:
            skipped.append(Skipped(path.name, _first_line(error)))
    try:
        production = read_production(folder)
    except DataError as error:
        production = None
        skipped.append(Skipped("production.toml", _first_line(error)))
    seal = production.baseline if production else None
    return trend_approvals(baselines, split, seal), tuple(skipped)


def _first_line(error: DataError) -> str:
    return str(error).partition("\n")[0]
