"""A value with its interval in, a mark on a line out, lying or standing. Pure."""

from __future__ import annotations

from typing import Protocol

from harness.reports import svg
from harness.reports.figures.looks import Look
from harness.reports.svg import Scale

_CAP = 5.0


class Ends(Protocol):
    """An interval of any kind."""

    @property
    def low(self) -> float:
        """The lower end."""

    @property
    def high(self) -> float:
        """The upper end."""


def lying(
    x: Scale, y: float, value: float, ends: Ends | None, look: Look, *, radius: float = 5.0
) -> str:
    """A mark at a value on a horizontal line from end to end; without an interval a mark alone."""
    body = []
    if ends is not None:
        low, high = x(ends.low), x(ends.high)
        cap = min(_CAP, radius)
        caps = [((at, y - cap), (at, y + cap)) for at in (low, high)]
        body.append(svg.strokes([((low, y), (high, y)), *caps], "whisker"))
    return look.drawn([*body, look.mark((x(value), y), radius)])


def upright(
    x: float, y: Scale, value: float, ends: Ends | None, look: Look, *, radius: float = 5.0
) -> str:
    """The same on a vertical line."""
    body = []
    if ends is not None:
        low, high = y(ends.low), y(ends.high)
        caps = [((x - 4, at), (x + 4, at)) for at in (low, high)]
        body.append(svg.strokes([((x, low), (x, high)), *caps], "whisker"))
    return look.drawn([*body, look.mark((x, y(value)), radius)])
