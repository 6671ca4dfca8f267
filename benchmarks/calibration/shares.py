"""Every count of right answers with its probability, and what the intervals of one arm do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.calibration.cells import ACCURACIES, Cell, Plan
from benchmarks.calibration.tango import Tables
from harness.analysis.clopper_pearson import clopper_pearson
from harness.analysis.interval import Interval, wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


def share_coverage(
    interval: Callable[[int, int], Interval | None], cases: int, shares: Numbers
) -> Numbers:
    """The coverage of an interval (right, cases) of one share, at each true share."""
    found = [interval(right, cases) for right in range(cases + 1)]
    low = np.array([one.low if one else -1.0 for one in found])
    high = np.array([one.high if one else 2.0 for one in found])
    covered = (low <= shares[:, None]) & (shares[:, None] <= high)
    result: Numbers = (Tables(cases).discordant(shares) * covered).sum(axis=1)
    return result


def _wilson(right: int, cases: int) -> Interval | None:
    return wilson(right / cases, cases)


SHARE_METHODS: dict[str, Callable[[int, int], Interval | None]] = {
    "Wilson": _wilson,
    "Clopper-Pearson": clopper_pearson,
}


class Arm(NamedTuple):
    """Coverage of one interval at one number of cases: at ACCURACIES, and at every share."""

    name: str
    at_accuracies: list[float]
    cells: list[Cell]


def enumerate_shares(plan: Plan) -> list[Arm]:
    """Of both intervals, from 0.1 % to 99.9 % in steps of 0.1 points."""
    shares = np.arange(1, 1000) / 1000
    found = []
    for name, interval in SHARE_METHODS.items():
        for cases in plan.cases:
            values = share_coverage(interval, cases, np.append(shares, ACCURACIES)).tolist()
            places = zip(shares.tolist(), values, strict=False)
            cells = [Cell(cases, share, 0.0, value) for share, value in places]
            found.append(Arm(name, values[len(shares) :], cells))
    return found
