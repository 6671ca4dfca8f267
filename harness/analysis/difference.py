"""Two columns of values for the same cases in, their paired difference out, with one method. Pure.

Which method makes interval and p together (so that they cannot disagree) follows from the data:

- `score`: one right-or-wrong reply per case, no groups. Tango's (1998) score interval and the score
  test it inverts, which at a difference of 0 is McNemar's test without correction.
- `effective`: groups, averaged replicates or graded scores. Tango's interval and test at n / deff
  with t(G - 1), where deff is the CR1 variance (Cameron & Miller 2015) of the case-level
  differences over the variance that right-or-wrong answers with as much gained and lost would
  have: above 1 in groups that share something, below 1 where grades vary less. A plain mean and its
  error, mean +- t * SE, is symmetric; differences with a few large losses are not, and such a lower
  end promotes up to five times as often as it may (docs/calibration.md).
- `clustered`: that plain mean with t(G - 1), only where n / deff is below 2.

No method gives clusters less variance than their cases would have alone: with few clusters such a
variance is luck, and it would make an interval narrower than the data allow. Fewer than
MIN_CLUSTERS clusters decide nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from harness.analysis.clustered import ClusteredMean, clustered_mean, t_interval, t_p_value
from harness.analysis.interval import CONFIDENCE, MIN_CLUSTERS, ROUNDING, t_critical
from harness.analysis.mcnemar import mcnemar_exact, mcnemar_mid_p
from harness.analysis.newcombe import newcombe_interval
from harness.analysis.pairs import PairedTable, paired_table
from harness.analysis.resample import Range
from harness.analysis.tango import LEAST_CASES, tango_interval, tango_z

if TYPE_CHECKING:
    from harness.analysis.side import Integers, Numbers, Side

Method = Literal["score", "clustered", "effective"]


class Sensitivity(msgspec.Struct, frozen=True):
    """What other methods say of the same table; they explain and never decide."""

    exact_p: float
    mid_p: float
    newcombe: Range | None


class Difference(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Candidate minus reference, in accuracy or score, on the same cases.

    `interval` is two-sided at `confidence` and within [-1, 1]; `p` is two-sided, of no difference,
    from the same method. Both are None where nothing can be said: fewer than two cases or clusters.
    `gained` and `lost` are sums of what rose and fell over the cases (counts, where cases are right
    or wrong). `design_effect` is how many times the variance is that of the same cases if each
    were its own cluster, at least 1. `graded` differences take more values than -1, 0 and 1.
    """

    cases: int
    clusters: int
    estimate: float
    gained: float
    lost: float
    confidence: float = CONFIDENCE
    interval: Range | None = None
    p: float | None = None
    method: Method | None = None
    standard_error: float | None = None
    design_effect: float = 1.0
    grouped: bool = False
    graded: bool = False
    sensitivity: Sensitivity | None = None

    @property
    def few_clusters(self) -> bool:
        """Whether there are too few clusters for their variance to decide anything."""
        return self.method != "score" and self.clusters < MIN_CLUSTERS


def paired_difference(
    reference: Side, candidate: Side, confidence: float = CONFIDENCE
) -> Difference:
    """The difference of two sides whose cases stand in the same order.

    Raises:
        ValueError: the sides have other cases, which is a fault of the caller.
    """
    if reference.ids != candidate.ids:
        raise ValueError("the sides have not the same cases in the same order")
    binary = reference.binary and candidate.binary
    groups = joint_groups(reference, candidate)
    if groups is None and binary:
        return _by_score(paired_table(reference.values, candidate.values), confidence)
    return _by_clusters(candidate.values - reference.values, groups, confidence, binary=binary)


def joint_groups(reference: Side, candidate: Side) -> Integers | None:
    """The clusters of the cases of two sides, as codes; None where every case is its own.

    Sides of different days may know of different groups. What either of them puts together is
    together, so that neither side's knowledge is lost and their order does not matter.
    """
    ours, theirs = reference.groups, candidate.groups
    if ours is None or theirs is None:
        return theirs if ours is None else ours
    import numpy as np
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    if np.array_equal(ours, theirs):
        return ours
    height, width = int(ours.max()) + 1, int(theirs.max()) + 1
    links = coo_matrix((np.ones(len(ours)), (ours, height + theirs)), shape=(height + width,) * 2)
    joined: Integers = connected_components(links, directed=False)[1][ours].astype(np.int64)
    return joined


def _by_score(table: PairedTable, confidence: float) -> Difference:
    """One right-or-wrong reply per case, every case its own."""
    from statistics import NormalDist

    normal = NormalDist()
    critical = normal.inv_cdf(0.5 + confidence / 2)
    cases = table.cases
    interval = tango_interval(table.gained, table.lost, cases, critical)
    z = tango_z(table.gained, table.lost, cases)
    return Difference(
        cases=cases,
        clusters=cases,
        estimate=table.difference,
        gained=table.gained,
        lost=table.lost,
        confidence=confidence,
        interval=interval,
        p=None if interval is None else 2 * normal.cdf(-abs(z)),
        method=None if interval is None else "score",
        standard_error=_binary_variance(table.gained, table.lost, cases) ** 0.5,
        sensitivity=Sensitivity(
            mcnemar_exact(table), mcnemar_mid_p(table), newcombe_interval(table, critical)
        ),
    )


def _by_clusters(
    differences: Numbers, groups: Integers | None, confidence: float, *, binary: bool
) -> Difference:
    """Differences of any size, every case its own or in groups."""
    cases = len(differences)
    gained = float(differences[differences > 0].sum())
    lost = float(abs(differences[differences < 0]).sum())
    known = Difference(
        cases=cases,
        clusters=cases if groups is None else len(set(groups.tolist())),
        estimate=float(differences.mean()),
        gained=gained,
        lost=lost,
        confidence=confidence,
        grouped=groups is not None,
        graded=not binary,
    )
    mean = clustered_mean(differences, groups)
    alone = clustered_mean(differences)
    if mean is None or alone is None:
        return known
    variance = mean.standard_error**2
    independent = _binary_variance(gained, lost, cases) if binary else alone.standard_error**2
    known = msgspec.structs.replace(
        known,
        clusters=mean.clusters,
        standard_error=max(variance, independent) ** 0.5,
        design_effect=max(1.0, variance / independent) if independent > 0 else 1.0,
    )
    effect = _size_effect(max(variance, independent), _binary_variance(gained, lost, cases))
    if cases >= LEAST_CASES * effect:
        return _at_effective_size(known, effect)
    return _with_t(known, max(mean, alone, key=lambda one: one.standard_error), mean.degrees)


def _with_t(known: Difference, mean: ClusteredMean, degrees: int) -> Difference:
    """The larger of both variances, with the degrees of freedom of the clusters."""
    mean = msgspec.structs.replace(mean, degrees=degrees)
    return msgspec.structs.replace(
        known, interval=t_interval(mean, known.confidence), p=t_p_value(mean), method="clustered"
    )


def _size_effect(variance: float, binary: float) -> float:
    """By what to divide the cases so that right-or-wrong answers would vary as much as these do.

    1 where nothing varies, which is no certainty.
    """
    return variance / binary if min(variance, binary) > ROUNDING else 1.0


def _at_effective_size(known: Difference, effect: float) -> Difference:
    """Tango's interval for n / deff cases, with the critical value of as many clusters."""
    from scipy.special import stdtr  # a third of the time that scipy.stats takes to load

    gained, lost, cases = (known.gained / effect, known.lost / effect, known.cases / effect)
    degrees = known.clusters - 1
    z = tango_z(gained, lost, cases)
    interval = tango_interval(gained, lost, cases, t_critical(degrees, known.confidence))
    return msgspec.structs.replace(
        known,
        interval=interval,
        p=None if interval is None else float(2 * stdtr(degrees, -abs(z))),
        method=None if interval is None else "effective",
    )


def _binary_variance(gained: float, lost: float, cases: int) -> float:
    """Of the difference of two right-or-wrong answers to each of independent cases."""
    if not cases:
        return 0.0
    difference = (gained - lost) / cases
    return max(0.0, (gained + lost) / cases - difference * difference) / cases
