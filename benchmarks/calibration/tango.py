"""Every table (gained, lost) with its probability, and what Tango's interval does with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from benchmarks.calibration.cells import ALPHAS, DISCORDANCES, MARGINS, RATIOS, Cell, Plan
from harness.analysis.tango import tango_intervals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Integers = NDArray[np.int64]


class Tables:
    """All tables (gained, lost) of some number of pairs, ordered by how many are discordant."""

    def __init__(self, cases: int) -> None:
        self.cases = cases
        discordant, self.gained = np.tril_indices(cases + 1)
        self.lost = discordant - self.gained
        self.starts = np.arange(cases + 1) * (np.arange(cases + 1) + 1) // 2
        self._ways = _log_choose(discordant, self.gained)

    @cache  # noqa: B019 - a few tables per run, each kept as long as the run needs it
    def bounds(self, alpha: float) -> tuple[Numbers, Numbers]:
        """Tango's bounds of every table, at a one-sided alpha."""
        critical = NormalDist().inv_cdf(1 - alpha)
        return tango_intervals(self.gained, self.lost, self.cases, critical)

    def of_discordant(self, share: float) -> Numbers:
        """The probability of every table, given how many are discordant: `share` are gained."""
        logs = special.xlogy(self.gained, share) + special.xlogy(self.lost, 1 - share)
        result: Numbers = np.exp(self._ways + logs)
        return result

    def discordant(self, discordance: float | Numbers) -> Numbers:
        """The probability of each number of discordant pairs."""
        counts = np.arange(self.cases + 1)
        share = np.asarray(discordance)[..., None]
        logs = special.xlogy(counts, share) + special.xlog1py(self.cases - counts, -share)
        result: Numbers = np.exp(_log_choose(np.full_like(counts, self.cases), counts) + logs)
        return result

    def mass(self, discordance: float, difference: float) -> Numbers:
        """The probability of every table."""
        given = self.of_discordant(_gained_share(discordance, difference))
        return given * np.repeat(self.discordant(discordance), np.arange(self.cases + 1) + 1)

    def by_discordant(self, mass: Numbers, chosen: NDArray[np.bool_]) -> Numbers:
        """The mass of the chosen tables for each number of discordant pairs."""
        result: Numbers = np.add.reduceat(np.where(chosen, mass, 0.0), self.starts)
        return result


def _log_choose(total: Integers, chosen: Integers) -> Numbers:
    logs = special.gammaln(np.arange(int(total.max()) + 2) + 1.0)
    result: Numbers = logs[total] - logs[chosen] - logs[total - chosen]
    return result


def _gained_share(discordance: float, difference: float) -> float:
    """Of the discordant pairs; clipped, because a difference may be the discordance itself."""
    return min(1.0, max(0.0, (1 + difference / discordance) / 2))


def tango_coverage(
    tables: Tables, discordances: Iterable[float], ratios: Iterable[float]
) -> Iterator[Cell]:
    """Of the 95 % interval, for each difference = ratio x discordance."""
    low, high = tables.bounds(ALPHAS[0])
    psis = tuple(discordances)
    for ratio in ratios:
        given = tables.of_discordant((1 + ratio) / 2)
        for psi in psis:
            truth = ratio * psi
            covered = tables.by_discordant(given, (low <= truth) & (truth <= high))
            value = float(tables.discordant(psi) @ covered)
            yield Cell(tables.cases, psi, truth, value)


def false_promotion(
    tables: Tables, discordances: Iterable[float], margin: float
) -> Iterator[tuple[Cell, ...]]:
    """The probability, at each alpha, that the lower bound exceeds the bar, which is the truth."""
    promoted = [tables.bounds(alpha)[0] > -margin for alpha in ALPHAS]
    for psi in discordances:
        if psi < margin:
            continue
        given = tables.of_discordant(_gained_share(psi, -margin))
        counts = tables.discordant(psi)
        values = [float(counts @ tables.by_discordant(given, chosen)) for chosen in promoted]
        yield tuple(Cell(tables.cases, psi, 0.0 - margin, value) for value in values)


def allowed(accuracy: float, discordance: float, difference: float) -> bool:
    """Whether a reference of that accuracy can differ so from its candidate."""
    gained, lost = (discordance + difference) / 2, (discordance - difference) / 2
    return gained <= 1 - accuracy + 1e-9 and lost <= accuracy + 1e-9


class Exact(NamedTuple):
    """What was enumerated; `scanned` lies between the printed cells too."""

    coverage: list[Cell]
    scanned: list[Cell]
    promoted: dict[tuple[float, float], list[Cell]]
    scanned_promoted: dict[tuple[float, float], list[Cell]]

    @property
    def every(self) -> list[Cell]:
        """All coverages, each once."""
        return _each_once([*self.coverage, *self.scanned])

    def every_promoted(self, alpha: float) -> list[Cell]:
        """All false promotions at an alpha, each once."""
        kept = (*self.promoted.items(), *self.scanned_promoted.items())
        return _each_once([cell for (_, own), cells in kept for cell in cells if own == alpha])


def _each_once(cells: list[Cell]) -> list[Cell]:
    places = ((c.cases, round(c.discordance, 9), round(c.difference, 9)) for c in cells)
    return list(dict(zip(places, cells, strict=True)).values())


def enumerate_tango(plan: Plan) -> Exact:
    """Coverage and false promotion of Tango's interval, printed and scanned."""
    found = Exact([], [], {}, {})
    fine = [(step + 1) / plan.scanned for step in range(plan.scanned)]
    for cases in plan.cases:
        tables = Tables(cases)
        found.coverage.extend(tango_coverage(tables, DISCORDANCES, RATIOS))
        found.scanned.extend(tango_coverage(tables, fine, plan.scanned_ratios))
        for margin in MARGINS:
            for psis, kept in (
                (DISCORDANCES, found.promoted),
                (fine, found.scanned_promoted),
            ):
                for cells in false_promotion(tables, psis, margin):
                    for alpha, cell in zip(ALPHAS, cells, strict=True):
                        kept.setdefault((margin, alpha), []).append(cell)
    return found
