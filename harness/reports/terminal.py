"""Tables in, text for a terminal of any width out; nothing depends on colour."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from harness.reports.notes import WARNING
from harness.reports.table import Column, Row, Table
from harness.reports.wording import one_line
from harness.text.wording import NOTHING

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

GAP = 2
_NARROWEST_TEXT = 16
_LONGEST_CELL = 200
_LONGEST_NOTE = 1000
_PLAINER = str.maketrans({NOTHING: "-", "·": ".", "≥": ">", "…": "~", "•": "*"})


def print_tables(console: Console, heading: str, tables: Iterable[Table]) -> None:
    """Print a heading and the tables one after the other, each with its notes."""
    from rich.text import Text

    console.print(Text(_shown(heading, console), style="bold"))
    for table in tables:
        console.print()
        for part in renderables(table, console):
            console.print(part)


def renderables(table: Table, console: Console) -> Iterator[RenderableType]:
    """The title, the table (in several blocks where it is too wide) and the notes."""
    from rich.text import Text

    yield Text(_shown(table.title, console), style="bold")
    for number, block in enumerate(blocks(_cleaned(table), console.width)):
        if number:
            yield ""
        yield _grid(block, console)
    for note in table.notes:
        style = "bold" if note.startswith(WARNING) else "dim"
        yield Text(_shown(_note_lines(note, console.width), console), style=style)


def _cleaned(table: Table) -> Table:
    """The table with foreign texts made harmless, before anything is measured."""
    rows = (tuple(one_line(cell, _LONGEST_CELL) for cell in row) for row in table.rows)
    columns = (Column(one_line(column.name), column.align) for column in table.columns)
    return Table(table.title, tuple(columns), tuple(rows))


def blocks(table: Table, width: int) -> list[Table]:
    """The table, cut between columns where it is wider than `width` characters.

    Every block repeats the first column. Texts can be folded and need little; numbers cannot.
    """
    needed = [_needed(table, index) for index in range(len(table.columns))]
    groups: list[list[int]] = [[0]]
    used = needed[0]
    for index in range(1, len(needed)):
        if used + GAP + needed[index] > width and len(groups[-1]) > 1:
            groups.append([0])
            used = needed[0]
        groups[-1].append(index)
        used += GAP + needed[index]
    return [_chosen(table, group) for group in groups]


def _natural(table: Table, index: int) -> int:
    """The width of a column's longest cell, or of the longest word of its heading."""
    from rich.cells import cell_len

    texts = [*table.columns[index].name.split(), *(row[index] for row in table.rows)]
    return max(map(cell_len, texts), default=0)


def _needed(table: Table, index: int) -> int:
    natural = _natural(table, index)
    return min(natural, _NARROWEST_TEXT) if table.columns[index].align == "left" else natural


def _chosen(table: Table, indices: list[int]) -> Table:
    def pick(row: Row) -> Row:
        return tuple(row[index] for index in indices)

    columns = tuple(table.columns[index] for index in indices)
    return Table(table.title, columns, tuple(map(pick, table.rows)))


def _widths(table: Table, width: int) -> list[int]:
    """What each column needs, and for texts, from left to right, what the line has to spare."""
    indices = range(len(table.columns))
    widths = [_needed(table, index) for index in indices]
    spare = max(0, width - sum(widths) - GAP * (len(widths) - 1))
    for index in indices:
        more = min(spare, _natural(table, index) - widths[index])
        widths[index] += more
        spare -= more
    return widths


def _grid(table: Table, console: Console) -> RenderableType:
    from rich import box
    from rich.table import Table as Grid
    from rich.text import Text

    # The box draws one blank between columns, the padding the rest of the gap.
    grid = Grid(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, GAP - 1, 0, 0),
        header_style="",
        show_edge=False,
    )
    widths = _widths(table, console.width)
    for column, width in zip(table.columns, widths, strict=True):
        heading = Text(_shown(_folded(column.name, width), console))
        grid.add_column(heading, justify=column.align, width=width, overflow="fold")
    for row in table.rows:
        folded = (_folded(cell, width) for cell, width in zip(row, widths, strict=True))
        grid.add_row(*(Text(_shown(cell, console)) for cell in folded))
    return grid


def _folded(text: str, width: int) -> str:
    """A text over several lines of at most `width`, cut after blanks and underscores."""
    lines = [""]
    for piece in re.findall(r"[^_ ]*[_ ]|[^_ ]+", text):
        if lines[-1] and len(lines[-1]) + len(piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return "\n".join(line.rstrip() for line in lines)


def _note_lines(note: str, width: int) -> str:
    lines = textwrap.wrap(
        one_line(note, _LONGEST_NOTE),
        max(width, _NARROWEST_TEXT),
        initial_indent="• ",
        subsequent_indent="  ",
        break_on_hyphens=False,
    )
    return "\n".join(lines)


def _shown(text: str, console: Console) -> str:
    """The text in what the terminal can encode; nothing is lost on any modern one."""
    encoding = console.encoding
    if encoding.lower().replace("-", "") == "utf8":
        return text
    return text.translate(_PLAINER).encode(encoding, "replace").decode(encoding)
