"""A planned comparison of two arms on the same cases in, its size, reach and power out. Pure.

`discordance` is the share of cases that exactly one arm gets right; `difference` is candidate
minus reference. Sources: Miettinen (1968) and Connor (1987) for McNemar's test; Nam (1997) for
the score test against a margin; Miller (2024), arXiv 2411.00640, for graded and clustered scores.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

from harness.analysis.clopper_pearson import upper_limit
from harness.analysis.interval import CONFIDENCE
from harness.analysis.tango import LEAST_CASES, critical_value, score_variance, score_z
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.analysis.resample import Numbers

ALPHA = 0.05
ONE_SIDED_ALPHA = 0.025
POWER = 0.8
EXACT_CASES = 20_000

_TAIL = math.log(1e12)  # of each marginal, no more than 1e-12 a side is left out
_DIGITS = 6  # a number of cases that differs from a whole one by less is that whole one


def minimum_detectable_difference(
    cases: int, discordance: float, *, alpha: float = ALPHA, power: float = POWER
) -> float | None:
    """The smallest true difference, in (0, discordance], that a two-sided McNemar test finds.

    Solves Connor's n = (z_a sqrt(psi) + z_b sqrt(psi - d^2))^2 / d^2 for d, z_a at alpha / 2. None
    where even a difference equal to the discordance, every discordant case gained, is not found,
    and for fewer than z_a^2 cases (3 at the usual alpha), with which nothing is found.

    Raises:
        UsageError: negative cases, a discordance outside [0, 1], or not 0 < alpha < power < 1.
    """
    _check_cases(cases)
    _check_share("discordance", discordance)
    _check_errors(alpha, power)
    a, b = _upper(alpha / 2), -_upper(power)
    if discordance == 0 or cases < a * a:
        return None
    # With x = d sqrt(n): (x - a sqrt(psi))^2 = b^2 (psi - x^2 / n), a quadratic in x.
    root = math.sqrt(1 - (a * a - b * b) / cases)
    scaled = math.sqrt(discordance) * (a + b * root) / (1 + b * b / cases)
    difference = scaled / math.sqrt(cases)
    return difference if difference <= discordance else None


def cases_needed(
    difference: float, discordance: float, *, alpha: float = ALPHA, power: float = POWER
) -> int | None:
    """How many cases a two-sided McNemar test needs to find a true difference (Connor 1987).

    n = (z_a sqrt(psi) + z_b sqrt(psi - d^2))^2 / d^2, z_a at alpha / 2. None for no difference,
    which no number of cases finds, and for one larger than the discordance, which cannot be.

    Raises:
        UsageError: a difference outside [-1, 1], a discordance outside [0, 1], or not
            0 < alpha < power < 1.
    """
    _check_difference(difference)
    _check_share("discordance", discordance)
    _check_errors(alpha, power)
    if difference == 0 or abs(difference) > discordance:
        return None
    true_sd = math.sqrt(discordance - difference**2)
    return _cases(math.sqrt(discordance), true_sd, abs(difference), alpha / 2, power)


def cases_needed_not_worse(
    margin: float,
    discordance: float,
    *,
    alpha_one_sided: float = ONE_SIDED_ALPHA,
    power: float = POWER,
    difference: float = 0.0,
) -> int | None:
    """How many cases show that the candidate is not worse by `margin`, when it truly is not.

    Nam (1997) for the score test that Tango's lower bound inverts: n = (z_a sd_0 + z_b sd_1)^2 /
    (difference + margin)^2. sd_0^2 is what the variance under the hypothesis tends to, sd_1^2 is
    psi - difference^2. With a margin of 0 it is the size for "better". None where the true
    difference is at or below -margin, or larger than the discordance.

    Raises:
        UsageError: a margin or discordance outside [0, 1], a difference outside [-1, 1], or not
            0 < alpha_one_sided < power < 1.
    """
    _check_share("margin", margin)
    _check_share("discordance", discordance)
    _check_difference(difference)
    _check_errors(alpha_one_sided, power)
    gap = difference + margin
    if gap <= 0 or abs(difference) > discordance:
        return None
    null_sd, true_sd = _deviations(discordance, difference, margin)
    return _cases(null_sd, true_sd, gap, alpha_one_sided, power)


def discordance_limit(discordant: int, cases: int, confidence: float = CONFIDENCE) -> float:
    """The one-sided upper limit of a piloted discordance (Clopper-Pearson), in (0, 1].

    What to plan with: the pilot's own share is too small half of the time, and may be 0.

    Raises:
        UsageError: discordant outside 0 to cases, or confidence not between 0 and 1.
    """
    return upper_limit(discordant, cases, confidence)


def promotion_power(
    cases: int,
    discordance: float,
    *,
    difference: float = 0.0,
    margin: float,
    critical: float | None = None,
) -> float:
    """The probability that Tango's lower bound comes out above -margin (margin 0: "better").

    Up to 20,000 cases the sum over all tables (gained, lost, rest) of the trinomial distribution,
    right to 1e-9; above, the normal approximation with Nam's variance. `critical` is the
    two-sided critical value, by default the normal one for 95 %. 0.0 for fewer than two cases,
    which have no bound.

    Raises:
        UsageError: negative cases, a discordance or margin outside [0, 1], a difference larger
            than the discordance, or critical not above 0.
    """
    _check_cases(cases)
    _check_share("discordance", discordance)
    _check_share("margin", margin)
    z = critical_value(critical)
    if not abs(difference) <= discordance:
        raise UsageError(
            f"a difference of {difference!r} cannot be where {discordance!r} is discordant"
        )
    if cases < LEAST_CASES:
        return 0.0
    if cases <= EXACT_CASES:
        gain, loss = (discordance + difference) / 2, (discordance - difference) / 2
        return _exact_power(cases, gain, loss, margin, z)
    return _approximate_power(cases, discordance, difference, margin, z)


def minimum_detectable_graded(
    cases: int,
    standard_deviation: float,
    *,
    design_effect: float = 1.0,
    alpha: float = ALPHA,
    power: float = POWER,
) -> float | None:
    """The smallest mean paired difference, above 0, that a two-sided test finds (Miller 2024).

    (z_a + z_b) sd sqrt(deff / n), in the unit of the scores. None of no cases.

    Raises:
        UsageError: negative cases, a deviation or design effect that is not a finite number
            above 0, or not 0 < alpha < power < 1.
    """
    _check_cases(cases)
    deviation = _deviation(standard_deviation, design_effect)
    _check_errors(alpha, power)
    if cases == 0:
        return None
    return (_upper(alpha / 2) - _upper(power)) * deviation / math.sqrt(cases)


def _cases(null_sd: float, true_sd: float, gap: float, tail: float, power: float) -> int:
    reach = (_upper(tail) * null_sd - _upper(power) * true_sd) / gap
    return max(1, math.ceil(round(max(0.0, reach) ** 2, _DIGITS)))


def _deviations(discordance: float, difference: float, margin: float) -> tuple[float, float]:
    """The standard deviations of one pair's difference: as estimated at -margin, and the true."""
    gain, loss = (discordance + difference) / 2, (discordance - difference) / 2
    null = float(score_variance(gain, loss, 1.0, -margin))
    return math.sqrt(null), math.sqrt(discordance - difference**2)


def _exact_power(cases: int, gain: float, loss: float, margin: float, critical: float) -> float:
    import numpy as np
    from scipy import special

    gained, lost = np.meshgrid(_likely(cases, gain), _likely(cases, loss), indexing="ij")
    possible = gained + lost <= cases
    gained, lost = gained[possible], lost[possible]
    counts = np.stack([gained, lost, cases - gained - lost])
    shares = np.array([[gain], [loss], [max(0.0, 1 - gain - loss)]])
    ways = special.gammaln(cases + 1) - special.gammaln(counts + 1).sum(axis=0)
    mass = np.exp(ways + special.xlogy(counts, shares).sum(axis=0))
    promoted = score_z(gained, lost, cases, -margin) > critical
    return min(1.0, float(mass[promoted].sum()))


def _likely(cases: int, share: float) -> Numbers:
    """The counts of B(cases, share) but for 1e-12 in each tail (Bernstein's inequality)."""
    import numpy as np

    mean, variance = cases * share, cases * share * (1 - share)
    reach = _TAIL / 3 + math.sqrt(_TAIL**2 / 9 + 2 * _TAIL * variance)
    low, high = max(0, math.floor(mean - reach)), min(cases, math.ceil(mean + reach))
    return np.arange(low, high + 1, dtype=float)


def _approximate_power(
    cases: int, discordance: float, difference: float, margin: float, critical: float
) -> float:
    null_sd, true_sd = _deviations(discordance, difference, margin)
    excess = math.sqrt(cases) * (difference + margin) - critical * null_sd
    return NormalDist().cdf(excess / true_sd) if true_sd > 0 else float(excess > 0)


def _upper(tail: float) -> float:
    """The normal quantile above which a share `tail` lies; 1 - tail would round to 1."""
    return -NormalDist().inv_cdf(tail)


def _deviation(standard_deviation: float, design_effect: float) -> float:
    """The standard deviation that independent cases would need, to be as uncertain."""
    if not 0 < standard_deviation < math.inf:
        raise UsageError(
            f"a standard deviation is a finite number above 0, and not {standard_deviation!r}"
        )
    if not 0 < design_effect < math.inf:
        raise UsageError(f"a design effect is a finite number above 0, and not {design_effect!r}")
    return standard_deviation * math.sqrt(design_effect)


def _check_cases(cases: int) -> None:
    if cases < 0:
        raise UsageError(f"a number of cases is 0 or more, and not {cases!r}")


def _check_share(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise UsageError(f"a {name} lies in [0, 1], and not at {value!r}")


def _check_difference(difference: float) -> None:
    if not -1 <= difference <= 1:
        raise UsageError(f"a difference of shares lies in [-1, 1], and not at {difference!r}")


def _check_errors(alpha: float, power: float) -> None:
    if not 0 < alpha < 1:
        raise UsageError(f"an alpha lies between 0 and 1, and not at {alpha!r}")
    if not alpha < power < 1:
        raise UsageError(f"a power lies between alpha ({alpha!r}) and 1, and not at {power!r}")
