"""A paired difference in, which true one such cases find, or how many find it, out. Pure."""

from __future__ import annotations

import math

from harness.analysis.difference import Difference
from harness.analysis.interval import CONFIDENCE, t_critical
from harness.analysis.power import (
    cases_needed,
    discordance_limit,
    minimum_detectable_difference,
    minimum_detectable_graded,
)


def detectable_difference(difference: Difference) -> float | None:
    """The smallest true difference that would be found with 80 % power on as many cases.

    Of right or wrong answers it follows from the upper limit of the discordance that was seen, and
    not from the discordance itself, which may be 0 by chance. The test is that of the method: few
    clusters find less.
    """
    if difference.interval is None or difference.standard_error is None:
        return None
    alpha = _alpha(difference)
    if difference.graded and difference.standard_error > 0:
        deviation = difference.standard_error * difference.cases**0.5
        return minimum_detectable_graded(difference.cases, deviation, alpha=alpha)
    effective, limit = _limit(difference)
    return minimum_detectable_difference(effective, limit, alpha=alpha)


def cases_to_detect(difference: Difference, target: float) -> int | None:
    """How many more cases find a true difference of `target` with 80 % power.

    Of right or wrong answers, from the same upper limit of the discordance: of few cases it is
    high, and the plan rather too large. None for scores, and where so large a difference cannot be.
    """
    if difference.graded or difference.interval is None:
        return None
    effective, limit = _limit(difference)
    needed = cases_needed(target, limit, alpha=_alpha(difference))
    if needed is None:
        return None
    return max(0, math.ceil(needed * difference.cases / effective) - difference.cases)


def _limit(difference: Difference) -> tuple[int, float]:
    """Independent cases, and the upper limit of the discordance that was seen among them."""
    effective = max(1, round(difference.cases / difference.design_effect))
    discordant = round((difference.gained + difference.lost) / difference.design_effect)
    return effective, discordance_limit(min(discordant, effective), effective)


def _alpha(difference: Difference) -> float:
    """The level of a normal test with the critical value of this one, which may be one of t."""
    if difference.method == "score":
        return 1 - CONFIDENCE
    return math.erfc(t_critical(difference.clusters - 1) / math.sqrt(2))
