"""Every table of four cells with its probability, and what Newcombe's interval does with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from benchmarks.calibration.cells import ACCURACIES, FEW_DISCORDANCES, RATIOS, Cell
from benchmarks.calibration.tango import allowed
from harness.analysis.newcombe import newcombe_interval
from harness.analysis.pairs import PairedTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


class FullTables:
    """All tables (both, gained, lost, neither) of some number of pairs, with their bounds."""

    def __init__(self, cases: int) -> None:
        self.cases = cases
        parts = [
            (both, gained, lost)
            for both in range(cases + 1)
            for gained in range(cases + 1 - both)
            for lost in range(cases + 1 - both - gained)
        ]
        three = np.array(parts).T
        self.counts = np.vstack([three, cases - three.sum(axis=0)])
        self._ways = special.gammaln(cases + 1) - special.gammaln(self.counts + 1).sum(axis=0)
        self.low, self.high = self._bounds()

    def _bounds(self) -> tuple[Numbers, Numbers]:
        """Of all tables with gained >= lost; the others are these with the sides exchanged."""
        both, gained, lost, neither = self.counts
        low = np.empty((self.cases + 1,) * 3)
        high = np.empty_like(low)
        for b, g, f, rest in self.counts[:, gained >= lost].T.tolist():
            interval = newcombe_interval(PairedTable(b, g, f, rest))
            if interval is not None:
                low[b, g, f], high[b, g, f] = interval.low, interval.high
                low[b, f, g], high[b, f, g] = -interval.high, -interval.low
        del neither
        return low[both, gained, lost], high[both, gained, lost]

    def mass(self, accuracy: float, discordance: float, difference: float) -> Numbers:
        """The probability of every table; `accuracy` is the reference's."""
        gained, lost = (discordance + difference) / 2, (discordance - difference) / 2
        shares = np.clip([accuracy - lost, gained, lost, 1 - accuracy - gained], 0, 1)
        result: Numbers = np.exp(self._ways + special.xlogy(self.counts, shares[:, None]).sum(0))
        return result


def newcombe_coverage(tables: FullTables) -> Iterator[Cell]:
    """Of the 95 % interval, wherever the accuracy allows discordance and difference."""
    for accuracy in ACCURACIES:
        for psi in FEW_DISCORDANCES:
            for ratio in RATIOS:
                truth = ratio * psi
                if allowed(accuracy, psi, truth):
                    covered = (tables.low <= truth) & (truth <= tables.high)
                    value = float(tables.mass(accuracy, psi, truth)[covered].sum())
                    yield Cell(tables.cases, psi, truth, value, accuracy)
