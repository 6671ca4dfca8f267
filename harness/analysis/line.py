"""Mean scores by size in, the line through them over log2(rows) out, with its band. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from harness.analysis.interval import CONFIDENCE, wilson
from harness.analysis.resample import ROUNDING, Range, percentiles, spread_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

DOUBLINGS_BEYOND = 2
NEVER: Final = "never within two doublings"

Rows = int | Literal["never within two doublings"]

_STEPS_PER_DOUBLING = 8


class BandPoint(msgspec.Struct, frozen=True):
    """The line at a number of rows, and its 95 % band, all clipped to [0, 1]."""

    rows: int
    low: float
    mid: float
    high: float


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """The fit: a + b log2(rows).

    `b` is the gain per doubling; its interval is None when no draw moved it. `band` reaches from
    the smallest size to `limit`, two doublings beyond the largest; `clipped` means that the line
    leaves [0, 1] on the way. `meets` is the first number of rows in that range at which the line
    is not below the reference (the smallest size when it starts there), None without a reference.
    """

    a: float
    b: float
    b_interval: Range | None
    band: tuple[BandPoint, ...]
    limit: int
    clipped: bool
    meets: Rows | None
    meets_interval: tuple[Rows, Rows] | None

    def at(self, rows: float) -> float:
        """What the line says for a number of rows, clipped to [0, 1]."""
        return _clipped(self.a + self.b * math.log2(rows))


class Means(msgspec.Struct, frozen=True):
    """Mean scores: (draws, sizes), and (draws,) of the reference. One draw is what was seen."""

    sizes: Numbers
    reference: Numbers | None


class Design(msgspec.Struct, frozen=True):
    """What the means are of: rows of each size, ascending, and its seeds; cases and clusters."""

    rows: tuple[int, ...]
    seeds: tuple[int, ...]
    cases: int
    clusters: int

    @property
    def limit(self) -> int:
        """Nothing is said of more rows than this."""
        return self.rows[-1] << DOUBLINGS_BEYOND


class _Lines(msgspec.Struct, frozen=True):
    """One line per draw: (draws,) twice."""

    a: Numbers
    b: Numbers

    def at(self, rows: int) -> Numbers:
        return self.a + self.b * math.log2(rows)


def fit_line(design: Design, seen: Means, drawn: Means) -> Line:
    """The least-squares line through what was seen, with intervals from the draws."""
    fit, lines = _least_squares(design, seen.sizes), _least_squares(design, drawn.sizes)
    meets, meets_interval = None, None
    if seen.reference is not None and drawn.reference is not None:
        meets = _rows(float(_meeting(design, fit, seen.reference)[0]))
        meets_interval = _observed(_meeting(design, lines, drawn.reference))
    ends = (float(fit.at(rows)[0]) for rows in (design.rows[0], design.limit))
    return Line(
        a=float(fit.a[0]),
        b=float(fit.b[0]),
        b_interval=spread_of(lines.b),
        band=tuple(_band_point(rows, fit, lines, design) for rows in _grid(design)),
        limit=design.limit,
        clipped=any(not 0 <= end <= 1 for end in ends),
        meets=meets,
        meets_interval=meets_interval,
    )


def residuals(design: Design, means: Means) -> Numbers:
    """Means minus their own line, unclipped: (draws, sizes)."""
    import numpy as np

    lines = _least_squares(design, means.sizes)
    return means.sizes - (lines.a[:, None] + lines.b[:, None] * np.log2(design.rows))


def misfits(design: Design, seen: Means, drawn: Means) -> tuple[bool, ...]:
    """Which sizes lie off the line by more than the draws explain, at 5 % for all sizes together.

    Residuals in units of their spread, against the draws' largest such deviation (a simultaneous
    bootstrap bound). No spread is taken for less than one case.
    """
    import numpy as np

    observed = residuals(design, seen)[0]
    resampled = residuals(design, drawn)
    spread = np.maximum(resampled.std(axis=0), 1 / design.cases)
    largest = (np.abs(resampled - observed) / spread).max(axis=1)
    bound = max(float(np.quantile(largest, CONFIDENCE)), 1.0)
    return tuple(bool(far) for far in np.abs(observed) / spread > bound)


def _least_squares(design: Design, means: Numbers) -> _Lines:
    """Every point has the same weight: a size weighs as many as its seeds."""
    import numpy as np

    x, seeds = np.log2(design.rows), np.array(design.seeds, dtype=float)
    shares = seeds / seeds.sum()
    centre = float(shares @ x)
    slopes = shares * (x - centre) / float(shares @ (x - centre) ** 2)
    b = means @ slopes
    return _Lines(means @ shares - b * centre, b)


def _grid(design: Design) -> list[int]:
    """Whole numbers of rows, evenly on the log axis, with every size and the limit among them."""
    smallest, limit = design.rows[0], design.limit
    steps = math.ceil(math.log2(limit / smallest) * _STEPS_PER_DOUBLING)
    between = {round(smallest * (limit / smallest) ** (step / steps)) for step in range(steps + 1)}
    return sorted(between | set(design.rows))


def _band_point(rows: int, fit: _Lines, lines: _Lines, design: Design) -> BandPoint:
    mid = _clipped(float(fit.at(rows)[0]))
    ends = percentiles(lines.at(rows).clip(0.0, 1.0))
    low, high = min(ends.low, mid), max(ends.high, mid)
    floor = wilson(mid, design.clusters)
    # At 0 and 1, and where no draw differs, the draws would claim certainty.
    if floor is not None and (mid in (0.0, 1.0) or high - low < ROUNDING):
        low, high = min(low, floor.low), max(high, floor.high)
    return BandPoint(rows, low, mid, high)


def _clipped(value: float) -> float:
    return min(1.0, max(0.0, value))


def _meeting(design: Design, lines: _Lines, reference: Numbers) -> Numbers:
    """log2 of the rows at which each line first reaches its reference; infinite when it does not.

    Nothing is said of fewer rows than the smallest size or of more than the limit.
    """
    import numpy as np

    start, end = math.log2(design.rows[0]), math.log2(design.limit)
    crossing = np.full(lines.b.shape, np.inf)
    with np.errstate(over="ignore"):
        np.divide(reference - lines.a, lines.b, out=crossing, where=lines.b > 0)
    there = (lines.at(design.rows[0]) >= reference - ROUNDING) | (reference <= 0)
    crossing = np.where(there, start, crossing)
    result: Numbers = np.where(crossing <= end + ROUNDING, crossing, np.inf)
    return result


def _rows(logarithm: float) -> Rows:
    return NEVER if math.isinf(logarithm) else math.ceil(round(2.0**logarithm, 6))


def _observed(logarithms: Numbers) -> tuple[Rows, Rows]:
    """The ends of the interval, as draws that happened: some of them are infinite."""
    import numpy as np

    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(logarithms, (tail, 1 - tail), method="inverted_cdf")
    return _rows(float(low)), _rows(float(high))
