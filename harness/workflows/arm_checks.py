"""The checks of one arm as it answers now: the policy and its approved state in, verdicts out.

They are what pytest shows as the items of an arm.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from harness.analysis.decision.contest import Contest
from harness.analysis.decision.requirements import requirements
from harness.analysis.overlap import overlap
from harness.reports.flips import Flip, flip
from harness.store.baselines import baseline_path, read_baseline, read_production
from harness.store.suite import Suite
from harness.text.wording import percent
from harness.values.baseline import Baseline, Production
from harness.values.gate import Gate
from harness.values.run import Mode
from harness.values.score import INFRASTRUCTURE, OUTCOMES, Outcome
from harness.values.verdict import Check
from harness.workflows.entrants import Entrant, baseline_entrant, entrants_of_run
from harness.workflows.regression import (
    Regression,
    approved_seed,
    compared,
    contest_of,
    infrastructure_limits,
    rules,
    verdict_of,
)
from harness.workflows.replies import final_records
from harness.workflows.run import run

if TYPE_CHECKING:
    from harness.analysis.side import Side

MOST_MORE_TOKENS = 0.05
"""How much more input and output a reply may take than the baseline's: 5 %."""


@dataclass(frozen=True)
class ArmNow:
    """An arm as it answers now, with the one shot seed that is deployed, and its approved state."""

    suite: Suite
    entrant: Entrant
    baseline: Baseline | None

    @property
    def policy(self) -> Gate:
        """The policy of the suite with what this arm is held to.

        The limits of [gate] are what its candidate must keep, and what is in production. Another
        arm may be a weak control; of it only the errors of the infrastructure are limited.
        """
        declared = self.suite.file.gate
        if declared is None:
            return Gate(candidate=self.entrant.arm, margin=0.0)
        production = read_production(self.suite.settings.baselines / self.suite.name)
        if is_held(self.entrant.arm, declared, production):
            return declared
        return Gate(
            candidate=self.entrant.arm,
            margin=declared.margin,
            max_rates=infrastructure_limits(declared),
        )


def is_held(arm: str, policy: Gate | None, production: Production | None) -> bool:
    """Whether an arm must keep the limits of a policy: its candidate, and what is in production."""
    if policy is None:
        return False
    return arm == policy.candidate or (production is not None and production.arm == arm)


def arm_now(suite: Suite, arm: str, results: Path, mode: Mode = "replay") -> ArmNow:
    """Run an arm on the split and cases of its baseline; the run is kept under `results`.

    Raises:
        UsageError: the arm cannot be replayed, or cannot be asked.
        ReplayMissError: a reply is not recorded; the message has the command that records it.
        DataError: the baseline is broken or was edited.
    """
    path = baseline_path(suite.settings.baselines / suite.name, arm)
    baseline = read_baseline(path) if path.exists() else None
    seed = approved_seed(suite, arm, baseline)
    found = run(
        suite,
        arms=(arm,),
        split=baseline.header.split if baseline else "test",
        clean_subset=baseline is not None and _without_leaks(baseline),
        mode=mode,
        results=results,
    )
    return ArmNow(suite, entrants_of_run(found, [arm], {arm: seed})[0], baseline)


def not_worse(now: ArmNow) -> Regression:
    """The arm against its baseline under margin and alpha of the policy.

    Replies that are all the baseline's need no test. Changed ones cannot be judged without a
    baseline or a margin: then nothing is decided.
    """
    suite, arm = now.suite, now.entrant.arm
    if now.baseline is None:
        step = f'harness promote {suite.name} {arm} --baseline-only --reason "…"'
        evidence = f"arm {arm} has no approved state to compare with"
        return Regression(verdict_of(Check("baseline", "inconclusive", evidence, step)))
    declared = suite.file.gate
    policy = rules(declared, arm) if declared and declared.margin else None
    before = baseline_entrant(suite, now.baseline, None)  # with the scores that were approved
    return compared(suite, now.entrant, before, policy)


def error_rates(now: ArmNow) -> Regression:
    """Every rate that the policy limits; those of infrastructure are 2 % unless it says so."""
    policy, side = now.policy, now.entrant.side
    limited = [o for o in OUTCOMES if o in INFRASTRUCTURE or o in policy.max_rates]
    over = [outcome for outcome in limited if side.rate(outcome) > policy.most(outcome)]
    checks = tuple(_rate(side, outcome, policy.most(outcome)) for outcome in limited)
    codes = [OUTCOMES.index(outcome) for outcome in over]
    places = side.shares[:, codes].sum(axis=1).nonzero()[0]
    return _alone(now, checks, [side.ids[place] for place in places])


def spend(now: ArmNow) -> Regression:
    """Tokens of a reply against the baseline's, and the limits of cost and latency of the policy.

    Input and output of a reply may be MOST_MORE_TOKENS above the baseline's, on average over the
    cases. That holds for unchanged replies too: a longer prompt costs more, whatever is answered.
    """
    policy = now.policy
    limits = Gate(
        candidate=policy.candidate,
        margin=policy.margin,
        max_cost_per_1k=policy.max_cost_per_1k,
        max_cost_per_correct=policy.max_cost_per_correct,
        max_latency_p95=policy.max_latency_p95,
    )
    checks = (*_token_checks(now), *requirements(_alone_in(now, limits)))
    return _alone(
        now,
        checks or (Check("spend", "passed", "no tokens are known, and the policy limits nothing"),),
    )


def must_pass(now: ArmNow) -> Regression:
    """The cases that the policy names are correct."""
    policy, side = now.policy, now.entrant.side
    asked = Gate(candidate=policy.candidate, margin=policy.margin, must_pass=policy.must_pass)
    correct = side.shares[:, OUTCOMES.index(Outcome.CORRECT)]
    right = {id_ for id_, share in zip(side.ids, correct, strict=True) if share >= 1}
    failed = [id_ for id_ in policy.must_pass if id_ in now.entrant.cases and id_ not in right]
    return _alone(now, tuple(requirements(_alone_in(now, asked))), failed)


CHECKS: Mapping[str, Callable[[ArmNow], Regression]] = MappingProxyType(
    {
        "not_worse": not_worse,
        "error_rates": error_rates,
        "spend": spend,
        "must_pass": must_pass,
    }
)


def _rate(side: Side, outcome: Outcome, most: float) -> Check:
    rate = side.rate(outcome)
    evidence = f"{percent(rate)} of {side.name}; at most {percent(most)}"
    if rate <= most:
        return Check(str(outcome), "passed", evidence)
    if outcome in INFRASTRUCTURE:
        step = f"ask again what was lost: harness run --arm {side.name} --record"
        return Check(str(outcome), "invalid", evidence, step)
    return Check(str(outcome), "failed", evidence, "read the cases that ended so")


def _token_checks(now: ArmNow) -> list[Check]:
    """None where there is nothing to compare with, or neither side uses any."""
    if now.baseline is None:
        return []
    before, after = _approved_tokens(now.baseline), _tokens(now.entrant)
    if not before and not after:
        return []
    if before is None or after is None:
        evidence = f"unknown {'now' if after is None else 'of the baseline'}"
        return [Check("tokens", "inconclusive", evidence, "use a server that reports its usage")]
    most = before * (1 + MOST_MORE_TOKENS)
    evidence = f"{after:,.1f} a reply against {before:,.1f}; at most {most:,.1f}"
    if after <= most:
        return [Check("tokens", "passed", evidence)]
    return [Check("tokens", "failed", evidence, "a shorter prompt, or approve what it takes now")]


def _approved_tokens(baseline: Baseline) -> float | None:
    """Input and output of one reply; None where they are unknown."""
    tokens = baseline.header.tokens
    if not tokens and baseline.header.kind != "classical":
        return None
    return (tokens.get("input", 0) + tokens.get("output", 0)) / baseline.header.cases


def _tokens(entrant: Entrant) -> float | None:
    if entrant.columns is None or entrant.side.tokens is None:
        return None
    used = sum(entrant.columns.input) + sum(entrant.columns.output)
    return used / len(entrant.side)


def _alone_in(now: ArmNow, limits: Gate) -> Contest:
    """A contest of the arm with itself, for requirements that look at one side."""
    entrant = now.entrant
    return contest_of(now.suite, (entrant, entrant), overlap(entrant.cases, entrant.cases), limits)


def _alone(now: ArmNow, checks: tuple[Check, ...], cases: Collection[str] = ()) -> Regression:
    """What an arm shows by itself, with what it said to some cases."""
    return Regression(verdict_of(*checks), flips=tuple(_said(now, cases)))


def _said(now: ArmNow, cases: Collection[str]) -> Iterator[Flip]:
    entrant, wanted = now.entrant, set(cases)
    approved = {c.id: c.outcome for c in now.baseline.cases} if now.baseline else {}
    records = final_records(entrant.run) if entrant.run is not None and wanted else ()
    found = {
        record.case: record
        for record in records
        if record.case in wanted and record.replicate.shot_seed == entrant.shot_seed
    }
    about = (case for case in now.suite.splits[entrant.split] if case.id in found)
    for case in about if found else ():
        yield flip(case.id, case.expected, None, found[case.id], approved.get(case.id))


def _without_leaks(baseline: Baseline) -> bool:
    """Whether a clean subset was approved: cases had leaked, and none of them is there."""
    leaked = baseline.header.leaks.cases if baseline.header.leaks else ()
    return bool(leaked) and not {case.id for case in baseline.cases} & set(leaked)
