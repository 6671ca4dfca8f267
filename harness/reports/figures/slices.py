"""A comparison in, what each arm reached on each tag value out, as a picture. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from harness.analysis.compared import Compared
from harness.analysis.interval import Interval
from harness.analysis.side import Side
from harness.reports import svg
from harness.reports.compare.page import side_interval
from harness.reports.figures.axes import BELOW, Axis, share_axis
from harness.reports.figures.figure import Figure
from harness.reports.figures.layout import EDGE, WIDTH, Columns, Entry, columns, legend
from harness.reports.figures.looks import Look, looks
from harness.reports.figures.whiskers import lying
from harness.reports.table import Column, Row, Table
from harness.reports.wording import interval, natural_key, one_line
from harness.text.wording import counted, listing, mean

MOST_VALUES = 40  # of a tag, those with the most cases
_LONGEST_LABEL = 230
_PADDING = 10
_LEAST_ROW = 40
_HEADING = 30
_CLOSE, _WIDE = 9, 13  # between two arms of a slice, where there are many of them and few


class _Part(msgspec.Struct, frozen=True):
    """One tag value: its cases, and the mean and interval of each side on them."""

    tag: str
    value: str
    cases: int
    means: tuple[float, ...]
    ends: tuple[Interval | None, ...]


def slices_figure(compared: Compared, *, key: str = "slices") -> Figure | None:
    """A row per tag value, and in it a mark with its 95% interval per side; None without tags.

    Of a tag with more than MOST_VALUES values those with the most cases are shown.
    """
    sides = compared.sides
    parts, hidden = _parts(sides)
    if not parts:
        return None
    labels = (text for part in parts for text in (part.tag, part.value, _count(part)))
    place = columns(labels, (), most=_LONGEST_LABEL)
    names = [side.name for side in sides]
    styles = looks(names)
    samples, top = legend([Entry(name, styles[name]) for name in names], EDGE)
    drawn = [value for part in parts for value in part.means]
    drawn += [end for part in parts for one in part.ends if one for end in (one.low, one.high)]
    axis = share_axis(drawn, place.left, place.right, graded=compared.graded)
    rows, bottom = _rows(parts, place, axis, [styles[name] for name in names], top)
    noun = "score" if compared.graded else "accuracy"
    body = [*samples, *_stripes(parts, len(sides), top)]
    body += [*axis.below(top, bottom, f"{noun} with 95% interval"), *rows]
    title = f"{noun.capitalize()} by slice"
    caption = "Slices are for exploring: among many of them some differ by chance alone."
    if hidden:
        caption += f" Not shown: {counted(hidden, 'smaller slice')}."
    return Figure(
        id=key,
        title=title,
        svg=svg.element(key, (WIDTH, bottom + BELOW), title, _said(compared, parts), body),
        table=_table(compared, parts),
        caption=caption,
    )


def _parts(sides: Sequence[Side]) -> tuple[list[_Part], int]:
    """The slices in natural order, and how many are left out."""
    tagged = next((side for side in sides if any(side.tags)), None)
    places: dict[tuple[str, str], list[int]] = {}
    for place, tags in enumerate(() if tagged is None else tagged.tags):
        for pair in tags.items():
            places.setdefault(pair, []).append(place)
    chosen = _largest(places)
    parts = []
    for tag, value in chosen:
        some = [side.chosen(places[tag, value]) for side in sides]
        means = tuple(side.mean for side in some)
        ends = tuple(side_interval(side) for side in some)
        parts.append(_Part(tag, value, len(places[tag, value]), means, ends))
    return parts, len(places) - len(chosen)


def _largest(places: dict[tuple[str, str], list[int]]) -> list[tuple[str, str]]:
    def order(pair: tuple[str, str]) -> tuple[Any, Any]:
        return natural_key(pair[0]), natural_key(pair[1])

    by_tag: dict[str, list[tuple[str, str]]] = {}
    for pair in sorted(places, key=lambda pair: (-len(places[pair]), order(pair))):
        by_tag.setdefault(pair[0], []).append(pair)
    return sorted((pair for pairs in by_tag.values() for pair in pairs[:MOST_VALUES]), key=order)


def _height(arms: int) -> float:
    return max(_LEAST_ROW, _step(arms) * (arms - 1) + 2 * _PADDING + 4)


def _step(arms: int) -> float:
    return _WIDE if arms <= 3 else _CLOSE  # noqa: PLR2004 - more would make tall pages


def _tops(parts: Sequence[_Part], arms: int, top: float) -> Iterator[tuple[_Part, float, bool]]:
    """Each part, where its row begins, and whether its tag is new."""
    before = None
    for part in parts:
        new = part.tag != before
        top += _HEADING if new else 0
        yield part, top, new
        top, before = top + _height(arms), part.tag


def _stripes(parts: Sequence[_Part], arms: int, top: float) -> Iterator[str]:
    for number, (_, y, _) in enumerate(_tops(parts, arms, top)):
        if number % 2 == 0:
            yield svg.rect((0, y), WIDTH, _height(arms), "stripe")


def _rows(
    parts: Sequence[_Part], place: Columns, axis: Axis, styles: Sequence[Look], top: float
) -> tuple[list[str], float]:
    arms = len(styles)
    height, step = _height(arms), _step(arms)
    radius = 5.0 if step == _WIDE else 4.0
    drawn: list[str] = []
    bottom = top
    for part, y, new in _tops(parts, arms, top):
        if new:
            drawn.append(place.label(y - 9, part.tag, "strong"))
        middle = y + height / 2
        drawn.append(place.label(middle - 2, part.value))
        drawn.append(place.label(middle + 14, _count(part), "small quiet"))
        first = middle - step * (arms - 1) / 2
        drawn += [
            lying(axis.scale, first + step * row, value, ends, look, radius=radius)
            for row, (value, ends, look) in enumerate(
                zip(part.means, part.ends, styles, strict=True)
            )
        ]
        bottom = y + height
    return drawn, bottom


def _count(part: _Part) -> str:
    return f"n = {part.cases:,}"


def _said(compared: Compared, parts: Sequence[_Part]) -> str:
    names = [one_line(side.name) for side in compared.sides]
    each = []
    for part in parts:
        best = max(part.means)
        first = [name for name, value in zip(names, part.means, strict=True) if value == best]
        leader = "all arms alike" if len(first) == len(names) > 1 else listing(first)
        value = mean(best, graded=compared.graded)
        each.append(f"{one_line(part.tag)} {one_line(part.value)}: {leader} with {value}")
    return f"Highest in each slice: {'; '.join(each)}."


def _table(compared: Compared, parts: Sequence[_Part]) -> Table:
    graded = compared.graded
    heads = ("cases", "score" if graded else "accuracy", "95% interval")
    columns_ = (*(Column(name, "left") for name in ("tag", "value", "arm")), *map(Column, heads))
    rows: list[Row] = [
        (
            one_line(part.tag),
            one_line(part.value),
            one_line(side.name),
            f"{part.cases:,}",
            mean(part.means[place], graded=graded),
            interval(part.ends[place], graded=graded),
        )
        for part in parts
        for place, side in enumerate(compared.sides)
    ]
    return Table(f"{heads[1].capitalize()} by slice", columns_, tuple(rows))
