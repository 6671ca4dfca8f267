"""Few-shot arms with several shot seeds in, whether the choice of examples matters out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.analysis.advice.advice import Advice
from harness.analysis.repeats import SelectionSpread
from harness.text.wording import change, mean

LEAST_SEEDS = 3
"""DOMAIN: the order of shots moves accuracy by up to 15 points; at least three seeds per arm."""

WORTH_FIXING = 0.02
"""What the seed must move beyond chance, as a standard deviation: 2 points; a rule of ours."""

ALPHA = 0.05

_NOTHING = 1e-9
"""A spread below it is one of rounding."""


@dataclass(frozen=True, kw_only=True)
class Seeds:
    """A few-shot arm that draws its shots. `spread` is None for fewer than two seeds."""

    arm: str
    graded: bool
    seeds: int
    spread: SelectionSpread | None


def seeds_advice(arms: Sequence[Seeds]) -> list[Advice]:
    """One advice per arm."""
    return [_advice(arm) for arm in arms]


def _advice(arm: Seeds) -> Advice:
    if arm.spread is None or arm.seeds < LEAST_SEEDS:
        times = "once" if arm.seeds == 1 else f"{arm.seeds} times"
        why = (
            f"it drew them {times}, and it takes {LEAST_SEEDS} times to see"
            if arm.seeds < LEAST_SEEDS
            else "too few cases have a reply of every seed"
        )
        return Advice(
            rule="shot-seeds-unknown",
            status="cannot_tell",
            says=f"How much {arm.arm} owes to the luck of its examples: {why}.",
            next_step=f"[arms.{arm.arm}] shots.seeds = [1, 2, 3] in suite.toml; then record it",
        )
    evidence = (_evidence(arm, arm.spread),)
    if seed_p(arm.spread) < ALPHA and arm.spread.beyond >= WORTH_FIXING:
        return Advice(
            rule="shot-seeds",
            status="act",
            says=f"{arm.arm} depends on which examples it draws: fix a seed by validation, or "
            "choose examples that are similar to the case.",
            evidence=evidence,
            next_step=f'[arms.{arm.arm}] shots.policy = "similar", beside this arm, in suite.toml',
        )
    return Advice(
        rule="shot-seeds-steady",
        status="fine",
        says=f"No shot seed of {arm.arm} is shown to be better than another.",
        evidence=evidence,
    )


def seed_p(spread: SelectionSpread) -> float:
    """The p value of equal seeds: Cochran's Q, (k - 1) s^2 / e^2 by chi-squared with k - 1 degrees.

    s is the standard deviation of the means of k seeds and e what chance makes of it (Cochran
    1950). Cases are taken as independent, so that groups make it too small.
    """
    from scipy.special import chdtrc

    if spread.expected == 0:
        return 1.0 if spread.spread == 0 else 0.0
    degrees = spread.seeds - 1
    return float(chdtrc(degrees, degrees * (spread.spread / spread.expected) ** 2))


def _evidence(arm: Seeds, spread: SelectionSpread) -> str:
    low, high = (mean(value, graded=arm.graded) for value in (spread.low, spread.high))
    if spread.expected < _NOTHING:
        by = "no case is answered differently" if low == high else "every case moves by as much"
        return f"Means of {arm.seeds} seeds: {low} to {high}; {by}."
    moved, chance = (
        change(value, graded=arm.graded).lstrip("+") for value in (spread.spread, spread.expected)
    )
    return (
        f"Means of {arm.seeds} seeds: {low} to {high}, standard deviation {moved}; chance alone "
        f"makes {chance}."
    )
