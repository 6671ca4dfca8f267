"""The columns of an arm and a price in, what each reply and all of them cost out. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from harness.analysis.columns import ArmColumns, UsageKnown
from harness.values.price import SECONDS_PER_HOUR, Price, rates_of
from harness.values.score import OUTCOMES, Outcome

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Mask = NDArray[np.bool_]

TOKEN_FIELDS = ("input", "cached", "cache_write", "output")
_CORRECT = OUTCOMES.index(Outcome.CORRECT)


def row_costs(columns: ArmColumns, price: Price) -> Numbers:
    """Money by row (rows,), as `values.price.cost` gives it for each reply by itself.

    NaN for a failure, and for an answer that lacks what is paid for; see `unknown_answers`.
    """
    import numpy as np

    counts = np.array([np.asarray(getattr(columns, name), dtype=float) for name in TOKEN_FIELDS])
    costs: Numbers = rates_of(price) @ counts
    for tier in price.tiers:
        costs = np.where(counts[0] > tier.above, rates_of(tier) @ counts, costs)
    hours = np.asarray(columns.latency, dtype=float) / SECONDS_PER_HOUR
    costs = costs + hours * (price.per_hour or 0.0)
    known = np.asarray(columns.usage, dtype=np.int64) > UsageKnown.NONE
    for lacking in _lacking(columns, price).values():
        known &= ~lacking
    return np.where(known, costs, np.nan)


def unknown_answers(columns: ArmColumns, price: Price) -> dict[str, int]:
    """How many answers lack what is paid for: their 'usage' (tokens), their 'latency' (hours).

    Empty where nothing is lacking. A latency of 0 is one that nobody measured.
    """
    counts = {what: int(lacking.sum()) for what, lacking in _lacking(columns, price).items()}
    return {what: count for what, count in counts.items() if count}


def _lacking(columns: ArmColumns, price: Price) -> dict[str, Mask]:
    """Which rows are answers that lack what is paid for, by what it is."""
    import numpy as np

    usage, found = np.asarray(columns.usage, dtype=np.int64), {}
    if price.by_token:
        found["usage"] = usage == UsageKnown.UNKNOWN
    if price.per_hour:
        found["latency"] = (usage > UsageKnown.NONE) & (np.asarray(columns.latency) <= 0)
    return found


def is_known(columns: ArmColumns, price: Price) -> bool:
    """Whether the cost of every answer is known, and there is an answer."""
    answers = len(columns) - bytes(columns.usage).count(UsageKnown.NONE)
    return answers > 0 and not unknown_answers(columns, price)


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """What the answers of an arm cost at one price, in its currency.

    `answers` are those that were paid for, `correct` those of them that are right. `estimated`
    says that the tokens of some are a guess.
    """

    total: float
    answers: int
    correct: int
    estimated: bool

    @property
    def each(self) -> float:
        """Money per request that was answered."""
        return self.total / self.answers

    @property
    def per_correct(self) -> float | None:
        """Money per correct answer; None where none is."""
        return self.total / self.correct if self.correct else None


def spent(columns: ArmColumns, price: Price) -> Spent | None:
    """The cost of all answers; None where that of one is unknown, or there is none."""
    import numpy as np

    if not is_known(columns, price):
        return None
    costs = row_costs(columns, price)
    paid = costs[~np.isnan(costs)]
    return Spent(
        total=math.fsum(paid),
        answers=len(paid),
        correct=bytes(columns.outcome).count(_CORRECT),
        estimated=UsageKnown.ESTIMATED in bytes(columns.usage) and price.by_token,
    )
