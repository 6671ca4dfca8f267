"""What the product does in simulated worlds: coverage and false promotion."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.calibration.cells import ALPHAS, ENOUGH, EXCESS, LEAST, Plan
from benchmarks.calibration.worlds import ALONE, Drawn, World, draw
from harness.analysis.difference import paired_difference
from harness.analysis.interval import ROUNDING, t_critical
from harness.analysis.side import Side
from harness.analysis.tango import tango_intervals
from harness.values.score import OUTCOMES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


SEED = 20_261_201
AT_A_TIME = 400_000  # cases simulated at once


class Estimated(NamedTuple):
    """Over simulations: coverage, and false promotions at ALPHAS.

    `plain` are the false promotions of the textbook's mean ± t · SE, which decides nothing.
    """

    world: World
    coverage: float
    promoted: tuple[float, ...]
    plain: tuple[float, ...]
    simulations: int

    @property
    def enough(self) -> bool:
        """Whether 10 or more effective pairs (1 - psi) are to be expected."""
        return self.world.pairs * (1 - self.world.discordance) >= ENOUGH

    def error(self, share: float) -> float:
        """The standard error of a share of the simulations."""
        return math.sqrt(share * (1 - share) / self.simulations)

    @property
    def misses(self) -> tuple[tuple[bool, bool], ...]:
        """Of coverage and of each false promotion: whether it misses, and by two errors or more."""
        return (self._miss(LEAST - self.coverage, self.coverage), *self._too_many(self.promoted))

    @property
    def plain_misses(self) -> tuple[tuple[bool, bool], ...]:
        """The same of the false promotions of mean ± t · SE."""
        return self._too_many(self.plain)

    def _too_many(self, promoted: tuple[float, ...]) -> tuple[tuple[bool, bool], ...]:
        pairs = zip(promoted, ALPHAS, strict=True)
        return tuple(self._miss(share - alpha - EXCESS, share) for share, alpha in pairs)

    def _miss(self, excess: float, share: float) -> tuple[bool, bool]:
        return excess > 0, excess > 2 * self.error(share)


class Moments(NamedTuple):
    """Of each simulation: the mean difference and its variances, clustered and of cases alone."""

    differences: Numbers
    mean: Numbers
    clustered: Numbers
    alone: Numbers

    @property
    def varies(self) -> NDArray[np.bool_]:
        """Whether there is any variance, without which the plain mean says nothing."""
        return np.maximum(self.clustered, self.alone) > ROUNDING


def moments(world: World, drawn: Drawn) -> Moments:
    """Of many columns at once; the clustered variance is CR1."""
    differences = drawn.gained - drawn.lost
    sizes = np.array(world.group_sizes)
    cases, groups = int(sizes.sum()), len(sizes)
    mean = differences.mean(axis=1)
    residuals = differences - mean[:, None]
    sums = np.add.reduceat(residuals, np.append(0, sizes.cumsum()[:-1]), axis=1)
    clustered = groups / (groups - 1) * (sums**2).sum(axis=1) / cases**2
    alone = cases / (cases - 1) * (residuals**2).sum(axis=1) / cases**2
    return Moments(differences, mean, clustered, alone)


def plain_intervals(world: World, found: Moments, alpha: float) -> tuple[Numbers, Numbers]:
    """Mean ± t · SE, with the larger of both variances."""
    critical = t_critical(world.groups - 1, 1 - 2 * alpha)
    half = critical * np.sqrt(np.maximum(found.clustered, found.alone))
    return (found.mean - half).clip(-1, 1), (found.mean + half).clip(-1, 1)


def intervals(world: World, found: Moments, alpha: float) -> tuple[Numbers, Numbers]:
    """Lower and upper bounds: `paired_difference` of many columns at once.

    For grouped, graded or averaged values; `differing` compares the two.
    """
    differences, mean, clustered, alone = found
    cases = differences.shape[1]
    low, high = plain_intervals(world, found, alpha)
    gained = differences.clip(0, 1).sum(axis=1)
    lost = (-differences).clip(0, 1).sum(axis=1)
    binomial = ((gained + lost) / cases - mean**2) / cases
    binary = world.replicates == 1 and not world.graded
    variance = np.maximum(clustered, binomial if binary else alone)
    known = np.minimum(variance, binomial) > ROUNDING
    effect = np.ones_like(mean)
    effect[known] = variance[known] / binomial[known]
    effective = cases >= 2 * effect
    at = effective.nonzero()
    counts = (gained[at] / effect[at], lost[at] / effect[at], cases / effect[at])
    critical = t_critical(world.groups - 1, 1 - 2 * alpha)
    low[at], high[at] = tango_intervals(*counts, critical)
    return low, high


def sides(world: World, drawn: Drawn, simulation: int) -> tuple[Side, Side]:
    """One simulation as the product knows it: reference and candidate.

    Where neither side is better both are wrong, or reach a half where they are graded.
    """
    sizes = np.array(world.group_sizes)
    cases = int(sizes.sum())
    gained, lost = drawn.gained[simulation], drawn.lost[simulation]
    equal = np.where(world.graded & (gained == lost), 0.5, 0.0)
    reference = Side(
        name="reference",
        graded=world.graded,
        ids=tuple(str(case) for case in range(cases)),
        values=lost + equal,
        lost=np.zeros(cases),
        shares=np.zeros((cases, len(OUTCOMES))),
        groups=None if world.sizes in ALONE else np.repeat(np.arange(len(sizes)), sizes),
        tags=({},) * cases,
        tokens=None,
        replicates=world.replicates,
    )
    return reference, replace(reference, name="candidate", values=gained + equal)


def differing(world: World, drawn: Drawn, checked: int) -> float:
    """How far `intervals` is from `paired_difference`, at most, over the first simulations."""
    furthest = 0.0
    found = moments(world, drawn)
    for alpha in ALPHAS:
        low, high = intervals(world, found, alpha)
        for simulation in range(min(checked, len(low))):
            own = paired_difference(*sides(world, drawn, simulation), 1 - 2 * alpha).interval
            if own is None:
                return math.inf
            ends = (own.low - low[simulation], own.high - high[simulation])
            furthest = max(furthest, *map(abs, ends))
    return furthest


def estimate(world: World, plan: Plan, number: int) -> Estimated:
    """Coverage and false promotion of one world.

    Raises:
        RuntimeError: the product says something else of the simulations that are checked.
    """
    chance = np.random.Generator(np.random.PCG64([SEED, number]))
    step = max(1, AT_A_TIME // sum(world.group_sizes))
    parts = []
    for start in range(0, plan.simulations, step):
        drawn = draw(world, min(step, plan.simulations - start), chance)
        if not start and differing(world, drawn, plan.checked) > 1e-9:
            raise RuntimeError(f"paired_difference has other intervals in {world}")
        found = moments(world, drawn)
        low, high = intervals(world, found, ALPHAS[0])
        lower, _ = intervals(world, found, ALPHAS[1])
        plain = [
            np.where(found.varies, plain_intervals(world, found, alpha)[0], used)
            for alpha, used in zip(ALPHAS, (low, lower), strict=True)
        ]
        truth = world.truth
        covered = (low <= truth + 1e-12) & (truth - 1e-12 <= high)
        promoted = [bound > truth + 1e-12 for bound in (low, lower, *plain)]
        parts.append(np.array([covered, *promoted]).astype(float))
    means = np.concatenate(parts, axis=1).mean(axis=1).tolist()
    return Estimated(world, means[0], tuple(means[1:3]), tuple(means[3:]), plan.simulations)
