"""A comparison in, what became of every case by arm out, as stacked bars. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from harness.analysis.compared import Compared
from harness.analysis.side import Side
from harness.reports import svg
from harness.reports.figures.axes import BELOW, plain_axis, share_text
from harness.reports.figures.figure import Figure
from harness.reports.figures.layout import EDGE, SMALL, WIDTH, Columns, columns, width_of
from harness.reports.svg import Place
from harness.reports.table import Column, Table
from harness.reports.wording import one_line
from harness.text.wording import counted, listing, percent
from harness.values.score import INFRASTRUCTURE, Outcome

_ROW, _BAR = 40, 26
_APART = 1.5
_LEGEND_STEP = 26
_SWATCH = 22
_DENSE = 6.0
_NOTHING = 1e-9  # thirds and sixths add up to a hair off


class _Kind(msgspec.Struct, frozen=True):
    """A part of a bar. `place` is its colour, `texture` what tells it from others without one."""

    name: str
    place: int
    outcomes: frozenset[Outcome]
    texture: str

    def of(self, side: Side) -> float:
        return sum(side.rate(outcome) for outcome in self.outcomes)


_KINDS = (
    _Kind("correct", 0, frozenset({Outcome.CORRECT}), ""),
    _Kind("wrong", 1, frozenset({Outcome.WRONG}), "rising"),
    _Kind("unparsed", 2, frozenset({Outcome.UNPARSED}), "upright"),
    _Kind("refused", 3, frozenset({Outcome.REFUSED}), "falling"),
    _Kind("truncated", 4, frozenset({Outcome.TRUNCATED}), "lying"),
    _Kind("filtered", 5, frozenset({Outcome.FILTERED}), "crossed"),
    _Kind("errors", 6, INFRASTRUCTURE, "grid"),
)


def outcomes_figure(compared: Compared, *, key: str = "outcomes") -> Figure | None:
    """A bar per side, whole from 0 to 100 %: every case is in exactly one of its parts.

    Parts always come in the same order and keep their colour and texture; one that no side has is
    left out. None without sides or cases.
    """
    sides = [side for side in compared.sides if len(side)]
    if not sides:
        return None
    kinds = [kind for kind in _KINDS if any(kind.of(side) > _NOTHING for side in sides)]
    place = columns((side.name for side in sides), ())
    samples, top = _legend(kinds)
    axis = plain_axis(0.0, 1.0, place.left, WIDTH - EDGE - 14, share_text(graded=False))
    bottom = top + _ROW * len(sides)
    body = [*samples, *axis.below(top, bottom, f"share of {counted(len(sides[0]), 'case')}")]
    for row, side in enumerate(sides):
        body += _bar(side, kinds, place, axis.scale, top + _ROW * row)
    title = "What became of the cases"
    return Figure(
        id=key,
        title=title,
        svg=svg.element(key, (WIDTH, bottom + BELOW), title, _said(sides, kinds), body),
        table=_table(sides, kinds),
        caption="Every case of an arm is in exactly one part; several replies to a case are shares "
        "of it. Errors are failures of a server, a judge or this program.",
    )


def _legend(kinds: Sequence[_Kind]) -> tuple[list[str], float]:
    drawn: list[str] = []
    x, y = float(EDGE), float(EDGE)
    for kind in kinds:
        needed = _SWATCH + 7 + width_of(kind.name, SMALL)
        if x > EDGE and x + needed > WIDTH - EDGE:
            x, y = float(EDGE), y + _LEGEND_STEP
        drawn += _filled(kind, (x, y + 2), _SWATCH, 16)
        drawn.append(svg.text((x + _SWATCH + 7, y + 15), kind.name, "small"))
        x += needed + 18
    return drawn, y + _LEGEND_STEP + 4


def _bar(
    side: Side, kinds: Sequence[_Kind], place: Columns, x: Callable[[float], float], top: float
) -> Iterator[str]:
    yield place.label(top + _ROW / 2 + 5, side.name)
    before = 0.0
    for kind in kinds:
        share = kind.of(side)
        start, end = x(before), x(before + share)
        before += share
        if end - start < _APART:
            continue
        corner = (start, top + (_ROW - _BAR) / 2)
        yield from _filled(kind, corner, end - start - _APART, _BAR)
        yield from _share(kind, share, (start, end - _APART), top + _ROW / 2)


def _share(kind: _Kind, share: float, ends: tuple[float, float], y: float) -> Iterator[str]:
    """The number in a part that is wide enough; on a texture it has a plain field behind it."""
    label = percent(share)
    width = width_of(label, SMALL)
    if width + 6 > ends[1] - ends[0]:
        return
    middle = (ends[0] + ends[1]) / 2
    if kind.texture:
        yield svg.rect((middle - width / 2, y - 9), width, 18, f"outcome-{kind.place}", radius=3)
    yield svg.text((middle, y + 5), label, f"small on-outcome-{kind.place}", "middle")


def _filled(kind: _Kind, corner: Place, width: float, height: float) -> Iterator[str]:
    yield svg.rect(corner, width, height, f"outcome-{kind.place}")
    lines = list(_TEXTURES[kind.texture](corner, width, height))
    if lines:
        yield svg.strokes(lines, "texture")


_Lines = Iterator[tuple[Place, Place]]


def _none(corner: Place, width: float, height: float) -> _Lines:
    del corner, width, height
    yield from ()


def _rising(corner: Place, width: float, height: float) -> _Lines:
    """Diagonals from lower left to upper right, cut at the border."""
    x, y = corner
    shift = _DENSE
    while shift < width + height:
        start = (x + max(0.0, shift - height), y + min(height, shift))
        end = (x + min(width, shift), y + max(0.0, shift - width))
        yield start, end
        shift += _DENSE * 1.5


def _falling(corner: Place, width: float, height: float) -> _Lines:
    _, y = corner
    for (x1, y1), (x2, y2) in _rising(corner, width, height):
        yield (x1, 2 * y + height - y1), (x2, 2 * y + height - y2)


def _upright(corner: Place, width: float, height: float) -> _Lines:
    x, y = corner
    for step in range(1, int(width / _DENSE) + 1):
        at = x + step * _DENSE
        yield (at, y), (at, y + height)


def _lying(corner: Place, width: float, height: float) -> _Lines:
    x, y = corner
    for step in range(1, int(height / _DENSE) + 1):
        at = y + step * _DENSE
        yield (x, at), (x + width, at)


def _crossed(corner: Place, width: float, height: float) -> _Lines:
    yield from _rising(corner, width, height)
    yield from _falling(corner, width, height)


def _grid(corner: Place, width: float, height: float) -> _Lines:
    yield from _upright(corner, width, height)
    yield from _lying(corner, width, height)


_TEXTURES: dict[str, Callable[[Place, float, float], _Lines]] = {
    "": _none,
    "rising": _rising,
    "falling": _falling,
    "upright": _upright,
    "lying": _lying,
    "crossed": _crossed,
    "grid": _grid,
}


def _said(sides: Sequence[Side], kinds: Sequence[_Kind]) -> str:
    each = []
    for side in sides:
        shares = [
            f"{percent(kind.of(side))} {kind.name}" for kind in kinds if kind.of(side) > _NOTHING
        ]
        each.append(f"{one_line(side.name)}: {listing(shares)}")
    return f"Shares of {counted(len(sides[0]), 'case')}. {'; '.join(each)}."


def _table(sides: Sequence[Side], kinds: Sequence[_Kind]) -> Table:
    rows = tuple(
        (one_line(side.name), f"{len(side):,}", *(percent(kind.of(side)) for kind in kinds))
        for side in sides
    )
    heads = ("cases", *(kind.name for kind in kinds))
    absent = [kind.name for kind in _KINDS if kind not in kinds]
    notes = (f"No case of any arm was {listing(absent, 'or')}.",) if absent else ()
    return Table("Outcomes", (Column("arm", "left"), *map(Column, heads)), rows, notes)
