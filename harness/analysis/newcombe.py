"""The counts of pairs in, Newcombe's square-and-add interval of their difference out. Pure.

Source: Newcombe (1998), Statistics in Medicine 17, 2635-2650, method 10: Wilson's intervals of
the two shares, put together with their correlation phi, which is corrected for continuity.
"""

from __future__ import annotations

import math

from harness.analysis.interval import wilson
from harness.analysis.pairs import PairedTable
from harness.analysis.resample import Range


def newcombe_interval(table: PairedTable, critical: float | None = None) -> Range | None:
    """The interval of the share right of the candidate minus that of the reference, in [-1, 1].

    `critical` is the two-sided critical value, by default the normal one for 95 %. None for fewer
    than two cases, and so for an empty table.
    """
    n = table.cases
    if n == 0:
        return None
    candidate, reference = (table.both + table.gained) / n, (table.both + table.lost) / n
    ours, theirs = wilson(candidate, n, critical), wilson(reference, n, critical)
    if ours is None or theirs is None:
        return None
    phi, difference = _phi(table), candidate - reference
    below = _added(candidate - ours.low, theirs.high - reference, phi)
    above = _added(ours.high - candidate, reference - theirs.low, phi)
    return Range(max(-1.0, difference - below), min(1.0, difference + above))


def _added(ours: float, theirs: float, phi: float) -> float:
    # Equal lengths with phi near 1 cancel, and rounding may leave a hair below 0.
    return math.sqrt(max(0.0, ours * ours - 2 * phi * ours * theirs + theirs * theirs))


def _phi(table: PairedTable) -> float:
    """The correlation of the two sides in [-1, 1], 0 where one side is all right or all wrong."""
    both, gained, lost, neither = table
    margins = (both + gained) * (lost + neither) * (both + lost) * (gained + neither)
    if margins == 0:
        return 0.0
    covariance = both * neither - gained * lost
    if covariance > 0:
        return max(0.0, covariance - table.cases / 2) / math.sqrt(margins)
    return covariance / math.sqrt(margins)
