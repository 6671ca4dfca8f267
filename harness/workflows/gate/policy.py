"""What a caller decides about a gate, and the policy that follows from it and from the suite."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from harness.analysis.decision.reach import reach, sentences
from harness.errors import UsageError
from harness.store.gate_checks import ABSURD_MARGIN
from harness.store.suite import Suite
from harness.values.case import Split
from harness.values.gate import Gate


class GateChoices(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a caller decides about a gate; what is unset is the policy's.

    `limit` cases are a stratified sample, and no ground for a promotion. `clean_subset` leaves out
    the cases that leaked into either side. `run` is a past run (id or path) that the candidate's
    replies are taken from instead of the recordings. `base` is the checkout whose policy, scorers
    and incumbent judge this one as a change, `data_change` says that it changes cases on purpose.
    `preview` decides without writing the decision down: nothing can be promoted on it.
    """

    candidate: str | None = None
    incumbent: str | None = None
    goal: str | None = None
    margin: float | None = None
    alpha: float | None = None
    split: Split = "test"
    limit: Annotated[int, Meta(ge=1)] | None = None
    clean_subset: bool = False
    run: str | None = None
    base: Path | None = None
    data_change: bool = False
    preview: bool = False


def as_gate_choices(given: Mapping[str, Any]) -> GateChoices:
    """Keyword arguments as GateChoices.

    Raises:
        UsageError: a name or a type is wrong.
    """
    try:
        return msgspec.convert(dict(given), GateChoices, dec_hook=lambda type_, value: type_(value))
    except msgspec.ValidationError as error:
        raise UsageError(f"gate: {error}") from error


def policy_of(suite: Suite, choices: GateChoices) -> Gate:
    """The policy of the suite with what the caller overrides.

    Raises:
        UsageError: there is none, it cannot mean anything, or it names an arm that does not exist.
    """
    names = ("candidate", "incumbent", "goal", "margin", "alpha")
    overrides = {n: getattr(choices, n) for n in names if getattr(choices, n) is not None}
    declared = msgspec.to_builtins(suite.file.gate) if suite.file.gate else {}
    if not declared and not {"candidate", "margin"} <= set(overrides):
        raise UsageError(
            f"{suite.name} has no [gate]: add one to suite.toml (candidate, margin), or give "
            "--candidate and --margin"
        )
    try:
        policy = msgspec.convert(declared | overrides, Gate)
    except msgspec.ValidationError as error:
        raise UsageError(f"gate: {error}") from error
    if policy.goal == "not_worse" and policy.margin == 0:
        raise UsageError(
            "gate: with margin 0 even equal arms are never promoted; use --goal better or a margin"
        )
    if policy.margin >= ABSURD_MARGIN:
        raise UsageError(
            f"gate: a margin of {policy.margin} would accept an arm that is worse by half of all "
            "cases; it must be below 0.5"
        )
    if policy.candidate not in suite.arms:
        known = ", ".join(suite.arms)
        raise UsageError(f"{suite.name} has no arm {policy.candidate!r}; arms: {known}")
    return policy


def policy_reach(suite: Suite) -> tuple[str, ...]:
    """What the suite's policy can decide on its test cases, in sentences; empty without one."""
    policy = suite.file.gate
    if policy is None:
        return ()
    graded = suite.scorers[0].graded
    return tuple(sentences(policy, reach(policy, len(suite.splits["test"])), graded=graded))
