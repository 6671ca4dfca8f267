"""Points with names in, places for the names out, where they hide as little as can be. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from harness.reports.figures.layout import TEXT, width_of
from harness.reports.svg import Anchor, Place

_AWAY = 11.0
_MARK = 7.0
_OUTSIDE = 1e6


class Box(msgspec.Struct, frozen=True):
    """A rectangle that something is drawn in."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Box) -> float:
        """The area that both cover."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across * down if across > 0 and down > 0 else 0.0


class Spot(msgspec.Struct, frozen=True):
    """Where a text stands: the place of its base line, and which end of it that is."""

    at: Place
    anchor: Anchor
    box: Box


def placed(
    points: Sequence[Place], names: Sequence[str], frame: Box, taken: Sequence[Box] = ()
) -> list[Spot]:
    """A spot beside each point, chosen one after the other from the topmost down.

    Each covers as little as can be of the points, of what is `taken` and of the names before it,
    and stays within the frame where any spot does.
    """
    boxes = [Box(x - _MARK, y - _MARK, x + _MARK, y + _MARK) for x, y in points]
    boxes += taken
    found: dict[int, Spot] = {}
    for place in sorted(range(len(points)), key=lambda one: points[one][1]):
        spots = list(_spots(points[place], width_of(names[place])))
        costs = [_cost(spot.box, boxes, frame) + rank for rank, spot in enumerate(spots)]
        best = spots[costs.index(min(costs))]
        found[place] = best
        boxes.append(best.box)
    return [found[place] for place in range(len(points))]


def _spots(at: Place, width: float) -> Iterator[Spot]:
    """Right, left, above, below, then further away: the first is best where it hides nothing."""
    x, y = at
    for away in (_AWAY, _AWAY + TEXT, _AWAY + 2 * TEXT):
        lift = away - _AWAY
        for down in (0.0, -lift, lift) if lift else (0.0,):
            yield _spot((x + _AWAY, y + 5 + down), "start", width)
            yield _spot((x - _AWAY, y + 5 + down), "end", width)
        yield _spot((x, y - away), "middle", width)
        yield _spot((x, y + away + 11), "middle", width)
        yield _spot((x + 4, y - away), "start", width)
        yield _spot((x - 4, y - away), "end", width)
        yield _spot((x + 4, y + away + 11), "start", width)
        yield _spot((x - 4, y + away + 11), "end", width)


def _spot(at: Place, anchor: Anchor, width: float) -> Spot:
    x, y = at
    left = {"start": x, "end": x - width, "middle": x - width / 2}[anchor]
    return Spot(at, anchor, Box(left, y - TEXT + 2, left + width, y + 4))


def _cost(box: Box, boxes: Sequence[Box], frame: Box) -> float:
    inside = box.overlap(frame)
    whole = (box.right - box.left) * (box.bottom - box.top)
    outside = _OUTSIDE if inside < whole - 1e-6 else 0.0
    return outside + (whole - inside) + 10 * sum(box.overlap(other) for other in boxes)
