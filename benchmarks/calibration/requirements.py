"""Cells in, what is asked of them out: one line for each requirement and what became of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from benchmarks.calibration.cells import (
    ACCURACIES,
    ALPHAS,
    EXCESS,
    LEAST,
    MEAN,
    Cell,
    enough_cases,
)
from benchmarks.calibration.shares import Arm
from benchmarks.calibration.simulation import Estimated
from benchmarks.calibration.tango import Exact, allowed

WHATS = (
    "mean coverage",
    "least coverage",
    *(f"most false promotions, alpha {alpha:.1%}" for alpha in ALPHAS),
)
ENOUGH_PAIRS = "n psi (1 - psi) >= 10"
ENOUGH_RIGHT = "n a (1 - a) >= 10 for the accuracy a, any psi"

Any = TypeVar("Any")


class Line(NamedTuple):
    """One requirement and what became of it; `reached` is None where nothing was asked."""

    method: str
    where: str
    cells: int
    what: str
    found: float
    reached: bool | None
    worst: str = ""


def tango_lines(found: Exact) -> Iterator[Line]:
    """Of what decides one right-or-wrong reply per case."""
    cells = found.every
    promoted = [found.every_promoted(alpha) for alpha in ALPHAS]
    yield from _coverage("Tango", "all cells", cells, asked=False)
    yield from _promotions("Tango", "all cells", promoted)
    yield from _coverage("Tango", ENOUGH_PAIRS, _enough(cells), asked=True)
    yield from _promotions("Tango", ENOUGH_PAIRS, [_enough(own) for own in promoted])
    by_accuracy = [
        cell._replace(accuracy=accuracy)
        for cell in cells
        for accuracy in ACCURACIES
        if allowed(accuracy, cell.discordance, cell.difference)
    ]
    yield from _coverage("Tango", ENOUGH_RIGHT, _right_enough(by_accuracy), asked=True)


def newcombe_lines(cells: Sequence[Cell]) -> Iterator[Line]:
    """Of what explains and never decides, so that no promotion hangs on it."""
    yield from _coverage("Newcombe", "all cells", cells, asked=False)
    yield from _coverage("Newcombe", ENOUGH_PAIRS, _enough(cells), asked=True)
    yield from _coverage("Newcombe", ENOUGH_RIGHT, _right_enough(cells), asked=True)


def share_lines(arms: Sequence[Arm]) -> Iterator[Line]:
    """Of one arm."""
    for name in dict.fromkeys(arm.name for arm in arms):
        cells = [cell for arm in arms if arm.name == name for cell in arm.cells]
        for asked, where in ((False, "n a (1 - a) < 10"), (True, "n a (1 - a) >= 10")):
            own = [cell for cell in cells if cell.enough == asked]
            for line in _coverage(name, where, own, asked=asked):
                place = line.worst.partition(", difference")[0].replace("psi", "accuracy")
                yield line._replace(worst=place)


def simulated_lines(cells: Sequence[Estimated]) -> Iterator[Line]:
    """By kind; effective pairs take the place of n psi."""
    for kind in dict.fromkeys(cell.world.kind for cell in cells):
        own = [cell for cell in cells if cell.world.kind == kind]
        enough = [cell for cell in own if cell.enough]
        yield from _simulated(kind, "all cells", own, asked=len(own) == len(enough))
        if 0 < len(enough) < len(own):
            yield from _simulated(kind, "effective pairs (1 - psi) >= 10", enough, asked=True)


def _enough(cells: Sequence[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.enough]


def _right_enough(cells: Sequence[Cell]) -> list[Cell]:
    return [cell for cell in cells if enough_cases(cell.cases, cell.accuracy)]


def _coverage(method: str, where: str, cells: Sequence[Cell], *, asked: bool) -> Iterator[Line]:
    """Mean and least; nothing for no cells."""
    if cells:
        yield from _coverage_of(method, where, cells, lambda cell: cell.value, _at, asked=asked)


def _promotions(method: str, where: str, promoted: Sequence[Sequence[Cell]]) -> Iterator[Line]:
    for what, alpha, cells in zip(WHATS[2:], ALPHAS, promoted, strict=True):
        if cells:
            most = max(cells, key=lambda cell: cell.value)
            reached = most.value <= alpha + EXCESS
            yield Line(method, where, len(cells), what, most.value, reached, _at(most))


def _simulated(kind: str, where: str, cells: Sequence[Estimated], *, asked: bool) -> Iterator[Line]:
    yield from _coverage_of(kind, where, cells, lambda c: c.coverage, _world, asked=asked)
    for place, alpha in enumerate(ALPHAS):
        most = max(cells, key=lambda cell: cell.promoted[place])
        share = most.promoted[place]
        misses = [cell.misses[place + 1] for cell in cells]
        missed, clearly = (sum(miss[how] for miss in misses) for how in (0, 1))
        worst = f"{_world(most)}; {missed} of {len(cells)} cells miss, {clearly} of them clearly"
        what = WHATS[place + 2]
        yield Line(kind, where, len(cells), what, share, share <= alpha + EXCESS, worst)


def _coverage_of(
    method: str,
    where: str,
    cells: Sequence[Any],
    value: Callable[[Any], float],
    place: Callable[[Any], str],
    *,
    asked: bool,
) -> Iterator[Line]:
    mean = sum(map(value, cells)) / len(cells)
    yield Line(method, where, len(cells), WHATS[0], mean, mean >= MEAN if asked else None)
    least = min(cells, key=value)
    reached = value(least) >= LEAST if asked else None
    yield Line(method, where, len(cells), WHATS[1], value(least), reached, place(least))


def _at(cell: Cell) -> str:
    accuracy = "" if math.isnan(cell.accuracy) else f", accuracy {cell.accuracy:.0%}"
    return (
        f"n = {cell.cases}, psi = {cell.discordance:.1%}, difference {cell.difference:+.2%}"
        f"{accuracy}; {cell.pairs:.0f} pairs"
    )


def _world(cell: Estimated) -> str:
    world = cell.world
    return (
        f"{world.groups} groups of {world.sizes}, correlation {world.correlation}, psi = "
        f"{world.discordance:.0%}, difference {world.truth:+.2%}; {world.pairs:.0f} effective pairs"
    )
