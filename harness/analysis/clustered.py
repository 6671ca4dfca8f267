"""Differences of cases in, their mean with a cluster-robust error, interval and p out. Pure.

Sources: variance CR1 with t(G - 1), as in Cameron & Miller (2015), which for the mean of paired
differences without clusters is the paired t test.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from harness.analysis.interval import CONFIDENCE, t_critical
from harness.analysis.resample import ROUNDING, Range
from harness.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Codes = NDArray[np.int64]


class ClusteredMean(msgspec.Struct, frozen=True, kw_only=True):
    """The mean of one difference per case.

    `standard_error` is in the unit of the differences. It is exactly 0 where the clusters do not
    vary: that is no certainty, and nothing can be tested on it. `degrees` are those of t, one
    fewer than `clusters`; without clusters every case is one.
    """

    estimate: float
    standard_error: float
    degrees: int
    clusters: int


def clustered_mean(differences: Numbers, clusters: Codes | None = None) -> ClusteredMean | None:
    """The mean over cases with the CR1 error G / (G - 1) * sum of (cluster residuals)^2 / n^2.

    `differences` holds one finite number per case, `clusters` a code 0, 1, … per case, of which
    some may be missing. None for fewer than two clusters, which have no spread between them.

    Raises:
        UsageError: the two differ in length.
    """
    n = len(differences)
    if n < 2:  # noqa: PLR2004 - below two there is no spread
        return None
    estimate = float(differences.mean())
    residuals, sizes = cluster_sums(differences - estimate, clusters)
    count = len(sizes)
    if count < 2:  # noqa: PLR2004 - likewise
        return None
    error = math.sqrt(count / (count - 1) * float((residuals**2).sum())) / n
    # The mean of equal numbers is a hair off them; that hair is no spread.
    standard_error = error if error > ROUNDING else 0.0
    return ClusteredMean(
        estimate=estimate, standard_error=standard_error, degrees=count - 1, clusters=count
    )


def cluster_sums(values: Numbers, clusters: Codes | None = None) -> tuple[Numbers, Numbers]:
    """The sum and the number of values of each cluster; without clusters each value is one.

    `clusters` holds a code 0, 1, … per value; a code that no value has is no cluster.

    Raises:
        UsageError: the two differ in length.
    """
    import numpy as np

    if clusters is None:
        return values, np.ones(len(values))
    if len(clusters) != len(values):
        raise UsageError(
            f"there are {len(values)} values and {len(clusters)} codes of clusters: "
            "give one code per value"
        )
    sums = np.bincount(clusters, values).astype(float)
    sizes = np.bincount(clusters).astype(float)
    used = sizes > 0
    return sums[used], sizes[used]


def t_interval(mean: ClusteredMean, confidence: float = CONFIDENCE) -> Range:
    """The estimate ± t(degrees) * standard error, cut at -1 and 1, between which differences lie.

    `confidence` is two-sided, between 0 and 1. Of zero width where the error is 0; the caller
    shows no interval then.
    """
    half = t_critical(mean.degrees, confidence) * mean.standard_error
    return Range(max(-1.0, mean.estimate - half), min(1.0, mean.estimate + half))


def t_p_value(mean: ClusteredMean) -> float:
    """The two-sided p, in [0, 1], of a true mean of 0, by Student's t(degrees).

    The caller does not test with an error of 0. For completeness p is then its limit: 1 for an
    estimate of 0, and 0 for any other.
    """
    from scipy.special import stdtr  # a quarter of the start of scipy.stats, and the same numbers

    if mean.standard_error == 0:
        return 1.0 if mean.estimate == 0 else 0.0
    return float(2 * stdtr(mean.degrees, -abs(mean.estimate) / mean.standard_error))
