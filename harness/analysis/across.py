"""The same comparison on several suites in, one family with its means out. Pure.

Each suite asks the same question of its own cases: is the candidate better here? Together they are
a family, and its p values are shown raw and adjusted side by side.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from harness.analysis.clustered import ClusteredMean, clustered_mean
from harness.analysis.comparison import Comparison
from harness.analysis.families import benjamini_hochberg, bonferroni, holm
from harness.analysis.interval import CONFIDENCE, t_critical
from harness.analysis.resample import Range

if TYPE_CHECKING:
    from harness.analysis.comparison import Pair
    from harness.analysis.side import Numbers

LEVEL = 1 - CONFIDENCE


class Adjusted(msgspec.Struct, frozen=True):
    """p of one suite: as it stands, and adjusted for the family in three ways."""

    raw: float | None
    benjamini_hochberg: float | None
    holm: float | None
    bonferroni: float | None


class MeanOver(msgspec.Struct, frozen=True, kw_only=True):
    """A mean difference over suites.

    `macro` weighs suites equally, `micro` cases. `fixed` intervals speak of these very suites: only
    their cases could have been others. `sampled` ones speak of suites like these: the suites are
    the clusters, t(suites - 1). None for fewer than two suites.
    """

    macro: float
    macro_fixed: Range | None
    macro_sampled: Range | None
    micro: float
    micro_fixed: Range | None
    micro_sampled: Range | None


class Across(msgspec.Struct, frozen=True, kw_only=True):
    """Comparisons by suite, in the order given."""

    suites: tuple[str, ...]
    comparisons: tuple[Comparison, ...]
    adjusted: tuple[Adjusted, ...]
    means: MeanOver

    def rejected(self, adjustment: str) -> tuple[str, ...]:
        """The suites whose p, `raw` or adjusted, is below 5 %."""
        values = [getattr(found, adjustment) for found in self.adjusted]
        pairs = zip(self.suites, values, strict=True)
        return tuple(suite for suite, p in pairs if p is not None and p < LEVEL)


def across(
    suites: Sequence[str], comparisons: Sequence[Comparison], pairs: Sequence[Pair]
) -> Across:
    """One family of comparisons; `pairs` are the sides that they were made of."""
    ps = [comparison.difference.p for comparison in comparisons]
    families = zip(ps, benjamini_hochberg(ps), holm(ps), bonferroni(ps), strict=True)
    return Across(
        suites=tuple(suites),
        comparisons=tuple(comparisons),
        adjusted=tuple(Adjusted(*values) for values in families),
        means=_means(comparisons, pairs),
    )


def _means(comparisons: Sequence[Comparison], pairs: Sequence[Pair]) -> MeanOver:
    import numpy as np

    estimates = np.array([found.difference.estimate for found in comparisons])
    errors = np.array([found.difference.standard_error or math.nan for found in comparisons])
    cases = np.array([found.difference.cases for found in comparisons], dtype=float)
    shares = cases / cases.sum()
    differences = [pair.candidate.values - pair.reference.values for pair in pairs]
    suite = np.repeat(np.arange(len(pairs)), [len(values) for values in differences])
    macro, micro = float(estimates.mean()), float(shares @ estimates)
    return MeanOver(
        macro=macro,
        macro_fixed=_fixed(macro, errors / len(errors)),
        macro_sampled=_sampled(clustered_mean(estimates)),
        micro=micro,
        micro_fixed=_fixed(micro, errors * shares),
        micro_sampled=_sampled(clustered_mean(np.concatenate(differences), suite)),
    )


def _fixed(mean: float, errors: Numbers) -> Range | None:
    """The errors of independent suites add up in squares; normal, as the cases are many."""
    from statistics import NormalDist

    error = math.sqrt(math.fsum(float(one) ** 2 for one in errors))
    if math.isnan(error):
        return None
    half = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2) * error
    return Range(max(-1.0, mean - half), min(1.0, mean + half))


def _sampled(mean: ClusteredMean | None) -> Range | None:
    if mean is None:
        return None
    half = t_critical(mean.degrees) * mean.standard_error
    return Range(max(-1.0, mean.estimate - half), min(1.0, mean.estimate + half))
