"""Differences of cases in, a BCa bootstrap interval of their mean out. Pure.

Sources: Efron (1987), Better bootstrap confidence intervals; bias correction z0 and acceleration
a as in Efron & Tibshirani (1993), chapter 14. Draws come from the raw bits of PCG64, whose stream
numpy promises to keep; that of Generator.multinomial may change, and with it committed pages.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

from harness.analysis.clustered import cluster_sums
from harness.analysis.interval import CONFIDENCE
from harness.analysis.resample import ROUNDING, Range
from harness.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Codes = NDArray[np.int64]

MOST_UNITS = 5_000
LEAST_DRAWS = 100

_NORMAL = NormalDist()
_FEW_KINDS = 32
_PICKS_AT_A_TIME = 1_000_000


def bca_interval(
    differences: Numbers,
    clusters: Codes | None = None,
    *,
    draws: int = 10_000,
    seed: int = 1,
    confidence: float = CONFIDENCE,
) -> Range | None:
    """The bias-corrected and accelerated interval of the mean over cases, in their unit.

    `differences` holds one finite number per case, in [-1, 1] for scores though any will do;
    `clusters` a code 0, 1, … per case. Units are clusters, or cases where there are none: whole
    units are drawn with replacement, as many as there are, and left out one by one for the
    acceleration. Equal arguments give equal intervals.

    None where nothing can be said: for fewer than two units, and where all units have the same
    mean, because a bootstrap of equal values is no certainty. Above MOST_UNITS units nobody
    should bootstrap by default, since t and bootstrap then agree; the caller decides.

    Raises:
        UsageError: fewer than 100 draws, a confidence outside (0, 1), or clusters and differences
            of different length.
    """
    import numpy as np

    if draws < LEAST_DRAWS:
        raise UsageError(f"{draws} draws are too few for an interval: draw {LEAST_DRAWS} or more")
    if not 0 < confidence < 1:
        raise UsageError(f"a confidence of {confidence} is not between 0 and 1: 0.95 is usual")
    sums, sizes = cluster_sums(differences, clusters)
    if len(sums) < 2 or _equal(sums / sizes):  # noqa: PLR2004 - below two there is no spread
        return None
    means = bootstrap_means(sums, sizes, draws, np.random.PCG64(seed))
    bias = _bias(means, float(sums.sum() / sizes.sum()))
    acceleration = _acceleration(sums, sizes)
    tail = (1 - confidence) / 2
    shares = [_corrected(share, bias, acceleration) for share in (tail, 1 - tail)]
    low, high = np.quantile(means, shares)
    return Range(float(low), float(high))


def bootstrap_means(sums: Numbers, sizes: Numbers, draws: int, bits: np.random.PCG64) -> Numbers:
    """The mean over cases of each draw: (draws,). A unit has a sum and a number of cases.

    Of units of few kinds (binary pairs: -1, 0 and 1) it is drawn how often each kind comes, and
    not unit by unit: 10,000 draws of 100,000 pairs take about 0.05 s.
    """
    import numpy as np

    # A complex number per unit, because unique sorts rows of two far more slowly.
    kinds, units = np.unique(sums + 1j * sizes, return_counts=True)
    if len(kinds) > _FEW_KINDS:
        return _means_of_picks(sums, sizes, draws, bits)
    counts = _multinomial(units, draws, bits)
    return np.asarray(counts @ kinds.real / (counts @ kinds.imag), dtype=float)


def _means_of_picks(sums: Numbers, sizes: Numbers, draws: int, bits: np.random.PCG64) -> Numbers:
    """Unit by unit, in blocks of draws so that memory stays bounded."""
    import numpy as np

    units = len(sums)
    step = max(1, _PICKS_AT_A_TIME // units)
    parts = []
    for start in range(0, draws, step):
        uniform = _uniform(bits, min(step, draws - start) * units).reshape(-1, units)
        picked = (uniform * units).astype(np.int64)
        parts.append(sums.take(picked).sum(axis=1) / sizes.take(picked).sum(axis=1))
    return np.concatenate(parts)


def _uniform(bits: np.random.PCG64, count: int) -> Numbers:
    """Numbers in [0, 1) of 53 bits."""
    import numpy as np

    return (bits.random_raw(count) >> np.uint64(11)).astype(float) / 2**53


def _multinomial(units: Codes, draws: int, bits: np.random.PCG64) -> Codes:
    """How often each kind is drawn when as many units are drawn as there are: (draws, kinds).

    Kind by kind: given what the kinds before it took, a count is binomial.
    """
    import numpy as np

    remaining = int(units.sum())
    log_factorial = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, remaining + 1)))))
    left = np.full(draws, remaining)
    columns = []
    for count in units[:-1]:
        column = _binomial(left, count / remaining, _uniform(bits, draws), log_factorial)
        columns.append(column)
        left = left - column
        remaining -= count
    return np.stack([*columns, left], axis=1)


def _binomial(trials: Codes, share: float, uniform: Numbers, log_factorial: Numbers) -> Codes:
    """The quantile of Binomial(trials, share) at each uniform; one table per distinct trials."""
    import numpy as np

    counts = np.empty_like(trials)
    distinct, rows = np.unique(trials, return_counts=True)
    order = np.argsort(trials, kind="stable")
    for number, places in zip(distinct, np.split(order, np.cumsum(rows)[:-1]), strict=True):
        first, below = _binomial_table(int(number), share, log_factorial)
        counts[places] = first + np.searchsorted(below, uniform[places], side="right")
    return counts


def _binomial_table(trials: int, share: float, log_factorial: Numbers) -> tuple[int, Numbers]:
    """The first count of the table, and P(X <= count) from it on, for Binomial(trials, share).

    Outside the table lies less than 1e-20 (Bernstein), which no uniform of 53 bits can tell.
    """
    import numpy as np

    centre = trials * share
    half = 40 + 10 * math.sqrt(centre * (1 - share))
    first, last = max(0, math.floor(centre - half)), min(trials, math.ceil(centre + half))
    log_mass = np.arange(first, last + 1) * (math.log(share) - math.log1p(-share))
    log_mass -= log_factorial[first : last + 1]
    log_mass -= log_factorial[trials - last : trials - first + 1][::-1]
    below = np.cumsum(np.exp(log_mass - log_mass.max()))
    return first, below / below[-1]


def _equal(values: Numbers) -> bool:
    return float(values.max() - values.min()) <= _slack(values)


def _slack(values: Numbers) -> float:
    """Values no further apart than this differ by rounding only."""
    return ROUNDING * max(1.0, float(abs(values).max()))


def _bias(means: Numbers, estimate: float) -> float:
    """z0: the normal quantile of the share of draws below the estimate.

    Draws equal to it count half, because the means of binary differences lie on a lattice and
    often hit it. Half a draw at least is taken to lie on each side, so that z0 is finite.
    """
    slack = _slack(means)
    below = float((means < estimate - slack).sum() + (means <= estimate + slack).sum()) / 2
    return _NORMAL.inv_cdf(min(max(below, 0.5), len(means) - 0.5) / len(means))


def _acceleration(sums: Numbers, sizes: Numbers) -> float:
    """a: a sixth of the skewness of the jackknife, sum u^3 / (6 (sum u^2)^1.5); never above 1/6.

    u is how far the mean without a unit lies below the average of such means. The units do not
    have equal means, so not all u are 0.
    """
    without = (sums.sum() - sums) / (sizes.sum() - sizes)
    u = without.mean() - without
    return float((u**3).sum() / (6 * (u**2).sum() ** 1.5))


def _corrected(share: float, bias: float, acceleration: float) -> float:
    """The share of draws at which the BCa end that belongs to `share` is read."""
    shifted = bias + _NORMAL.inv_cdf(share)
    return _NORMAL.cdf(bias + shifted / (1 - acceleration * shifted))
