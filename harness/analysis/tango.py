"""Counts of discordant pairs in, Tango's score test and interval of their difference out. Pure.

The interval of a paired difference of proportions (candidate minus reference) holds every value
that the score test does not reject. At a difference of 0 that test is McNemar's without
correction, so interval and test never contradict each other. Sources: Tango (1998), Statistics in
Medicine 17, 891-908; Nam (1997), Biometrics 53, 1422-1430, for the variance under the hypothesis.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

from harness.analysis.interval import CONFIDENCE
from harness.analysis.resample import Range
from harness.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from harness.analysis.resample import Numbers

LEAST_CASES = 2

_STEPS = 28  # halvings of a width of at most 1, to 4e-9; the chord's error is of its square
_TABLES_AT_A_TIME = 8192  # what the steps pass over again and again stays in the cache
_ROUNDING = 1e-9  # counts divided by a design effect may sum to a hair more than the cases


def tango_interval(
    gained: float, lost: float, cases: float, critical: float | None = None
) -> Range | None:
    """Tango's score interval of (gained - lost) / cases.

    The counts may be effective sizes, n / deff. `critical` is the two-sided critical value, by
    default the normal one for 95 %. None when cases < 2: nothing can be said. Never of zero
    width, never outside [-1, 1]; with gained and lost swapped it is turned round exactly.

    Raises:
        UsageError: a negative count, more discordant pairs than cases, or critical not above 0.
    """
    if cases < LEAST_CASES:
        return None
    low, high = tango_intervals(gained, lost, cases, critical)
    return Range(float(low), float(high))


def tango_intervals(
    gained: ArrayLike, lost: ArrayLike, cases: ArrayLike, critical: float | None = None
) -> tuple[Numbers, Numbers]:
    """The lower and upper bounds of `tango_interval` for many tables at once.

    The counts are broadcast against one another; cases are 2 or more.

    Raises:
        UsageError: as `tango_interval`, or fewer than 2 cases.
    """
    import numpy as np

    z = critical_value(critical)
    gains, losses, sizes = _checked(gained, lost, cases)
    if np.any(sizes < LEAST_CASES):
        raise UsageError(
            f"an interval needs at least 2 cases, and there are {float(sizes.min())!r}"
        )
    return _lower_bounds(gains, losses, sizes, z), -_lower_bounds(losses, gains, sizes, z)


def tango_z(gained: float, lost: float, cases: float, difference: float = 0.0) -> float:
    """The score statistic of the hypothesis that the true difference is `difference`.

    At 0 it is McNemar's z, (gained - lost) / sqrt(gained + lost). Positive where more is observed;
    0.0 where what is observed is the hypothesis and leaves no variance; infinite where the
    hypothesis is 1 or -1 and anything else is observed.

    Raises:
        UsageError: a negative count, more discordant pairs than cases, or a difference outside
            [-1, 1].
    """
    if not -1 <= difference <= 1:
        raise UsageError(f"a difference of shares lies in [-1, 1], and not at {difference!r}")
    gains, losses, sizes = _checked(gained, lost, cases)
    return float(score_z(gains, losses, sizes, difference))


def score_z(
    gained: Numbers, lost: Numbers, cases: Numbers | float, difference: Numbers | float
) -> Numbers:
    """`tango_z` of many tables or differences at once, for counts that are known to be valid."""
    import numpy as np

    distance = gained - lost - cases * difference
    with np.errstate(divide="ignore", invalid="ignore"):
        z = distance / np.sqrt(cases * score_variance(gained, lost, cases, difference))
    result: Numbers = np.where(distance == 0, 0.0, z)
    return result


def score_variance(
    gained: ArrayLike, lost: ArrayLike, cases: ArrayLike, difference: ArrayLike
) -> Numbers:
    """The variance of one pair's difference, estimated under the hypothesis `difference`.

    2 q + d - d^2, where d is |difference| and q the maximum likelihood estimate of the rarer
    of the shares gained and lost. True shares with `cases` = 1 give what the estimate tends to.
    """
    import numpy as np

    downward = np.less(difference, 0)
    more, fewer = np.where(downward, lost, gained), np.where(downward, gained, lost)
    return _Null.of(more, fewer, np.asarray(cases, dtype=float)).variance(np.abs(difference))


class _Null(NamedTuple):
    """x^2 + 2 (slope d - discordance) x - bend d (1 - d) = 0, whose larger root is x = 2 q."""

    slope: Numbers
    discordance: Numbers
    bend: Numbers

    @classmethod
    def of(cls, more: Numbers, fewer: Numbers, cases: Numbers) -> _Null:
        twice = 2 * cases
        return cls(1 - (more - fewer) / twice, (more + fewer) / twice, 2 * fewer / cases)

    def variance(self, size: Numbers) -> Numbers:
        """Under a difference of this size, toward the side of `more`."""
        import numpy as np

        spread = size * (1 - size)
        linear = self.slope * size - self.discordance
        root = np.sqrt(linear * linear + self.bend * spread)
        # The root is never the smaller one; without this the square of 1e-200 would make it so.
        result: Numbers = np.maximum(root - linear, 0.0) + spread
        return result


def critical_value(critical: float | None = None) -> float:
    """The two-sided critical value given, or the normal one for 95 %.

    Raises:
        UsageError: it is not a finite number above 0.
    """
    if critical is None:
        return NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
    if not 0 < critical < math.inf:
        raise UsageError(f"a critical value is a finite number above 0, and not {critical!r}")
    return critical


def _checked(
    gained: ArrayLike, lost: ArrayLike, cases: ArrayLike
) -> tuple[Numbers, Numbers, Numbers]:
    import numpy as np

    gains, losses, sizes = np.broadcast_arrays(
        np.asarray(gained, dtype=float),
        np.asarray(lost, dtype=float),
        np.asarray(cases, dtype=float),
    )
    valid = (gains >= 0) & (losses >= 0) & (sizes > 0)
    valid &= gains + losses <= sizes * (1 + _ROUNDING)
    if not np.all(valid):
        first = int(np.argmin(valid))
        wrong = tuple(float(counts.flat[first]) for counts in (gains, losses, sizes))
        raise UsageError(
            "gained and lost must be 0 or more and no more than the cases together, and "
            f"(gained, lost, cases) is {wrong!r}"
        )
    return gains, losses, sizes


def _lower_bounds(gained: Numbers, lost: Numbers, cases: Numbers, critical: float) -> Numbers:
    import numpy as np

    gains, losses, sizes = gained.ravel(), lost.ravel(), cases.ravel()
    bounds = np.empty(gains.shape)
    for start in range(0, len(bounds), _TABLES_AT_A_TIME):
        part = slice(start, start + _TABLES_AT_A_TIME)
        bounds[part] = _roots(gains[part], losses[part], sizes[part], critical)
    return bounds.reshape(gained.shape)


def _roots(gained: Numbers, lost: Numbers, cases: Numbers, critical: float) -> Numbers:
    """Where the statistic, which falls as the hypothesis rises, comes down to the critical value.

    By bisection between -1, which is rejected unless it was observed, and the estimate, which
    never is, and then along the chord. McNemar's z tells beforehand on which side of 0 that is,
    and so which count is `more`.
    """
    import numpy as np

    estimate, scale = (gained - lost) / cases, critical / np.sqrt(cases)
    upward = gained - lost > critical * np.sqrt(gained + lost)
    more, fewer = np.where(upward, gained, lost), np.where(upward, lost, gained)
    null = _Null.of(more, fewer, cases)

    def excess(difference: Numbers) -> Numbers:
        """Above 0 where the hypothesis is rejected."""
        reach: Numbers = scale * np.sqrt(null.variance(abs(difference)))
        return estimate - difference - reach

    low, high = np.where(upward, 0.0, -1.0), np.where(upward, estimate, np.minimum(estimate, 0.0))
    for _ in range(_STEPS):
        middle = (low + high) / 2
        rejected = excess(middle) > 0
        low, high = np.where(rejected, middle, low), np.where(rejected, high, middle)
    above, below = excess(low), -excess(high)
    fall = np.where(above + below > 0, above + below, 1.0)
    result: Numbers = low + (high - low) * (above / fall).clip(0.0, 1.0)
    return result
