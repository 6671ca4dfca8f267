"""Tables in, text for a terminal of any width out; nothing depends on colour."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from harness.reports.notes import WARNING
from harness.reports.table import Column, Row, Table
from harness.reports.wording import one_line

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_GAP = 2
_NARROWEST_NAME = 12
_LONGEST_CELL = 200
_PLAINER = str.maketrans({"–": "-", "·": ".", "≥": ">", "…": "~", "─": "-", "•": "*"})


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
    for block in blocks(table, console.width):
        yield _grid(block, console)
    for note in table.notes:
        style = "bold" if note.startswith(WARNING) else "dim"
        lines = textwrap.wrap(
            one_line(note, _LONGEST_CELL * 5),
            max(console.width, 20),
            initial_indent="• ",
            subsequent_indent="  ",
            break_on_hyphens=False,
        )
        yield Text(_shown("\n".join(lines), console), style=style)


def blocks(table: Table, width: int) -> list[Table]:
    """The table cut into tables that fit side by side into `width`, each with the first column."""
    widths = [_width(table, index) for index in range(len(table.columns))]
    first = min(widths[0], max(_NARROWEST_NAME, width // 4)) if widths else 0
    groups: list[list[int]] = [[]]
    used = first
    for index in range(1, len(widths)):
        if used + _GAP + widths[index] > width and groups[-1]:
            groups.append([])
            used = first
        groups[-1].append(index)
        used += _GAP + widths[index]
    return [_chosen(table, [0, *group]) for group in groups]


def _chosen(table: Table, indices: list[int]) -> Table:
    return Table(
        table.title,
        tuple(table.columns[index] for index in indices),
        tuple(tuple(row[index] for index in indices) for row in table.rows),
    )
