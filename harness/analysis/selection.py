"""What arms reached on the same cases and what they take in, which one to choose out. Pure.

The rule of one standard error (Breiman, Friedman, Olshen & Stone 1984, Classification and
Regression Trees, chapter 3): of all arms that lie within one standard error of the best, the
cheapest. What lies so close to the best may be as good; what is cheaper is so for certain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from harness.analysis.clustered import clustered_mean
from harness.analysis.resample import ROUNDING
from harness.analysis.side import Side
from harness.analysis.spend import TOKEN_FIELDS
from harness.errors import UsageError
from harness.values.arm import ArmKind
from harness.values.baseline import Measured
from harness.values.gate import MOST_ERRORS

CheapestBy = Literal["cost", "tokens"]

RULE = "the cheapest of the arms within one standard error of the best (Breiman et al. 1984)"

_PER = 1000
_INPUT, _OUTPUT = TOKEN_FIELDS.index("input"), TOKEN_FIELDS.index("output")


@dataclass(frozen=True)
class Offer:
    """An arm that may be chosen. `gap` says in a word why it lacks replies; empty if it does not.

    An arm with a gap, or with more replies lost to infrastructure than a gate allows, is barred:
    what it would have reached is not known.
    """

    side: Side
    kind: ArmKind
    measured: Measured
    gap: str = ""

    @property
    def name(self) -> str:
        """The arm's."""
        return self.side.name

    @property
    def barred(self) -> str:
        """Why the arm cannot be chosen; empty where it can."""
        return self.gap or ("errors" if float(self.side.lost.mean()) > MOST_ERRORS else "")

    @property
    def tokens(self) -> float | None:
        """Input and output tokens per reply; none for a classical arm, None where unknown."""
        import numpy as np

        if self.kind == "classical":
            return 0.0
        if self.side.tokens is None:
            return None
        return float(np.nanmean(self.side.tokens[:, _INPUT] + self.side.tokens[:, _OUTPUT]))

    @property
    def cost_per_1k(self) -> float | None:
        """Money per 1,000 requests; None where price or tokens are unknown."""
        import numpy as np

        if self.kind == "classical":
            return 0.0
        costs = self.side.costs
        return None if costs is None else float(np.nanmean(costs)) * _PER

    @property
    def currency(self) -> str:
        """That of the price; empty where there is none."""
        return self.side.price.currency if self.side.price else ""


class Spread(NamedTuple):
    """How sure a mean is. `assumed` means that no spread was seen, and the least one stands in."""

    standard_error: float
    clusters: int
    assumed: bool


@dataclass(frozen=True)
class Rated:
    """An arm that can be chosen: its mean, how sure that is, and what it takes.

    `within` means: within one standard error of the best.
    """

    offer: Offer
    mean: float
    spread: Spread
    tokens: float | None
    cost_per_1k: float | None
    within: bool = False


@dataclass(frozen=True)
class Chosen:
    """Which arm was chosen, and what decided it.

    `best` has the highest mean, `bar` is one standard error below it. `rated` holds the arms that
    are not barred, in the order of `offers`. `currency` is that of the money, empty where the
    cheapest is so by tokens.
    """

    arm: str
    best: str
    bar: float
    cheapest_by: CheapestBy
    currency: str
    offers: tuple[Offer, ...]
    rated: Mapping[str, Rated]

    @property
    def contenders(self) -> tuple[Rated, ...]:
        """The arms within one standard error of the best."""
        return tuple(rated for rated in self.rated.values() if rated.within)


def choose(offers: Sequence[Offer]) -> Chosen:
    """The cheapest arm within one standard error of the best.

    The cheapest by money per 1,000 requests where all contenders have a price in one currency and
    tokens, else by tokens per reply; a classical arm takes neither, and unknown tokens are the
    most. Equals are told apart by the higher mean, then by the order of `offers`, which is that of
    the suite.

    Raises:
        UsageError: no arm can be chosen, or arms have other cases than others.
    """
    able = [offer for offer in offers if not offer.barred]
    if not able:
        reasons = ", ".join(f"{offer.name} ({offer.barred})" for offer in offers)
        raise UsageError(f"no arm can be chosen: {reasons or 'there is none'}")
    _refuse_other_cases(able)
    found = [_rated(offer) for offer in able]
    best = max(found, key=lambda rated: (_exact(rated.mean), rated.spread.standard_error))
    bar = best.mean - best.spread.standard_error
    found = [replace(rated, within=rated.mean >= bar - ROUNDING) for rated in found]
    contenders = [rated for rated in found if rated.within]
    currency = _currency(contenders)
    cheapest_by: CheapestBy = "tokens" if currency is None else "cost"
    chosen = min(
        contenders, key=lambda rated: (_exact(_takes(rated, cheapest_by)), -_exact(rated.mean))
    )
    return Chosen(
        arm=chosen.offer.name,
        best=best.offer.name,
        bar=bar,
        cheapest_by=cheapest_by,
        currency=currency or "",
        offers=tuple(offers),
        rated={rated.offer.name: rated for rated in found},
    )


def spread(side: Side) -> Spread:
    """The cluster-robust standard error of a side's mean, which is never 0.

    Where the clusters do not vary, or there is but one, it is 1 / (G + 1) of G clusters: as far
    as the lower end of Wilson's score interval at z = 1 lies below G of G. One wrong of G is
    1 / G, so that nothing wrong is a little surer, and not certain.
    """
    found = clustered_mean(side.values, side.groups)
    if found is not None and found.standard_error > 0:
        return Spread(found.standard_error, found.clusters, assumed=False)
    clusters = found.clusters if found is not None else 1
    return Spread(1 / (clusters + 1), clusters, assumed=True)


def _rated(offer: Offer) -> Rated:
    side = offer.side
    return Rated(offer, side.mean, spread(side), offer.tokens, offer.cost_per_1k)


def _refuse_other_cases(offers: Sequence[Offer]) -> None:
    first = offers[0]
    asked = set(first.side.ids)
    for other in offers[1:]:
        if set(other.side.ids) != asked:
            raise UsageError(
                f"{first.name} and {other.name} have not the same cases: their means cannot be "
                "compared; record both on the whole split"
            )


def _currency(contenders: Iterable[Rated]) -> str | None:
    """The one currency in which all contenders that take anything have a cost; else None."""
    asked = [rated for rated in contenders if rated.offer.kind != "classical"]
    currencies = {rated.offer.currency for rated in asked}
    known = all(rated.cost_per_1k is not None for rated in asked)
    return currencies.pop() if known and len(currencies) == 1 else None


def _takes(rated: Rated, by: CheapestBy) -> float:
    amount = rated.cost_per_1k if by == "cost" else rated.tokens
    return float("inf") if amount is None else amount


def _exact(value: float) -> float:
    """Sums of equal numbers in another order are a hair apart; that hair decides nothing."""
    return round(value, 12)
