"""A count among cases in, the exact (Clopper-Pearson) limits of its share out. Pure.

Source: Clopper & Pearson (1934), written with quantiles of the beta distribution as in Brown, Cai
& DasGupta (2001).
"""

from __future__ import annotations

from harness.analysis.interval import CONFIDENCE, Interval
from harness.errors import UsageError

LEAST_CASES = 2


def clopper_pearson(right: int, cases: int, confidence: float = CONFIDENCE) -> Interval | None:
    """The two-sided interval of the share right / cases: covers at least with `confidence`.

    None when cases < 2, as everywhere. Never of zero width, never outside [0, 1].

    Raises:
        UsageError: right outside 0 to cases, or confidence not between 0 and 1.
    """
    one_sided = (1 + confidence) / 2
    high = upper_limit(right, cases, one_sided)
    low = 1 - upper_limit(cases - right, cases, one_sided)
    return Interval(low, high) if cases >= LEAST_CASES else None


def upper_limit(count: int, cases: int, confidence: float = CONFIDENCE) -> float:
    """The one-sided upper limit of the share count / cases, in (0, 1].

    1.0 where all cases count, and where there are none.

    Raises:
        UsageError: count outside 0 to cases, or confidence not between 0 and 1.
    """
    from scipy import special

    if not 0 <= count <= cases:
        raise UsageError(f"a count among {cases!r} cases lies between 0 and them, not at {count!r}")
    if not 0 < confidence < 1:
        raise UsageError(f"a confidence lies between 0 and 1, and not at {confidence!r}")
    return float(special.betaincinv(count + 1, cases - count, confidence)) if count < cases else 1.0
