"""An arm with the costs of its replies in, what a request and a correct answer cost out. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from harness.analysis.comparison import MeanDifference
from harness.analysis.cost.mean import paired_mean
from harness.analysis.cost.quotient import Quotient, ratio_of_means
from harness.analysis.cost.terms import Terms
from harness.analysis.resample import Range
from harness.analysis.side import Side
from harness.values.arm import ArmKind
from harness.values.price import Price
from harness.values.score import OUTCOMES, Outcome

if TYPE_CHECKING:
    from harness.analysis.side import Integers, Numbers

_CORRECT = OUTCOMES.index(Outcome.CORRECT)


class Spending(msgspec.Struct, frozen=True, kw_only=True):
    """What was spent on a training; `basis` says how that is known, or why it is not.

    `training` is None where it is unknown.
    """

    training: float | None
    basis: str
    currency: str = ""


class Ending(msgspec.Struct, frozen=True):
    """The day on which a model stops answering, and who says so."""

    day: date
    source: str


@dataclass(frozen=True, kw_only=True)
class PricedArm:
    """An arm, the cases that all arms have, and what each of its replies costs.

    `model` is the one whose price holds, the arm's own or another's. `side.costs` are at `price`,
    money per request and case; `uncached` the same with cached tokens at the full price. Both are
    None where they are unknown, and `unknown` says why. `spending` is None for an arm that was not
    tuned.
    """

    side: Side
    kind: ArmKind
    model: str
    price: Price | None
    uncached: Numbers | None = None
    unknown: str = ""
    spending: Spending | None = None
    ending: Ending | None = None

    @property
    def name(self) -> str:
        """As tables call it."""
        return self.side.name

    @property
    def free(self) -> bool:
        """Whether nothing is asked of a model, so that there is nothing to pay."""
        return self.kind == "classical"

    @property
    def costs(self) -> Numbers | None:
        """Money per request by case: none at all where no model is asked."""
        import numpy as np

        return np.zeros(len(self.side)) if self.free else self.side.costs

    @property
    def currency(self) -> str:
        """That of its price; empty where there is none."""
        return self.price.currency if self.price else ""

    @property
    def hosting(self) -> float:
        """Money per hour, asked or not."""
        return (self.price.hosting or 0.0) if self.price else 0.0

    @property
    def correct(self) -> Numbers:
        """The share of each case's replies that are correct."""
        return self.side.shares[:, _CORRECT]

    def burden(self, error_cost: float) -> Numbers | None:
        """Money per request by case, with what its errors cost on top.

        Where errors cost something, a case that nobody answered is one: its request then counts as
        the mean of those that were answered, so that no failure makes an arm cheaper.
        """
        import numpy as np

        costs = self.costs
        if costs is None or not error_cost or np.isnan(costs).all():
            return costs
        asked = np.where(np.isnan(costs), np.nanmean(costs), costs)
        burden: Numbers = asked + error_cost * (1.0 - self.correct)
        return burden


class Money(msgspec.Struct, frozen=True):
    """A mean per request; `interval` is at 95 %, None where nothing varies."""

    estimate: float
    interval: Range | None


class ArmCost(msgspec.Struct, frozen=True, kw_only=True):
    """What one arm costs. Money is per request, None where it is unknown (`unknown` says why).

    `uncached` is what it would cost if no token came from a cache. `with_errors` adds what the
    errors cost. `correct` is the share of correct replies, `per_correct` money per correct reply.
    `tokens` are the means per reply of input, cached among it, and output. `hosting` is per hour.
    """

    name: str
    kind: ArmKind
    model: str
    currency: str
    source: str
    free: bool
    correct: float
    per_request: Money | None
    uncached: Money | None
    with_errors: Money | None
    per_correct: Quotient | None
    tokens: tuple[float, float, float] | None
    hosting: float
    unknown: str


def arm_cost(arm: PricedArm, terms: Terms) -> ArmCost:
    """What the requests of an arm cost, of those that were answered."""
    import numpy as np

    costs, groups = arm.costs, arm.side.groups
    answered = None if costs is None else ~np.isnan(costs)
    known = costs is not None and answered is not None and bool(answered.any()) and not arm.free
    tokens = arm.side.tokens
    return ArmCost(
        name=arm.name,
        kind=arm.kind,
        model=arm.model,
        currency=arm.currency,
        source=f"{arm.price.source}, as of {arm.price.as_of}" if arm.price else "",
        free=arm.free,
        correct=float(arm.correct.mean()),
        per_request=_money(costs, groups) if known else None,
        uncached=_money(arm.uncached, groups) if known else None,
        with_errors=_money(arm.burden(terms.error_cost), groups, unseen_error(terms, arm.correct)),
        per_correct=_per_correct(arm) if known else None,
        tokens=None if tokens is None or arm.free else _token_means(tokens),
        hosting=arm.hosting,
        unknown=arm.unknown,
    )


def unseen_error(terms: Terms, correct: Numbers) -> float:
    """What an error costs where these cases, all alike, show nothing of how often one happens.

    `correct` is a share, or a difference of shares, by case.
    """
    alike = bool((correct == correct[0]).all())
    return terms.error_cost if alike else 0.0


def _money(costs: Numbers | None, groups: Integers | None, unseen: float = 0.0) -> Money | None:
    """The mean over the cases that were answered: the difference to paying nothing."""
    import numpy as np

    if costs is None:
        return None
    found = paired_mean(np.zeros(len(costs)), costs, groups, unseen=unseen)
    if found is None:
        return None
    return Money(found.estimate, _above_nothing(found))


def _above_nothing(found: MeanDifference) -> Range | None:
    interval = found.interval
    return None if interval is None else Range(max(0.0, interval.low), interval.high)


def _per_correct(arm: PricedArm) -> Quotient | None:
    import numpy as np

    costs, groups = arm.costs, arm.side.groups
    if costs is None:
        return None
    answered = ~np.isnan(costs)
    return ratio_of_means(
        costs[answered], arm.correct[answered], None if groups is None else groups[answered]
    )


def _token_means(tokens: Numbers) -> tuple[float, float, float] | None:
    import numpy as np

    if np.isnan(tokens).all():
        return None
    means = np.nanmean(tokens, axis=0)
    return float(means[0]), float(means[1]), float(means[3])
