"""Groups, grades and replicates to simulate, and what happens in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.calibration.cells import Plan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Integers = NDArray[np.int64]


REPEATS, SAME_REPLY = 3, 0.6
CORRELATIONS = (0.0, 0.1, 0.3)
SIZES = {"10": (10,), "5-15": (5, 15, 10, 7, 13, 12, 8, 6, 14, 10)}
ALONE = {"1": (1,)}

Step = tuple[float, float]  # a difference of one case, and its probability


@dataclass(frozen=True)
class World:
    """What is simulated. `steps` are the differences of a case with their probabilities.

    In each group these are drawn anew from a Dirichlet distribution around the given ones, which
    makes `correlation` exactly the correlation of two cases of a group. `second` are the steps of
    every other case, where groups are stratified. Of several `replicates` each is the first one
    again with a probability of SAME_REPLY.
    """

    kind: str
    groups: int
    sizes: str
    correlation: float
    discordance: float
    steps: tuple[Step, ...]
    second: tuple[Step, ...] = ()
    replicates: int = 1
    graded: bool = False

    @property
    def truth(self) -> float:
        """The true difference."""
        halves = [self.steps, self.second or self.steps]
        return sum(step * share for steps in halves for step, share in steps) / 2

    @property
    def pairs(self) -> float:
        """Discordant pairs to be expected, over the design effect that the correlation makes."""
        sizes = self.group_sizes
        mates = sum(size**2 for size in sizes) / sum(sizes) - 1
        return sum(sizes) * self.discordance / (1 + mates * self.correlation)

    @property
    def cases(self) -> int:
        """Of all groups."""
        return sum(self.group_sizes)

    @property
    def losses(self) -> float:
        """Cases to be expected that lose anything."""
        return self.cases * sum(share for step, share in self.steps if step < 0)

    @property
    def group_sizes(self) -> tuple[int, ...]:
        """Cases of each group."""
        pattern = (SIZES | ALONE)[self.sizes]
        return tuple(pattern[group % len(pattern)] for group in range(self.groups))


class Drawn(NamedTuple):
    """Simulated columns (simulations, cases): what the candidate gained, and what it lost."""

    gained: Numbers
    lost: Numbers


def draw(world: World, simulations: int, chance: np.random.Generator) -> Drawn:
    """What happens in a world, a number of times."""
    values = _values(world, world.steps, simulations, chance)
    if world.second:
        others = _values(world, world.second, simulations, chance)
        values[:, 1::2] = others[:, 1::2]
    count = world.replicates
    return Drawn(values.clip(0, 1).sum(-1) / count, (-values).clip(0, 1).sum(-1) / count)


def _values(
    world: World,
    steps: Sequence[Step],
    simulations: int,
    chance: np.random.Generator,
) -> Numbers:
    """Differences by simulation, case and replicate."""
    sizes = np.array(world.group_sizes)
    shares = np.array([share for _, share in steps])
    limits = np.broadcast_to(shares.cumsum()[:-1], (simulations, len(sizes), len(shares) - 1))
    if world.correlation:
        weights = shares * (1 / world.correlation - 1)
        parts = chance.standard_gamma(weights, (simulations, len(sizes), len(shares)))
        limits = (parts.cumsum(-1) / parts.sum(-1, keepdims=True))[..., :-1]
    limits = np.repeat(limits, sizes, axis=1)
    columns: list[Integers] = []
    for replicate in range(world.replicates):
        uniform = chance.random(limits.shape[:2])
        column = (uniform[..., None] >= limits).sum(-1)
        if replicate:
            column = np.where(chance.random(column.shape) < SAME_REPLY, columns[0], column)
        columns.append(column)
    result: Numbers = np.array([step for step, _ in steps])[np.stack(columns, axis=-1)]
    return result


def worlds(plan: Plan) -> Iterator[World]:
    """The grid; each world twice, with no true difference and with a loss of half the discordance.

    The number of a world is its seed: add what is new at the end.
    """
    for groups in plan.groups:
        yield from _correlated(groups)
        yield from _stratified(groups)
    for groups in plan.groups:
        yield from _rare_losses(groups)


def _correlated(groups: int) -> Iterator[World]:
    grouped = list(product(SIZES, CORRELATIONS))
    for psi, (sizes, correlation) in product(GRID["right or wrong"], grouped):
        for steps in _steps(psi):
            yield World("right or wrong", groups, sizes, correlation, psi, steps)
    for psi, (sizes, correlation) in product(GRID["graded"], [*grouped, *ALONE_ONLY]):
        for steps in _steps(psi, (1.0, 0.5)):
            yield World("graded", groups, sizes, correlation, psi, steps, graded=True)
    for psi, (sizes, correlation) in product(GRID["replicates"], [*grouped, *ALONE_ONLY]):
        for steps in _steps(psi):
            yield World("replicates", groups, sizes, correlation, psi, steps, replicates=REPEATS)


def _stratified(groups: int) -> Iterator[World]:
    """Groups of ten have five cases that can only be gained and five that can only be lost.

    Groups then differ less than independent cases would.
    """
    for psi, size in product(GRID["stratified"], (1.0, 0.5)):
        for gained, lost, _ in _steps(psi, (size,)):
            halves = [((step, 2 * p), (0.0, 1 - 2 * p)) for step, p in (gained, lost)]
            kind = "stratified" if size == 1 else "stratified, graded"
            yield World(kind, groups, "10", 0.0, psi, *halves, graded=size < 1)


def _rare_losses(groups: int) -> Iterator[World]:
    """A tenth is gained often, and everything lost seldom."""
    for sizes, correlation in [("10", 0.0), *ALONE_ONLY]:
        for rare in (0.03, 0.06):
            steps = ((0.1, RARE_PSI - rare), (-1.0, rare), (0.0, 1 - RARE_PSI))
            yield World(RARE, groups, sizes, correlation, RARE_PSI, steps, graded=True)


GRID = {  # psi by kind
    "right or wrong": (0.02, 0.05, 0.2),
    "graded": (0.05, 0.3),
    "replicates": (0.05, 0.2),
    "stratified": (0.2, 0.5),
}
ALONE_ONLY = (("1", 0.0),)
RARE, RARE_PSI = "graded with rare losses", 0.33


def _steps(psi: float, sizes: tuple[float, ...] = (1.0,)) -> Iterator[tuple[Step, ...]]:
    """Of no difference and of a loss; a case gains or loses the last size three times in four."""
    weights = (1.0,) if len(sizes) == 1 else (0.25, 0.75)
    for gained in (psi / 2, psi / 4):
        ups = [(size, weight * gained) for size, weight in zip(sizes, weights, strict=True)]
        downs = [
            (-size, weight * (psi - gained)) for size, weight in zip(sizes, weights, strict=True)
        ]
        yield *ups, *downs, (0.0, 1 - psi)
