"""Intervals for one arm: a share or a mean score in [0, 1], with honest errors. Pure.

Sources: Wilson (1927) as in Brown, Cai & DasGupta (2001); cluster-robust variance CR1 as in
Cameron & Miller (2015), with t(G - 1); design effect after Kish (1965).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from statistics import NormalDist

import msgspec

CONFIDENCE = 0.95


class Interval(msgspec.Struct, frozen=True):
    """A two-sided interval within [0, 1]."""

    low: float
    high: float


def wilson(mean: float, n: float, critical: float | None = None) -> Interval | None:
    """Wilson's score interval of a share `mean` among `n` (n may be an effective size).

    `critical` is the two-sided critical value, by default the normal one for 95 %. None when
    n < 2: nothing can be said. Never of zero width, never outside [0, 1].
    """
    if n < 2:  # noqa: PLR2004 - below two there is no spread
        return None
    z = critical if critical is not None else NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
    centre = mean + z * z / (2 * n)
    half = z * math.sqrt(mean * (1 - mean) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return Interval(max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale))


def case_interval(
    values: Sequence[float], groups: Sequence[Hashable] | None = None, *, graded: bool = False
) -> Interval | None:
    """The 95 % interval of the mean of one value per case, each in [0, 1].

    Without groups and for values that are all 0 or 1 it is Wilson's at n. With groups, graded
    values or averaged replicates it is Wilson's at n / deff with the critical value of t(G - 1):
    deff is the CR1 variance over the binomial one, and never below 1 unless the values are graded
    (a graded mean varies less than a share; then the variance is trusted as far as 10 clusters
    allow). With groups, G counts clusters; without, every case is its own.
    """
    n = len(values)
    if n < 2:  # noqa: PLR2004 - likewise
        return None
    mean = math.fsum(values) / n
    if groups is None and not graded and all(value in (0.0, 1.0) for value in values):
        return wilson(mean, n)
    variance, clusters = clustered_variance(values, groups)
    if clusters < 2:  # noqa: PLR2004 - one cluster has no spread between clusters
        return None
    binomial = mean * (1 - mean) / n
    effect = variance / binomial if binomial > 0 else 1.0
    if variance < ROUNDING or not (graded and clusters >= MIN_CLUSTERS):
        effect = max(effect, 1.0)
    return wilson(mean, n / effect, t_critical(clusters - 1))


MIN_CLUSTERS = 10
ROUNDING = 1e-12  # a smaller variance of values in [0, 1] is the noise of sums of equal values


def clustered_variance(
    values: Sequence[float], groups: Sequence[Hashable] | None = None
) -> tuple[float, int]:
    """CR1 variance of the mean, and the number of clusters G.

    G / (G - 1) * sum over clusters of (sum of residuals)^2 / n^2; without groups every value is a
    cluster, which is the usual s^2 / n.
    """
    n = len(values)
    mean = math.fsum(values) / n
    if groups is None:
        sums = [value - mean for value in values]
    else:
        by_group: dict[Hashable, float] = {}
        for value, group in zip(values, groups, strict=True):
            by_group[group] = by_group.get(group, 0.0) + value - mean
        sums = list(by_group.values())
    count = len(sums)
    if count < 2:  # noqa: PLR2004 - likewise
        return 0.0, count
    return count / (count - 1) * math.fsum(s * s for s in sums) / (n * n), count


EXACT_DEGREES = 200


def t_critical(degrees: int, confidence: float = CONFIDENCE) -> float:
    """The two-sided critical value of Student's t.

    Up to 200 degrees of freedom by bisection of the finite series for integer degrees (Abramowitz
    & Stegun 26.7.3-4), beyond by the Cornish-Fisher expansion (26.7.5); both agree with scipy to
    1e-9. Written out because `run` must not load scipy (0.25 s).
    """
    if degrees > EXACT_DEGREES:
        return _t_expansion(NormalDist().inv_cdf(0.5 + confidence / 2), degrees)
    low, high = 0.0, math.pi / 2
    for _ in range(100):
        middle = (low + high) / 2
        if _t_central(middle, degrees) < confidence:
            low = middle
        else:
            high = middle
    return math.tan((low + high) / 2) * math.sqrt(degrees)


def _t_central(theta: float, degrees: int) -> float:
    """P(|t| < tan(theta) * sqrt(degrees)) for integer degrees of freedom."""
    sine, cosine = math.sin(theta), math.cos(theta)
    odd = degrees % 2
    term = cosine if odd else 1.0
    total = term if degrees > 1 else 0.0
    for k in range(2 + odd, degrees - 1, 2):
        term *= cosine * cosine * (k - 1) / k
        total += term
    return 2 / math.pi * (theta + sine * total) if odd else sine * total


def _t_expansion(x: float, degrees: int) -> float:
    x2 = x * x
    first = x * (x2 + 1) / 4
    second = x * ((5 * x2 + 16) * x2 + 3) / 96
    third = x * (((3 * x2 + 19) * x2 + 17) * x2 - 15) / 384
    fourth = x * ((((79 * x2 + 776) * x2 + 1482) * x2 - 1920) * x2 - 945) / 92160
    return x + first / degrees + second / degrees**2 + third / degrees**3 + fourth / degrees**4
