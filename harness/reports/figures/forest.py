"""Paired differences in, a forest plot out: intervals around zero, one row each. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from harness.analysis.resample import Range
from harness.reports import svg
from harness.reports.compare.words import points, points_span
from harness.reports.figures.axes import BELOW, Axis, change_axis
from harness.reports.figures.layout import EDGE, GAP, SMALL, WIDTH, Columns, columns, cut, width_of
from harness.reports.figures.looks import Look
from harness.reports.figures.whiskers import lying
from harness.reports.svg import Place
from harness.reports.wording import one_line

_LINE = 26
_ROW = 44
_HEADING = 30
_LEAST_NAME = 60  # less holds no name that anybody would know


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """One row: `estimate` with its interval, and `wider`, which holds for all rows together.

    `about` is a second, quieter line under the label. Without an estimate `words` stand in its
    place. `heading` stands above the row, where a new kind of rows begins.
    """

    heading: str = ""
    label: str
    look: Look
    about: str = ""
    estimate: float | None
    interval: Range | None = None
    wider: Range | None = None
    words: str = ""


class Forest(msgspec.Struct, frozen=True, kw_only=True):
    """Rows on one scale; positive differences speak for `right`, negative ones for `left`.

    `margin` m >= 0 draws the bar -m that a candidate must not fall below.
    """

    branches: tuple[Branch, ...]
    graded: bool
    left: str
    right: str
    unit: str
    margin: float | None = None


def forest_body(forest: Forest) -> tuple[list[str], Place]:
    """The elements, and the size of the picture."""
    graded = forest.graded
    numbers = [points(one.estimate, graded=graded) for one in forest.branches]
    ends = [points_span(one.interval, graded=graded) for one in forest.branches]
    labels = (text for one in forest.branches for text in (one.heading, one.label, one.about))
    place = columns(labels, (*numbers, *ends))
    drawn = list(_values(forest))
    axis = change_axis(drawn, place.left, place.right, graded=graded)
    top = EDGE + _LINE * (1 if forest.margin is None else 2)
    headings = sum(bool(one.heading) for one in forest.branches)
    bottom = top + _ROW * len(forest.branches) + _HEADING * headings
    body = [*axis.below(top, bottom, forest.unit), *_sides(forest, axis)]
    zero = axis.scale(0.0)
    body.append(svg.line((zero, top - 4), (zero, bottom), "zero"))
    body += _margin(forest, axis, (top, bottom))
    y = top
    for number, one in enumerate(forest.branches):
        if one.heading:
            body.append(place.label(y + _HEADING - 8, one.heading, "strong"))
            y += _HEADING
        body += _branch(one, place, axis, y + _ROW / 2)
        if one.estimate is not None:
            body.append(place.number(y + _ROW / 2 - 3, numbers[number], "strong"))
            body.append(place.number(y + _ROW / 2 + 14, ends[number], "small quiet"))
        y += _ROW
    return body, (WIDTH, bottom + BELOW)


def _values(forest: Forest) -> Iterator[float]:
    for one in forest.branches:
        if one.estimate is not None:
            yield one.estimate
        for ends in (one.interval, one.wider):
            if ends is not None:
                yield from (ends.low, ends.high)
    if forest.margin is not None:
        yield -forest.margin


def _sides(forest: Forest, axis: Axis) -> Iterator[str]:
    """Which way is better for whom, left and right of zero."""
    zero, y = axis.scale(0.0), EDGE + 12
    left = _direction(forest.left, zero - GAP - EDGE)
    right = _direction(forest.right, WIDTH - EDGE - zero - GAP)
    if left:
        yield svg.text((zero - GAP, y), f"← {left}", "small quiet", "end")
    if right:
        yield svg.text((zero + GAP, y), f"{right} →", "small quiet")


def _direction(name: str, room: float) -> str:
    """A name with 'better', without it where there is no room, or cut; nothing in a corner."""
    said = f"{one_line(name)} better"
    room -= width_of("→ ", SMALL)
    if width_of(said, SMALL) <= room:
        return said
    return cut(name, room, SMALL) if room >= _LEAST_NAME else ""


def _margin(forest: Forest, axis: Axis, ends: tuple[float, float]) -> Iterator[str]:
    if forest.margin is None:
        return
    x, (top, bottom) = axis.scale(-forest.margin), ends
    yield svg.line((x, top - 4), (x, bottom), "zero dashed")
    label = f"margin {points(-forest.margin, graded=forest.graded)}"
    yield svg.text((x + 6, top - 10), label, "small halo", "end" if x > WIDTH / 2 else "start")


def _branch(one: Branch, place: Columns, axis: Axis, y: float) -> Iterator[str]:
    yield place.label(y - 3 if one.about else y + 5, one.label)
    if one.about:
        yield place.label(y + 14, one.about, "small quiet")
    if one.estimate is None:
        yield svg.text((place.left, y + 5), one.words, "small quiet halo")
        return
    if one.wider is not None:
        low, high = axis.scale(one.wider.low), axis.scale(one.wider.high)
        yield one.look.drawn([svg.line((low, y), (high, y), "thin")])
    yield lying(axis.scale, y, one.estimate, one.interval, one.look)
