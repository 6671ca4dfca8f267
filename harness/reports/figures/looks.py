"""Arms in, the colour, the shape and the dashes of each out: never a colour alone. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import msgspec

from harness.reports import svg
from harness.reports.svg import Place

COLOURS = 8
_SHAPES = ("circle", "square", "diamond", "up", "down", "plus", "cross", "star")


class Look(msgspec.Struct, frozen=True):
    """How an arm is drawn: `number` counts from 0, beyond the eighth arm shapes are hollow."""

    number: int

    @property
    def style(self) -> str:
        """The class of a group: its colour and its dashes."""
        return f"s{self.number % COLOURS + 1}"

    @property
    def fill(self) -> str:
        """The class of a mark."""
        return "mark" if self.number < COLOURS else "mark hollow"

    def drawn(self, body: Iterable[str]) -> str:
        """Elements in the colour of the arm."""
        return svg.group(self.style, body)

    def mark(self, at: Place, radius: float = 6.0) -> str:
        """The shape of the arm, to be put among `drawn` elements."""
        shape = _SHAPES[self.number % COLOURS]
        if shape == "circle":
            return svg.circle(at, radius, self.fill)
        return svg.polygon(_outline(shape, at, radius), self.fill)


def looks(names: Sequence[str], among: Sequence[str] = ()) -> dict[str, Look]:
    """The look of each arm, by its place in `among`, or in `names` itself.

    A page gives the same `among` to all its pictures, so that an arm looks the same in all.
    """
    order = dict.fromkeys((*among, *names))
    places = {name: Look(number) for number, name in enumerate(order)}
    return {name: places[name] for name in names}


def _outline(shape: str, at: Place, radius: float) -> list[Place]:
    """The corners of a shape that looks about as large as a circle of that radius."""
    x, y = at
    corners = [(across * radius, down * radius) for across, down in _CORNERS[shape]]
    return [(x + across, y + down) for across, down in corners]


def _ring(count: int, size: float, turn: float, inner: float = 0.0) -> tuple[Place, ...]:
    """Corners around a circle; with `inner`, a star whose notches are that far from its centre."""
    steps = count * (2 if inner else 1)
    radii = (size, inner or size)
    angles = [math.radians(turn + 360 / steps * step) for step in range(steps)]
    return tuple(
        (radii[step % 2] * math.sin(angle), -radii[step % 2] * math.cos(angle))
        for step, angle in enumerate(angles)
    )


def _plus(arm: float, half: float) -> tuple[Place, ...]:
    return (
        (-half, -arm),
        (half, -arm),
        (half, -half),
        (arm, -half),
        (arm, half),
        (half, half),
        (half, arm),
        (-half, arm),
        (-half, half),
        (-arm, half),
        (-arm, -half),
        (-half, -half),
    )


def _turned(places: Iterable[Place], degrees: float) -> tuple[Place, ...]:
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return tuple((x * cosine - y * sine, x * sine + y * cosine) for x, y in places)


_CORNERS = {
    "square": _ring(4, 1.25, 45),
    "diamond": _ring(4, 1.3, 0),
    "up": _ring(3, 1.3, 0),
    "down": _ring(3, 1.3, 180),
    "plus": _plus(1.2, 0.45),
    "cross": _turned(_plus(1.25, 0.45), 45),
    "star": _ring(5, 1.4, 0, inner=0.6),
}
