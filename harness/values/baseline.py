"""Approved states: baselines, what is in production, decisions, and the arm that was selected.

A baseline holds no text, only what became of each case, so that its git diff is the list of the
cases that flipped. Pure.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from harness.values.arm import ArmKind
from harness.values.case import Split
from harness.values.digest import digest
from harness.values.gate import Gate
from harness.values.leaks import LeakReport
from harness.values.price import Price
from harness.values.score import Outcome
from harness.values.table import Fraction, Name, Table, Text
from harness.values.training import Day, Digest
from harness.values.verdict import Check, Ruling

BASELINE_VERSION = 1
SCORE_DECIMALS = 3

Approval = Literal["first", "gate", "override"]
"""Why a state was approved: there was none before, a gate promoted it, or somebody insisted."""


class Measured(Table, frozen=True, kw_only=True):
    """Which replies to which cases under which scoring: two sides with equal digests are one.

    `arm` is the digest of prompt, model, sampling, shots and adapter, `inputs` and `expected` those
    of the split's cases, `scoring` that of everything that decides scores, `replies` that of what
    was answered.
    """

    arm: Digest
    inputs: Digest
    expected: Digest
    scoring: str
    replies: Digest


class BaselineCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One case of a baseline. `digest` is over its input and expected value."""

    id: Text
    digest: Digest
    outcome: Outcome
    score: Fraction


class BaselineHeader(Table, frozen=True, kw_only=True):
    """The first line of a baseline: what was approved, when, why and by whom.

    `correct` counts cases and `mean` is the accuracy or mean score of the lines. `tokens` are sums
    over the replies. `leaks` is None for an arm that learned from nothing. `decision` is the number
    of the gate that promoted it; `seal` is over the rest of the header and all lines, so that an
    edit by hand is noticed. Times are UTC days.
    """

    suite: Text
    arm: Text
    split: Split
    kind: ArmKind
    model: str
    shot_seed: int
    measured: Measured
    cases: Annotated[int, Meta(ge=1)]
    correct: Annotated[int, Meta(ge=0)]
    mean: Fraction
    graded: bool
    correct_at: Fraction
    outcomes: dict[str, int]
    tokens: dict[str, int]
    date: Day
    reason: Text
    approval: Approval
    decision: int | None = None
    commit: str = ""
    served_models: tuple[str, ...] = ()
    recorded: tuple[str, ...] = ()
    prices: dict[str, Price] = {}
    leaks: LeakReport | None = None
    version: int = BASELINE_VERSION
    seal: str = ""


class Baseline(msgspec.Struct, frozen=True):
    """An approved state of one arm: a header, and the cases sorted by id."""

    header: BaselineHeader
    cases: tuple[BaselineCase, ...]


def seal_of(header: BaselineHeader, cases: tuple[BaselineCase, ...]) -> str:
    """The digest that a baseline's header must carry."""
    return digest([msgspec.structs.replace(header, seal=""), cases])


def sealed(header: BaselineHeader, cases: tuple[BaselineCase, ...]) -> Baseline:
    """A baseline with its cases sorted by id, their scores rounded, and its seal set."""
    rounded = (_rounded(case) for case in cases)
    ordered = tuple(sorted(rounded, key=lambda case: case.id))
    return Baseline(msgspec.structs.replace(header, seal=seal_of(header, ordered)), ordered)


def _rounded(case: BaselineCase) -> BaselineCase:
    return msgspec.structs.replace(case, score=round(float(case.score), SCORE_DECIMALS))


class Production(Table, frozen=True, kw_only=True):
    """baselines/SUITE/production.toml: the incumbent. `baseline` is the seal of its baseline."""

    arm: Name
    since: Day
    reason: Text
    baseline: Digest
    decision: int | None = None


class Contender(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One side of a decision."""

    arm: str
    source: Literal["recorded", "live", "baseline"]
    measured: Measured
    mean: float
    shot_seed: int = 0


class Decision(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One line of decisions.jsonl: a gate that was held, whatever it said.

    `number` counts the questions that were put to this test set: the same two sides under the same
    policy are the same question. `difference`, `low`, `high` and `p` are those of the decisive
    comparison, null where there was none. `data_change` means that the cases were changed on
    purpose. `seal` is over the rest of the line, so that an edit by hand is noticed.
    """

    number: int
    time: str
    suite: str
    split: Split
    ruling: Ruling
    policy: Gate
    candidate: Contender
    incumbent: Contender
    cases: int
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    method: str = ""
    limited: bool = False
    checks: tuple[Check, ...] = ()
    commit: str = ""
    notes: tuple[str, ...] = ()
    data_change: bool = False
    seal: str = ""

    @property
    def question(self) -> str:
        """Equal for decisions that asked the same of the same replies.

        A default of the policy counts as written out, so that writing it out asks nothing new.
        """
        sides = [self.candidate.measured, self.incumbent.measured]
        return digest([sides, msgspec.structs.asdict(self.policy), self.cases])


def sealed_decision(decision: Decision) -> Decision:
    """A decision with its seal set."""
    seal = digest(msgspec.structs.replace(decision, seal=""))
    return msgspec.structs.replace(decision, seal=seal)


def next_number(earlier: tuple[Decision, ...], decision: Decision) -> int:
    """The number of an equal question that was asked before, else one more than the highest.

    Each split has its own numbers: what was asked of validation spoils no test set.
    """
    own = [before for before in earlier if before.split == decision.split]
    question = decision.question
    same = (before.number for before in own if before.question == question)
    return next(same, 1 + max((before.number for before in own), default=0))


class Tried(Table, frozen=True, kw_only=True):
    """One arm on the split it was chosen on. `within` means: within one standard error of the best.

    `cost_per_1k` is money per thousand requests, unset where no price is known.
    """

    mean: Fraction
    standard_error: float
    within: bool
    tokens: float | None = None
    cost_per_1k: float | None = None
    measured: Measured


class Selection(Table, frozen=True, kw_only=True):
    """baselines/SUITE/selection.toml: which arm carries the claim on the test split, and why."""

    arm: Text
    split: Split
    date: Day
    rule: Text
    cheapest_by: Literal["cost", "tokens"]
    arms: dict[str, Tried]
