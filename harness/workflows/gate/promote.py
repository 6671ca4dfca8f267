"""Approve what an arm says now: its recordings in, a baseline and what is in production out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from harness.analysis.columns import ArmColumns
from harness.analysis.summary import summarise
from harness.errors import DataError, UsageError
from harness.store.baselines import (
    baseline_path,
    read_baseline,
    read_production,
    write_baseline,
    write_production,
)
from harness.store.runs import Run
from harness.store.suite import Suite
from harness.values.baseline import (
    SCORE_DECIMALS,
    Baseline,
    BaselineCase,
    BaselineHeader,
    Production,
    sealed,
)
from harness.values.case import Split
from harness.values.score import OUTCOMES
from harness.workflows.entrants import Entrant, deployed_seed, entrants_of_run
from harness.workflows.gate.approval import Approved, approval
from harness.workflows.replays import is_recorded, replayed
from harness.workflows.run import open_suite


@dataclass(frozen=True)
class Change:
    """A case whose approved outcome changes; `before` is None for a new case, `after` for none."""

    case: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Promoted:
    """What was approved: the baseline and its file, and what is in production now.

    `changes` are against the baseline that stood there before. `written` is False where the very
    state had been approved already.
    """

    baseline: Baseline
    path: Path
    production: Production | None
    changes: tuple[Change, ...]
    written: bool


def promote(
    suite: str | Path | Suite,
    arm: str,
    *,
    reason: str,
    override: bool = False,
    baseline_only: bool = False,
    clean_subset: bool = False,
    split: Split = "test",
    today: date | None = None,
) -> Promoted:
    """Write the baseline of an arm from its recorded replies, and put it into production.

    With `baseline_only` what is in production stays: the state is approved for regression tests.
    It needs the latest gate on the very same replies, cases and scorers to have promoted the arm
    against what is in production (`baseline_only`: against its own baseline), unless it is the
    first or `override` is given. `clean_subset` leaves out the cases that leaked, as the gate did.

    Raises:
        UsageError: there is no such gate, no reason, or nothing is recorded.
        DataError: an earlier baseline, production.toml or a decision is broken or was edited.
        ReplayMissError: the recordings do not fit the suite any more.
    """
    opened = suite if isinstance(suite, Suite) else open_suite(suite)
    if not reason.strip():
        raise UsageError("a promotion needs a reason: say in a sentence why this state is right")
    folder = opened.settings.baselines / opened.name
    path = baseline_path(folder, arm)
    earlier = _earlier(path, override=override)
    production = read_production(folder)
    if baseline_only and production is not None and production.arm == arm:
        raise UsageError(
            f"{arm} is in production, so its baseline is that of production: "
            "promote it without --baseline-only"
        )
    beside = _beside(opened, arm, production) if clean_subset else []
    seed = deployed_seed(opened, arm, _shot_seeds(opened)) if arm in opened.arms else 0
    with replayed(opened, [arm, *beside], split=split, clean_subset=clean_subset) as run:
        entrant = entrants_of_run(run, [arm], {arm: seed})[0]
        against = earlier if baseline_only else _baseline_of(folder, production, override=override)
        if earlier is not None and _stands(earlier, entrant, against):
            return _approved_already(folder, path, earlier, production)
        approved = approval(
            opened, entrant, against, baseline_only=baseline_only, override=override
        )
        day = (today or datetime.now(UTC).date()).isoformat()
        baseline = _baseline(entrant, run, approved, reason=reason.strip(), day=day)
    write_baseline(path, baseline)
    if not baseline_only:
        production = _in_production(baseline)
        write_production(folder, production)
    return Promoted(baseline, path, production, _changes(earlier, baseline), written=True)


def _beside(suite: Suite, arm: str, production: Production | None) -> list[str]:
    """The arm whose leaks are left out as well: that in production, as far as it is recorded."""
    if production is None or production.arm == arm or not is_recorded(suite, production.arm):
        return []
    return [production.arm]


def _shot_seeds(suite: Suite) -> dict[str, int]:
    return dict(suite.file.gate.shot_seeds) if suite.file.gate else {}


def _earlier(path: Path, *, override: bool) -> Baseline | None:
    """The baseline that stands at a path; one that is broken may be overridden."""
    try:
        return read_baseline(path) if path.exists() else None
    except DataError:
        if override:
            return None
        raise


def _baseline_of(folder: Path, production: Production | None, *, override: bool) -> Baseline | None:
    """What is in production; a baseline that a killed promotion left behind is one too."""
    if production is None:
        return None
    return _earlier(baseline_path(folder, production.arm), override=override)


def _stands(earlier: Baseline, entrant: Entrant, against: Baseline | None) -> bool:
    """Whether this very state is approved already, in the role that is asked for."""
    return against == earlier and earlier.header.measured == entrant.measured


def _approved_already(
    folder: Path, path: Path, earlier: Baseline, production: Production | None
) -> Promoted:
    """Nothing is written, but for what a promotion that was killed between its writes left out."""
    if production is None or production.arm != earlier.header.arm:
        return Promoted(earlier, path, production, (), written=False)
    if production.baseline == earlier.header.seal:
        return Promoted(earlier, path, production, (), written=False)
    finished = _in_production(earlier)
    write_production(folder, finished)
    return Promoted(earlier, path, finished, (), written=True)


def _in_production(baseline: Baseline) -> Production:
    header = baseline.header
    return Production(
        arm=header.arm,
        since=header.date,
        reason=header.reason,
        baseline=header.seal,
        decision=header.decision,
    )


def _baseline(entrant: Entrant, run: Run, approved: Approved, *, reason: str, day: str) -> Baseline:
    info, about = run.info, run.info.arms[entrant.arm]
    columns = entrant.columns if entrant.columns is not None else ArmColumns()
    price = info.price_of(entrant.arm)
    if run.info.status != "complete":
        raise UsageError(f"{entrant.arm} is not complete ({run.info.status}): record all of it")
    cases = _lines(entrant)
    header = BaselineHeader(
        suite=info.suite,
        arm=entrant.arm,
        split=info.split,
        kind=about.kind,
        model=about.model,
        shot_seed=entrant.shot_seed or 0,
        measured=entrant.measured,
        cases=len(cases),
        correct=sum(case.outcome == "correct" for case in cases),
        mean=round(_mean(cases, graded=info.graded), SCORE_DECIMALS),
        graded=info.graded,
        correct_at=info.correct_at,
        outcomes={str(o): count for o, count in columns.outcomes().items() if count},
        tokens=_tokens(columns),
        date=day,
        reason=reason,
        approval=approved.approval,
        decision=approved.decision,
        commit=info.commit,
        served_models=about.served_models,
        recorded=about.recorded,
        prices={about.model: price} if price is not None else {},
        leaks=about.leaks,
    )
    return sealed(header, cases)


def _lines(entrant: Entrant) -> tuple[BaselineCase, ...]:
    """One line per case; of a single replicate exactly one outcome has a share."""
    side = entrant.side
    codes = side.shares.argmax(axis=1)
    return tuple(
        BaselineCase(
            id=id_,
            digest=entrant.cases[id_],
            outcome=OUTCOMES[code],
            score=round(float(value), SCORE_DECIMALS),
        )
        for id_, code, value in zip(side.ids, codes, side.values, strict=True)
    )


def _mean(cases: Sequence[BaselineCase], *, graded: bool) -> float:
    values = [case.score if graded else float(case.outcome == "correct") for case in cases]
    return sum(values) / len(values)


def _tokens(columns: ArmColumns) -> dict[str, int]:
    """Sums over the replies, empty where some are unknown."""
    summary = summarise(columns, graded=False)
    if summary is None or summary.tokens.unknown:
        return {}
    tokens = summary.tokens
    counts = {
        "input": tokens.input,
        "cached": tokens.cached,
        "cache_write": tokens.cache_write,
        "output": tokens.output,
        "reasoning": tokens.reasoning,
    }
    return {name: count for name, count in counts.items() if count}


def _changes(earlier: Baseline | None, baseline: Baseline) -> tuple[Change, ...]:
    """The cases whose outcome is another than it was; none where there was no baseline."""
    if earlier is None:
        return ()
    before = {case.id: str(case.outcome) for case in earlier.cases}
    after = {case.id: str(case.outcome) for case in baseline.cases}
    return tuple(
        Change(id_, before.get(id_), after.get(id_))
        for id_ in sorted(before | after)
        if before.get(id_) != after.get(id_)
    )
