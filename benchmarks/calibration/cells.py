"""What is computed and asked: sizes, grid and requirements; one probability at one truth."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

MEAN, LEAST, EXCESS, ENOUGH = 0.945, 0.93, 0.006, 10.0
ALPHAS = (0.025, 0.05)
ACCURACIES = (0.2, 0.5, 0.7, 0.85, 0.95)
DISCORDANCES = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8)
RATIOS = (0.0, 0.25, 0.5, 0.75, 1.0)  # difference / discordance; 1: every discordant case gained
MARGINS = (0.0, 0.02, 0.05, 0.1)
FEW_DISCORDANCES = (0.02, 0.05, 0.1, 0.2, 0.4)  # of Newcombe's method, which needs four cells


@dataclass(frozen=True)
class Plan:
    """How much is computed: the sizes of the enumerations, and the number of simulations."""

    cases: tuple[int, ...] = (20, 50, 100, 200, 500, 1000)
    newcombe_cases: tuple[int, ...] = (20, 50, 100, 200)
    scanned: int = 200
    scanned_ratios: tuple[float, ...] = tuple(step / 8 for step in range(9))
    groups: tuple[int, ...] = (10, 16, 30, 100)
    simulations: int = 4_000
    checked: int = 20


QUICK = Plan((20, 50), (20,), 10, (0.0, 0.5, 1.0), (10,), 60, 2)


class Cell(NamedTuple):
    """A probability at one truth: `difference` is candidate minus reference."""

    cases: int
    discordance: float
    difference: float
    value: float
    accuracy: float = math.nan

    @property
    def pairs(self) -> float:
        """Discordant pairs to be expected."""
        return self.cases * self.discordance

    @property
    def enough(self) -> bool:
        """Whether n psi (1 - psi) is 10 or more."""
        return enough_cases(self.cases, self.discordance)


def enough_cases(cases: int, share: float) -> bool:
    """Whether n p (1 - p) is 10 or more."""
    return cases * share * (1 - share) >= ENOUGH - 1e-9
