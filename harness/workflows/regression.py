"""An arm as it answers now against what it was: is it worse? And the assertion of that.

Nothing here depends on the calendar (the age of recordings and the last day of a model are for
`harness check` and the gate), so that a result changes only with the replies, the cases, the
scorers, the policy or the baseline.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from harness.analysis.comparison import Comparison, Pair, compare_all
from harness.analysis.decision.contest import Contest
from harness.analysis.decision.decide import decide
from harness.analysis.overlap import Overlap, overlap
from harness.errors import UsageError
from harness.reports.flips import Flip, failure_text, flip
from harness.store.baselines import SUFFIX, read_baseline
from harness.store.runs import Run
from harness.store.suite import Suite
from harness.text.wording import counted
from harness.values.baseline import SCORE_DECIMALS, Baseline
from harness.values.gate import Failing, Gate
from harness.values.score import INFRASTRUCTURE
from harness.values.verdict import Check, Ruling, Verdict, rule
from harness.workflows.entrants import (
    Entrant,
    baseline_entrant,
    deployed_seed,
    entrants_of_run,
    read_baseline_of,
)
from harness.workflows.gate.contestants import contestant
from harness.workflows.moved import moved_cases
from harness.workflows.run import open_suite

_ROUNDING = 0.5 * 10**-SCORE_DECIMALS + 1e-9


@dataclass(frozen=True)
class Regression:
    """What one check of an arm found.

    `unchanged` means that all replies are those of the baseline, so that nothing had to be tested.
    `comparison` is None where nothing was compared. `flips` are the cases that speak against the
    arm, with what was said; `lost` says that they had been correct (or better).
    """

    verdict: Verdict
    unchanged: bool = False
    comparison: Comparison | None = None
    flips: tuple[Flip, ...] = ()
    lost: bool = False

    @property
    def text(self) -> str:
        """What does not hold, with the next steps and the cases."""
        return failure_text(self.verdict, self.flips, lost=self.lost)


def assert_not_worse(
    run: Run,
    baseline: str | Path | Run | None = None,
    *,
    arm: str | None = None,
    margin: float,
    alpha: float | None = None,
    strict: bool = False,
    suite: str | Path | Suite | None = None,
) -> Verdict:
    """Fail where an arm of a run is worse than before by more than `margin`.

    `baseline` is what was before: the arm's own baseline (None), that of another arm (its name),
    the file of a baseline (a path), or another run of the same arm. `arm` may be left out where the
    run has one. The suite is looked up by the run's name from the current directory, unless it is
    given. `alpha` (one-sided) is that of [gate], else 0.025.

    An inconclusive verdict is returned like a good one, so that a small test split does not fail by
    itself; with `strict` it fails. A measurement that cannot be trusted always fails.

    Raises:
        AssertionError: with the evidence, the next step and the lost cases.
        UsageError: there is no such arm or baseline.
        DataError: a file is broken or was edited.
    """
    __tracebackhide__ = True  # pytest shows the caller's line
    if not 0 < margin < 1:
        raise UsageError(f"margin = {margin}: a share between 0 and 1 is what may be lost")
    opened = suite if isinstance(suite, Suite) else open_suite(suite or run.info.suite)
    name = arm or _only_arm(run)
    before = _before(opened, name, baseline)
    seeds = {name: approved_seed(opened, name, before.baseline)} if before.baseline else {}
    now = entrants_of_run(run, [name], seeds)[0]
    declared = opened.file.gate or Gate(candidate=name, margin=margin)
    policy = msgspec.structs.replace(
        rules(declared, name), margin=margin, alpha=_alpha(alpha, declared), slices={}
    )
    found = compared(opened, now, before, policy)
    failing = {Ruling.REJECT, Ruling.INVALID} | ({Ruling.INCONCLUSIVE} if strict else set())
    if found.verdict.ruling in failing:
        raise AssertionError(f"{run.info.suite}: {name}: {found.text}")
    return found.verdict


def _alpha(given: float | None, declared: Gate) -> float:
    """The level that was asked for, else that of the policy.

    Raises:
        UsageError: it is none that a policy may have.
    """
    if given is None:
        return declared.alpha
    try:
        asked = msgspec.convert({**msgspec.structs.asdict(declared), "alpha": given}, Gate)
    except msgspec.ValidationError as error:
        raise UsageError(f"alpha = {given}: {error}") from error
    return asked.alpha


def compared(suite: Suite, now: Entrant, before: Entrant, policy: Gate | None) -> Regression:
    """An entrant against what was before; without a policy only equal replies can be judged."""
    shared = overlap(before.cases, now.cases)
    if shared.whole and now.measured.replies == before.measured.replies:
        return _same_replies(now, before, shared)
    before = replace(before, side=replace(before.side, name=f"{before.arm} ({_origin(before)})"))
    contest = contest_of(suite, (before, now), shared, policy)
    verdict = _no_margin(suite) if policy is None else decide(contest).verdict
    if not shared.common:
        return Regression(_copyable(verdict, before))
    comparison = compare_all([Pair(*contest.sides)])[0]
    approved = {c.id: c.outcome for c in before.baseline.cases} if before.baseline else {}
    moved = moved_cases(suite, [(before, now)], [comparison])[0]
    return Regression(
        _copyable(verdict, before),
        comparison=comparison,
        flips=tuple(
            flip(case.case, case.expected, case.reference, case.candidate, approved.get(case.case))
            for case in moved[: len(comparison.lost)]
        ),
        lost=True,
    )


def _same_replies(now: Entrant, before: Entrant, shared: Overlap) -> Regression:
    """Equal replies to equal cases need no test, if today's scorers say of them what was said."""
    sides = before.side.on(shared.common), now.side.on(shared.common)
    other = abs(sides[0].values - sides[1].values) > _ROUNDING
    other |= (sides[0].shares != sides[1].shares).any(axis=1)
    cases = counted(len(shared.common), "case")
    if not other.any():
        evidence = f"the replies to all {cases} are those of {_origin(before)}"
        return Regression(verdict_of(Check("not worse", "passed", evidence)), unchanged=True)
    evidence = (
        f"the replies to all {cases} are those of {_origin(before)}, and today's scorers judge "
        f"{int(other.sum()):,} of them otherwise"
    )
    step = "correct the scorer, or approve its scores again with harness promote"
    return Regression(verdict_of(Check("same scoring", "invalid", evidence, step)))


def contest_of(
    suite: Suite,
    entrants: tuple[Entrant, Entrant],
    shared: Overlap,
    policy: Gate | None,
) -> Contest:
    """What was before and what is now, on the cases that they share."""
    before, now = (contestant(suite, entrant) for entrant in entrants)
    info = entrants[1].run.info if entrants[1].run else None
    return Contest(
        policy=policy or Gate(candidate=now.side.name, margin=0.0),
        incumbent=before,
        candidate=now,
        overlap=shared,
        cases=len(suite.splits[entrants[1].split]),
        today=datetime.now(UTC).date(),
        limited=info is not None and info.limit is not None,
        excluded=info.excluded if info else (),
        suite=suite.name,
    )


def rules(declared: Gate, arm: str) -> Gate:
    """What of a policy makes an arm worse than it was; its limits are checks of their own."""
    return Gate(
        candidate=arm,
        incumbent=arm,
        margin=declared.margin,
        alpha=declared.alpha,
        max_rates=infrastructure_limits(declared),
        slices=declared.slices,
        unknown_training=declared.unknown_training,
    )


def infrastructure_limits(declared: Gate) -> dict[Failing, float]:
    """The limits of what a provider, a judge or the harness may lose."""
    lost = {str(outcome) for outcome in INFRASTRUCTURE}
    return {outcome: most for outcome, most in declared.max_rates.items() if outcome in lost}


def _before(suite: Suite, arm: str, baseline: str | Path | Run | None) -> Entrant:
    if isinstance(baseline, Run):
        return entrants_of_run(
            baseline, [arm if arm in baseline.info.arms else _only_arm(baseline)]
        )[0]
    if isinstance(baseline, Path) or (baseline or "").endswith(SUFFIX):
        return baseline_entrant(suite, read_baseline(Path(str(baseline))), None)
    return baseline_entrant(suite, read_baseline_of(suite, baseline or arm), None)


def _only_arm(found: Run) -> str:
    arms = list(found.info.arms)
    if len(arms) == 1:
        return arms[0]
    raise UsageError(f"run {found.info.id} has {len(arms)} arms, name one: {', '.join(arms)}")


def approved_seed(suite: Suite, arm: str, baseline: Baseline | None) -> int:
    """The shot seed that was approved, or else the one that is deployed.

    Raises:
        UsageError: the suite has no such arm, or the arm has that seed no more.
    """
    if arm not in suite.arms:
        raise UsageError(f"{suite.name} has no arm {arm!r}; arms: {', '.join(suite.arms)}")
    declared = suite.arms[arm].shot_seeds
    if baseline is None or baseline.header.arm != arm:
        return deployed_seed(suite, arm, suite.file.gate.shot_seeds if suite.file.gate else {})
    seed = baseline.header.shot_seed
    if seed not in declared:
        raise UsageError(
            f"arm {arm} was approved with shot seed {seed}, and now its seeds are "
            f"{', '.join(map(str, declared))}: bring it back, or approve it again with\n"
            f'    harness promote {suite.name} {arm} --baseline-only --reason "…"'
        )
    return seed


def _origin(before: Entrant) -> str:
    if before.baseline is not None:
        return f"the baseline of {before.baseline.header.date}"
    return f"run {before.run.info.id}" if before.run else "before"


def _copyable(verdict: Verdict, before: Entrant) -> Verdict:
    """Next steps name the arm as commands know it."""
    checks = (
        msgspec.structs.replace(c, next_step=c.next_step.replace(before.name, before.arm))
        for c in verdict.checks
    )
    return msgspec.structs.replace(verdict, checks=tuple(checks))


def _no_margin(suite: Suite) -> Verdict:
    evidence = "the replies are not those of the baseline, and there is no margin to judge them by"
    step = f"add [gate] with candidate and margin to the suite.toml of {suite.name}"
    return verdict_of(Check("not worse", "inconclusive", evidence, step))


def verdict_of(*checks: Check) -> Verdict:
    """The verdict that follows from checks."""
    return Verdict(rule(checks), checks)
