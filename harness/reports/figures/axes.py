"""A scale in, its axis out: grid lines with numbers, and what they count. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from harness.reports import svg
from harness.reports.figures.layout import SMALL, width_of
from harness.reports.svg import Scale

_LEAST_SPAN = 0.1
_BETWEEN = 8
BELOW = 46  # room for the numbers and the title of an axis under a plot


class Axis(msgspec.Struct, frozen=True):
    """A scale, the values that have a line, and how they read."""

    scale: Scale
    ticks: tuple[float, ...]
    shown: Callable[[float], str]

    def below(self, top: float, bottom: float, title: str) -> Iterator[str]:
        """Lines from top to bottom with their numbers under them; numbers never touch."""
        taken = float("-inf")
        for tick in self.ticks:
            x, label = self.scale(tick), self.shown(tick)
            half = width_of(label, SMALL) / 2
            yield svg.line((x, top), (x, bottom), "grid")
            if x - half > taken:
                yield svg.text((x, bottom + 19), label, "small quiet", "middle")
                taken = x + half + _BETWEEN
        middle = (self.scale.start + self.scale.end) / 2
        yield svg.text((middle, bottom + 40), title, "small quiet", "middle")

    def beside(self, left: float, right: float) -> Iterator[str]:
        """Lines from left to right with their numbers before them."""
        for tick in self.ticks:
            y = self.scale(tick)
            yield svg.line((left, y), (right, y), "grid")
            yield svg.text((left - 8, y + 5), self.shown(tick), "small quiet", "end")


def share_axis(values: Iterable[float], start: float, end: float, *, graded: bool) -> Axis:
    """For shares or scores within [0, 1]: from a little below the lowest to above the highest."""
    drawn = list(values)
    low, high = min(drawn), max(drawn)
    missing = max(0.0, _LEAST_SPAN - (high - low)) / 2
    low, high = low - missing, high + missing
    low, high = max(0.0, low - max(0.0, high - 1)), min(1.0, high - min(0.0, low))
    ticks = svg.ticks(low, high, 6)
    return Axis(Scale(ticks[0], ticks[-1], start, end), tuple(ticks), share_text(graded=graded))


def share_text(*, graded: bool) -> Callable[[float], str]:
    """How a tick of a share reads: '40%', or '0.40' of a score."""
    return (lambda value: f"{value:.2f}") if graded else _percent


def _percent(value: float) -> str:
    return f"{round(value * 100, 6):g}%"


def change_axis(values: Iterable[float], start: float, end: float, *, graded: bool) -> Axis:
    """For differences: always with zero, in percentage points or as scores, with their sign."""
    drawn = [0.0, *values]
    low, high = min(drawn), max(drawn)
    missing = max(0.0, _LEAST_SPAN - (high - low)) / 2
    ticks = svg.ticks(low - missing, high + missing, 6)
    shown = _signed_score if graded else _signed_points
    return Axis(Scale(ticks[0], ticks[-1], start, end), tuple(ticks), shown)


def _signed_score(value: float) -> str:
    return f"{value:+.2f}" if value else "0"


def _signed_points(value: float) -> str:
    return f"{round(value * 100, 6):+g}" if value else "0"


def log_axis(
    low: float, high: float, start: float, end: float, shown: Callable[[float], str]
) -> Axis:
    """Powers of ten, with 2 and 5 between them where there is room. `low` is above 0.

    The scale begins a little below the lowest and ends a little above the highest value.
    """
    if high <= low * 1.5:
        low, high = low / 2, high * 2
    room = (high / low) ** 0.06
    low, high = low / room, high * room
    decades = math.log10(high / low)
    factors: Sequence[int] = (1, 2, 5) if decades <= 2.5 else (1,)  # noqa: PLR2004 - six numbers fit
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = [factor * 10.0**power for power in powers for factor in factors]
    inside = tuple(tick for tick in ticks if low <= tick <= high)
    return Axis(Scale(low, high, start, end, log=True), inside, shown)


def plain_axis(
    low: float, high: float, start: float, end: float, shown: Callable[[float], str]
) -> Axis:
    """Round numbers, evenly spaced, around some values."""
    ticks = svg.ticks(low, high, 6)
    return Axis(Scale(ticks[0], ticks[-1], start, end), tuple(ticks), shown)
