"""The columns of some arms in, what each takes for what out, as matrices side by side. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from harness.analysis.columns import ArmColumns
from harness.reports import svg
from harness.reports.detail import WIDEST_MATRIX
from harness.reports.figures.figure import Figure
from harness.reports.figures.layout import EDGE, SMALL, WIDTH, cut, width_of
from harness.reports.figures.palette import HEAT_LEVELS
from harness.reports.labels import Pairs, answered_labels, confusions, expected_labels
from harness.reports.svg import Place
from harness.reports.table import Column, Row, Table
from harness.reports.wording import natural_key, one_line
from harness.text.wording import counted, percent

NO_ANSWER = "none"
_LEAST_CELL, _LARGEST_CELL, _ROW = 34.0, 46.0, 30.0
_LONGEST_LABEL = 110.0
_BETWEEN = 26.0
_LINE = 22.0
_TITLE = 40.0
_SIDE = 20.0  # for the word beside the rows
_MOST_ABREAST = 2


class _Matrix(msgspec.Struct, frozen=True):
    """One arm: `pairs` counts replies by (expected, answered)."""

    name: str
    pairs: Pairs

    def row(self, expected: str) -> int:
        return sum(count for (label, _), count in self.pairs.items() if label == expected)


class _Grid(msgspec.Struct, frozen=True):
    """What all matrices share: their labels, and how large everything is."""

    expected: tuple[str, ...]
    answers: tuple[str | None, ...]
    cell: float
    label: float
    head: float

    @property
    def width(self) -> float:
        return self.label + self.cell * len(self.answers)

    @property
    def height(self) -> float:
        return _TITLE + self.head + _ROW * len(self.expected)


def confusion_figure(
    columns_by_arm: Mapping[str, ArmColumns], *, key: str = "confusions"
) -> Figure | None:
    """A matrix per arm: rows are expected labels, columns what was answered, the last one nothing.

    Colours are shares of the row, numbers are replies. None where there are no labels, or more
    than a picture can hold: `detail.confusion_table` then lists the largest confusions.
    """
    found = ((name, confusions(columns)) for name, columns in columns_by_arm.items())
    matrices = [_Matrix(name, pairs) for name, pairs in found if pairs]
    together = {pair for matrix in matrices for pair in matrix.pairs}
    answers = answered_labels(dict.fromkeys(together, 1))
    if not matrices or len(answers) > WIDEST_MATRIX:
        return None
    grid = _grid(expected_labels(dict.fromkeys(together, 1)), answers)
    abreast = min(_MOST_ABREAST, len(matrices))
    if grid.width * abreast + _BETWEEN * (abreast - 1) > WIDTH - 2 * EDGE:
        abreast = 1
    across = (WIDTH - 2 * EDGE + _BETWEEN) / _MOST_ABREAST if abreast > 1 else 0.0
    body: list[str] = []
    for number, matrix in enumerate(matrices):
        column, line = number % abreast, number // abreast
        corner = (EDGE + column * across, EDGE + line * (grid.height + _BETWEEN))
        body += _matrix(matrix, grid, corner)
    lines = -(-len(matrices) // abreast)
    height = EDGE + lines * (grid.height + _BETWEEN) - _BETWEEN + EDGE
    title = "What is taken for what"
    return Figure(
        id=key,
        title=title,
        svg=svg.element(key, (WIDTH, height), title, _said(matrices), body),
        table=_table(matrices, grid),
        caption="Rows: what was expected; columns: what was answered; numbers: replies. The "
        f"stronger a colour, the larger the share of its row; '{NO_ANSWER}' holds all without a "
        "readable label.",
    )


def _grid(expected: Sequence[str], answers: Sequence[str]) -> _Grid:
    texts = [*map(one_line, answers), NO_ANSWER]
    longest = max(width_of(text, SMALL) for text in map(one_line, expected))
    label = _SIDE + min(_LONGEST_LABEL, longest) + 8
    room = (WIDTH - 2 * EDGE - label) / (len(answers) + 1)
    abreast = ((WIDTH - 2 * EDGE - _BETWEEN) / 2 - label) / (len(answers) + 1)
    cell = min(_LARGEST_CELL, abreast if abreast >= _LEAST_CELL else room)
    widest = max(width_of(text, SMALL) for text in texts)
    # Long headings stand upright.
    head = _LINE if widest <= cell + 6 else min(_LONGEST_LABEL, widest) + 10
    return _Grid(tuple(expected), (*answers, None), cell, label, head)


def _matrix(matrix: _Matrix, grid: _Grid, corner: Place) -> Iterator[str]:
    x, y = corner
    name = cut(matrix.name, max(grid.width, 200.0))
    yield svg.text((x, y + 15), name, "strong")
    across = grid.cell * len(grid.answers)
    top = y + _TITLE + grid.head
    yield svg.text((x + grid.label + across / 2, y + 38), "answered", "small quiet", "middle")
    side = (x + 11, top + _ROW * len(grid.expected) / 2)
    yield svg.turned(side, -90, svg.text(side, "expected", "small quiet", "middle"))
    for column, answer in enumerate(grid.answers):
        middle = x + grid.label + grid.cell * (column + 0.5)
        yield _heading(grid, answer, (middle, top - 8))
    for row, expected in enumerate(grid.expected):
        at = (x, top + _ROW * row)
        shown = cut(expected, grid.label - _SIDE - 8, SMALL)
        yield svg.text((x + grid.label - 8, at[1] + 19), shown, "small", "end")
        yield from _cells(matrix, grid, expected, at)


def _heading(grid: _Grid, answer: str | None, at: Place) -> str:
    style = "small quiet" if answer is None else "small"
    label = NO_ANSWER if answer is None else answer
    if grid.head == _LINE:
        return svg.text(at, label, style, "middle")
    x, y = at
    shown = cut(label, grid.head, SMALL)
    return svg.turned((x + 5, y + 2), -90, svg.text((x + 5, y + 2), shown, style))


def _cells(matrix: _Matrix, grid: _Grid, expected: str, at: Place) -> Iterator[str]:
    total = matrix.row(expected)
    for column, answer in enumerate(grid.answers):
        count = matrix.pairs.get((expected, answer), 0)
        level = heat(count / total) if total else 0
        x, y = at[0] + grid.label + grid.cell * column, at[1]
        yield svg.rect((x, y), grid.cell - 2, _ROW - 2, f"heat-{level}", radius=2)
        if count:
            middle = (x + grid.cell / 2 - 1, y + 19)
            yield svg.text(middle, f"{count:,}", f"small on-heat-{level}", "middle")


def heat(share: float) -> int:
    """The level of a share of a row: 0 for nothing, then steps of a fifth."""
    if share <= 0:
        return 0
    return min(HEAT_LEVELS - 1, 1 + int(share * (HEAT_LEVELS - 1)))


def _said(matrices: Sequence[_Matrix]) -> str:
    return " ".join(map(_sentence, matrices))


def _sentence(matrix: _Matrix) -> str:
    right = sum(count for (label, answer), count in matrix.pairs.items() if label == answer)
    total = sum(matrix.pairs.values())
    wrong = [(pair, count) for pair, count in matrix.pairs.items() if pair[0] != pair[1]]
    said = f"{one_line(matrix.name)}: {percent(right / total)} of {counted(total, 'reply')} right"
    if not wrong:
        return f"{said}."
    wrong.sort(key=lambda item: (-item[1], natural_key(item[0][0]), item[0][1] or ""))
    (label, answer), count = wrong[0]
    taken = "without an answer" if answer is None else f"taken for {one_line(answer)}"
    return f"{said}; most often {one_line(label)} is {taken}, {counted(count, 'time')}."


def _table(matrices: Sequence[_Matrix], grid: _Grid) -> Table:
    heads = (NO_ANSWER if answer is None else one_line(answer) for answer in grid.answers)
    columns = (Column("arm", "left"), Column("expected", "left"), *map(Column, heads))
    rows: list[Row] = [
        (
            one_line(matrix.name),
            one_line(expected),
            *(f"{matrix.pairs.get((expected, answer), 0):,}" for answer in grid.answers),
        )
        for matrix in matrices
        for expected in grid.expected
    ]
    return Table("Confusions", columns, tuple(rows))
