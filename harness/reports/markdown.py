"""Tables in, GitHub Markdown out, in which every foreign text is inert; a run in, its page out.

The same replies make the same page on every machine and day: nothing in it comes from a clock, a
commit or a path, so that CI can make it again from the fixtures and fail when it differs. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from harness.analysis.columns import ArmColumns
from harness.reports.detail import confusion_table, label_table, slice_table
from harness.reports.notes import WARNING
from harness.reports.standing import gap_of
from harness.reports.table import Table, accuracy_table, spend_table
from harness.reports.training import training_table
from harness.reports.wording import one_line
from harness.text.wording import counted, listing
from harness.values.run import RunInfo

_LONGEST_CELL = 200
_LONGEST_NOTE = 1000
_LONGEST_ABOUT = 2000
_SHORT_DIGEST = 12
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;"})
_ACTIVE = re.compile(r"([\\`*\[\]~$#])")
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_LINK = re.compile(r"(?i)(https?|ftp|mailto|xmpp)(:)|(www)(\.)")
_BLOCK = re.compile(r"^([0-9]*)([.)+=-])(?=[\s=-]|$)")


def suite_page(
    info: RunInfo,
    arms: Mapping[str, ArmColumns],
    *,
    about: str = "",
    more: Sequence[Table] = (),
) -> str:
    """Title, what it is, and every table with its notes.

    `about` is the suite's description; the tables `more` come last.
    """
    parts = [f"# {inert(info.title)}\n", *_introduction(info, about)]
    for table in (*page_tables(info, arms), *more):
        parts.append(f"## {inert(table.title)}\n")
        parts.append(table_markdown(table))
    return "\n".join(parts)


def page_tables(info: RunInfo, arms: Mapping[str, ArmColumns]) -> Iterator[Table]:
    """All tables of a run, the most important first; details only of arms that are complete."""
    yield accuracy_table(info, arms)
    yield spend_table(info, arms)
    trained = training_table(info)
    if trained is not None:
        yield trained
    by_slice = slice_table(info, arms)
    if by_slice is not None:
        yield by_slice
    for name, arm in info.arms.items():
        if name in arms and not gap_of(info, arm, len(arms[name])):
            for detail in (label_table(name, arms[name]), confusion_table(name, arms[name])):
                if detail is not None:
                    yield detail


def _introduction(info: RunInfo, about: str) -> Iterator[str]:
    if about:
        yield f"{inert(about, _LONGEST_ABOUT)}\n"
    primary, *others = (
        f"`{_code(name)}` (version {number})" for name, number in info.scorers.items()
    )
    also = f", beside it {listing(others)}" if others else ""
    yield (
        f"All arms are asked the same {counted(info.cases, 'case')} of the {info.split} split and "
        f"judged by the scorer {primary}{also}. Shares are of all cases: a reply that could not be "
        "read, or never came, is not correct.\n"
    )
    yield (
        f"Cases `{info.inputs_digest[:_SHORT_DIGEST]}`, expected values "
        f"`{info.expected_digest[:_SHORT_DIGEST]}`. This page is made by "
        f"`harness report {_code(info.suite)}`; edits to it are lost.\n"
    )


def _code(name: str) -> str:
    """A name within backticks."""
    return name.replace("`", "'").replace("\n", " ")


def inert(text: str, limit: int = _LONGEST_CELL) -> str:
    """A text that Markdown shows as it stands: no markup, HTML, link, cell border or new line.

    An underscore within a word is inert by itself, so that the names of arms stay readable.
    """
    safe = _ACTIVE.sub(r"\\\1", one_line(text, limit)).translate(_ENTITIES)
    safe = _UNDERSCORE.sub(r"\\_", safe)
    safe = _LINK.sub(lambda found: _without_link(*found.groups("")), safe)
    return _BLOCK.sub(r"\1\\\2", safe)


def _without_link(scheme: str, colon: str, www: str, dot: str) -> str:
    """GitHub links bare addresses; an entity in the middle of one keeps it text."""
    return f"{scheme}{www}&#{ord(colon or dot)};"


def table_markdown(table: Table) -> str:
    """The table and its notes, without the title; cells are aligned in the source as well."""
    cells = [[inert(column.name) for column in table.columns]]
    cells += [[inert(cell) for cell in row] for row in table.rows]
    widths = [max(3, *(len(row[index]) for row in cells)) for index in range(len(table.columns))]
    rights = [column.align == "right" for column in table.columns]
    rule = [
        "-" * (width - 1) + ":" if right else "-" * width
        for width, right in zip(widths, rights, strict=True)
    ]
    head, *body = (
        [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, rights, strict=True)
        ]
        for row in cells
    )
    lines = [f"| {' | '.join(row)} |" for row in (head, rule, *body)]
    return "\n".join(lines) + "\n" + notes_markdown(table.notes)


def notes_markdown(notes: tuple[str, ...]) -> str:
    """A list of notes with the warnings in bold; empty without notes."""
    if not notes:
        return ""
    return "\n" + "".join(f"- {_note(note)}\n" for note in notes)


def _note(note: str) -> str:
    if note.startswith(WARNING):
        return f"**{WARNING.strip()}** {inert(note.removeprefix(WARNING), _LONGEST_NOTE)}"
    return inert(note, _LONGEST_NOTE)
