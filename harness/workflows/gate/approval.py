"""A state that is to be approved in, on what ground it may be out: first, gate or override."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from harness.errors import UsageError
from harness.store.decisions import read_decisions
from harness.store.suite import Suite
from harness.values.baseline import Approval, Baseline, Decision
from harness.values.gate import Gate
from harness.values.verdict import Ruling
from harness.workflows.entrants import Entrant


@dataclass(frozen=True)
class Approved:
    """Why a state may be approved, and the number of the gate that says so."""

    approval: Approval
    decision: int | None = None


def approval(
    suite: Suite,
    entrant: Entrant,
    against: Baseline | None,
    *,
    baseline_only: bool,
    override: bool,
) -> Approved:
    """Why the state may be approved.

    It is the first where nothing was approved in this role, and, for production, no gate was ever
    held: a production.toml that somebody deleted makes no arm the first again.

    Raises:
        UsageError: it may not, with the reason and the command that decides.
    """
    decisions = read_decisions(suite.settings.baselines / suite.name)
    if against is None and (baseline_only or not decisions):
        return Approved("first")
    held = [
        decision
        for decision in decisions
        if decision.candidate.arm == entrant.arm and decision.candidate.measured == entrant.measured
    ]
    replies = against.header.measured.replies if against else None
    between = [decision for decision in held if decision.incumbent.measured.replies == replies]
    latest = between[-1] if between else held[-1] if held else None
    objection = _objection(latest, entrant.arm, against, suite.file.gate)
    if latest is not None and not objection:
        return Approved("gate", latest.number)
    if override:
        return Approved("override")
    own = against is not None and against.header.arm == entrant.arm
    named = f" --incumbent {entrant.arm}" if own else ""
    raise UsageError(
        f"{entrant.arm} cannot be approved: {objection}. Decide with\n"
        f"    harness gate {suite.name} --candidate {entrant.arm}{named}\n"
        "or insist with --override, which the baseline will say for ever"
    )


def _objection(
    decision: Decision | None, arm: str, against: Baseline | None, policy: Gate | None
) -> str:
    """What speaks against a promotion; empty where a gate promoted it."""
    if decision is None:
        return f"no gate was held on what {arm} says now, with these cases and scorers"
    held = f"the latest gate on it (number {decision.number}, {decision.time[:10]})"
    if decision.ruling != Ruling.PROMOTE:
        return f"{held} says {decision.ruling}"
    if against and decision.incumbent.measured.replies != against.header.measured.replies:
        approved = f"the approved {against.header.arm}"
        return f"{held} compared it with {decision.incumbent.arm} and not with {approved}"
    # An arm against its own past can only be not worse.
    own = against is not None and against.header.arm == arm
    if policy is not None and not _as_declared(decision.policy, policy, any_goal=own):
        return f"{held} was held under another policy than [gate] of suite.toml"
    return ""


def _as_declared(held: Gate, declared: Gate, *, any_goal: bool) -> bool:
    """Whether a policy is that of the suite, whoever the sides were."""
    as_held = msgspec.structs.replace(
        declared,
        candidate=held.candidate,
        incumbent=held.incumbent,
        goal=held.goal if any_goal else declared.goal,
    )
    return held == as_held
