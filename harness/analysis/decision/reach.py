"""A policy and a number of cases in, what they can ever decide out. Pure.

Cases count as independent here: groups, or answers that vary less than right or wrong, change it.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import msgspec

from harness.analysis.difference import Difference
from harness.analysis.power import cases_needed, cases_needed_not_worse, promotion_power
from harness.analysis.tango import tango_interval
from harness.text.wording import change, counted, listing, percent
from harness.values.gate import Gate

DISCORDANCES = (0.05, 0.10, 0.20)
POWER = 0.8
_MOST_CASES = 1_000_000


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """What a policy can decide on a number of cases.

    `gain` is the true difference that `power` assumes: none where the goal is `not_worse`, the
    margin where it is `better`. `power` maps a discordance (the share of cases on which only one
    side is right) to the probability of a promotion; a discordance smaller than the gain stands for
    the gain itself. `needed` is the smallest number of cases with which identical answers would be
    promoted, or for `better` an arm that is right on every case where the incumbent is on none;
    `possible` says whether there are as many. `planned` maps a discordance to the number of cases
    that would give a power of 80 %; None where no number can be planned.
    """

    cases: int
    gain: float
    possible: bool
    needed: int
    power: dict[float, float]
    planned: dict[float, int | None]


def reach(policy: Gate, cases: int) -> Reach:
    """What a policy can decide on `cases` cases."""
    gain = policy.margin if policy.goal == "better" else 0.0
    critical = NormalDist().inv_cdf(1 - policy.alpha)
    margin = -policy.bar
    return Reach(
        cases=cases,
        gain=gain,
        possible=_promotes(policy, cases),
        needed=_fewest(policy),
        power={
            discordance: promotion_power(
                cases,
                max(discordance, gain),
                difference=gain,
                margin=margin,
                critical=critical,
            )
            for discordance in DISCORDANCES
        },
        planned={discordance: _planned(policy, gain, discordance) for discordance in DISCORDANCES},
    )


def _planned(policy: Gate, gain: float, discordance: float) -> int | None:
    """The cases for 80 % power; an alpha near that power leaves nothing to plan."""
    if 2 * policy.alpha >= POWER:
        return None
    if policy.goal == "better":
        alpha = 2 * policy.alpha
        return cases_needed(gain, max(discordance, gain), alpha=alpha, power=POWER)
    return cases_needed_not_worse(
        policy.margin, discordance, alpha_one_sided=policy.alpha, power=POWER
    )


def _promotes(policy: Gate, cases: int) -> bool:
    """Whether the best that can be expected would be promoted: identical answers, or all gained."""
    return _passes(policy, cases if policy.goal == "better" else 0, cases)


def _passes(policy: Gate, gained: int, cases: int) -> bool:
    """Whether so many gained cases and none lost would be promoted."""
    critical = NormalDist().inv_cdf(1 - policy.alpha)
    interval = tango_interval(gained, 0, cases, critical)
    return interval is not None and interval.low > policy.bar


def _fewest(policy: Gate) -> int:
    """The smallest number of cases with which that is so, by bisection: more cases never hurt."""
    low, high = 1, 2
    while not _promotes(policy, high):
        low, high = high, high * 2
        if low > _MOST_CASES:
            return high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _promotes(policy, middle) else (middle, high)
    return high


def sentences(policy: Gate, found: Reach, *, graded: bool) -> list[str]:
    """The reach in words, for people who read a policy."""
    cases = counted(found.cases, "case")
    if not found.possible:
        many = found.needed > _MOST_CASES
        least = f"more than {_MOST_CASES:,}" if many else f"at least {found.needed:,}"
        if policy.goal == "better":
            best = "no candidate, even if it is right wherever the incumbent is wrong"
            return [f"{cases} can promote {best}: {least} are needed."]
        best = "no candidate"
        if _passes(policy, found.cases, found.cases):
            best += " with identical answers, only one that is clearly better"
        return [f"{cases} can promote {best}: for identical answers {least} are needed."]
    assumed = f"a true gain of {change(found.gain, graded=graded).lstrip('+')}"
    assumed = assumed if policy.goal == "better" else "a candidate that is just as good"
    chances = listing([percent(power) for power in found.power.values()])
    shares = listing([f"{discordance:.0%}" for discordance in found.power])
    text = (
        f"With {cases} {assumed} is promoted with a probability of {chances} where {shares} of the "
        "cases are answered differently (independent right-or-wrong cases)."
    )
    planned = [f"{cases:,}" for cases in found.planned.values() if cases is not None]
    if len(planned) == len(found.planned):
        text += f" For {POWER:.0%} it takes about {listing(planned)} cases."
    return [text]


def more_cases(difference: Difference, policy: Gate) -> int | None:
    """How many more cases would promote with 80 % power, if the difference stays what it is.

    From the width of the interval that was found, which shrinks with the root of the cases. None
    where the difference does not exceed the bar: then more cases can only reject.
    """
    if difference.interval is None:
        return None
    above = difference.estimate - policy.bar
    if above <= 0:
        return None
    normal = NormalDist()
    low_half = difference.estimate - difference.interval.low
    wanted = above / (1 + normal.inv_cdf(POWER) / normal.inv_cdf(1 - policy.alpha))
    needed = math.ceil(difference.cases * (low_half / wanted) ** 2)
    return max(0, needed - difference.cases)
