"""Money per case in, its mean with an interval out. Pure.

Variance CR1 with t(G - 1) (Cameron & Miller 2015), and never less than the cases would have alone:
with few groups such a variance is luck, as everywhere in the harness.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from harness.analysis.clustered import cluster_sums, clustered_mean
from harness.analysis.comparison import MeanDifference
from harness.analysis.cost.quotient import LEAST_CLUSTERS
from harness.analysis.interval import t_critical
from harness.analysis.resample import Range

if TYPE_CHECKING:
    from harness.analysis.side import Integers, Numbers


def paired_mean(
    reference: Numbers,
    candidate: Numbers,
    groups: Integers | None = None,
    *,
    unseen: float = 0.0,
) -> MeanDifference | None:
    """The mean of candidate minus reference over the cases in which neither is NaN.

    None where there is no such case. There is no interval where nothing varies. `unseen` is what a
    case may differ by that none of these shows: 1 / (G + 1) of it is added to the error, as where
    all are correct (see `ratio_of_means`).
    """
    import numpy as np

    both = ~(np.isnan(reference) | np.isnan(candidate))
    if not both.any():
        return None
    change = (candidate - reference)[both]
    return MeanDifference(
        float(reference[both].mean()),
        float(candidate[both].mean()),
        float(change.mean()),
        _interval(change, None if groups is None else groups[both], unseen),
        int(both.sum()),
    )


def has_spread(reference: Numbers, candidate: Numbers, groups: Integers | None = None) -> bool:
    """Whether at least two independent cases have both: of one alone nothing can be said."""
    import numpy as np

    both = ~(np.isnan(reference) | np.isnan(candidate))
    sums, _ = cluster_sums(both.astype(float), groups)
    return int((sums > 0).sum()) >= LEAST_CLUSTERS


def _interval(change: Numbers, groups: Integers | None, unseen: float) -> Range | None:
    """Measured by the largest change, because money has no natural size."""
    size = max(float(abs(change).max()), unseen)
    if size == 0:
        return None
    mean, alone = clustered_mean(change / size, groups), clustered_mean(change / size)
    if mean is None or alone is None:
        return None
    error = max(mean.standard_error, alone.standard_error)
    error = math.hypot(error, unseen / size / (mean.clusters + 1))
    half = t_critical(mean.degrees) * error
    return Range((mean.estimate - half) * size, (mean.estimate + half) * size) if error else None
