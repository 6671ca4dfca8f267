"""A quotient whose denominator may be nothing: numbers in, an estimate with honest ends out. Pure.

Sources: Fieller (1954), "Some problems in interval estimation", for the ratio of two means; the
variances and the covariance of the means are CR1 (Cameron & Miller 2015) with t(G - 1).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from harness.analysis.clustered import cluster_sums
from harness.analysis.interval import t_critical

if TYPE_CHECKING:
    from harness.analysis.side import Integers, Numbers

LEAST_CLUSTERS = 2


class Quotient(msgspec.Struct, frozen=True):
    """What has to be paid, asked or waited for; never below 0, at 95 %.

    `estimate` is None where the denominator is not above 0, so that it is reached by no amount.
    With a `low` and no `high` the interval has no end: the denominator cannot be told from 0. With
    neither there is no interval, because nothing varies or nothing can be said.
    """

    estimate: float | None
    low: float | None = None
    high: float | None = None

    @property
    def never(self) -> bool:
        """Whether no amount is enough, as far as the data say."""
        return self.estimate is None and self.low is None

    @property
    def unbounded(self) -> bool:
        """Whether it is at least `low`, and may be never."""
        return self.low is not None and self.high is None


NEVER = Quotient(None)


def divided(amount: float, rate: float, low: float | None, high: float | None) -> Quotient:
    """An amount that is known over a rate with an interval [low, high], or with none.

    As the rate falls to 0 the quotient grows beyond every number: where the interval reaches 0,
    only its lower end is a number.
    """
    estimate = amount / rate if rate > 0 else None
    if low is None or high is None:
        return Quotient(estimate)
    if high <= 0:
        return NEVER
    return Quotient(estimate, amount / high, amount / low if low > 0 else None)


class _Moments(NamedTuple):
    """The variances of two means and their covariance."""

    top: float
    bottom: float
    both: float

    def of_residual(self, ratio: float) -> float:
        """The variance of the mean of top - ratio * bottom."""
        return self.top - 2 * ratio * self.both + ratio**2 * self.bottom


def ratio_of_means(top: Numbers, bottom: Numbers, groups: Integers | None = None) -> Quotient:
    """The mean of `top` over the mean of `bottom`, paired within a case; Fieller's interval.

    `top` is 0 or more, `bottom` in [0, 1], one finite number per case. Groups never have less
    variance than their cases would have alone. Where all of `bottom` are 1 no spread is seen, which
    is no certainty: its error is then 1 / (G + 1), as in a selection.
    """
    means = (float(top.mean()), float(bottom.mean())) if len(top) else (0.0, 0.0)
    if means[1] <= 0:
        return NEVER
    estimate = means[0] / means[1]
    clusters = len(cluster_sums(top, groups)[0])
    if clusters < LEAST_CLUSTERS:
        return Quotient(estimate)
    found = (_moments(top, bottom, groups), _moments(top, bottom))
    widest = max(found, key=lambda moments: moments.of_residual(estimate))
    if bool((bottom == 1).all()):
        widest = _Moments(widest.top, (clusters + 1) ** -2, 0.0)
    return _fieller(means, widest, t_critical(clusters - 1) ** 2)


def _moments(top: Numbers, bottom: Numbers, groups: Integers | None = None) -> _Moments:
    """CR1: G / (G - 1) * sum of products of cluster residuals / n^2."""
    tops, _ = cluster_sums(top - top.mean(), groups)
    bottoms, _ = cluster_sums(bottom - bottom.mean(), groups)
    scale = len(tops) / (len(tops) - 1) / len(top) ** 2
    return _Moments(
        scale * float(tops @ tops), scale * float(bottoms @ bottoms), scale * float(tops @ bottoms)
    )


def _fieller(means: tuple[float, float], moments: _Moments, square: float) -> Quotient:
    """All r >= 0 with (top - r * bottom)^2 <= t^2 * var(top - r * bottom); `square` is t^2."""
    top, bottom = means
    a = bottom**2 - square * moments.bottom
    b = top * bottom - square * moments.both
    c = top**2 - square * moments.top
    root = math.sqrt(max(0.0, b * b - a * c))
    if a > 0:
        return Quotient(top / bottom, max(0.0, (b - root) / a), (b + root) / a)
    # The mean below cannot be told from 0. Of the two rays that are left, the one above 0 counts.
    return Quotient(top / bottom, (b - root) / a if c > 0 and a < 0 else 0.0, None)
