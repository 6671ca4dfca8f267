"""Rows of training files: a location in, rows and findings of broken ones out, streamed; and back.

JSON Lines, JSON, CSV, TSV, XLSX and Parquet. Unlike in `harness.store.rows`, a broken line is not
the end: it is a finding, and reading goes on behind it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

import msgspec

from harness.errors import DataError, Problem
from harness.store.json_list import json_items
from harness.store.rows import (
    DELIMITERS,
    LINE_ERRORS,
    MAX_LINE,
    double_column,
    is_url,
    open_binary,
    read_rows,
    refuse_deep,
    suffix_of,
    unreadable,
)
from harness.store.written_rows import write_training_rows
from harness.text.secrets import scrub
from harness.values.finding import Finding

__all__ = ["TrainingRow", "read_training_rows", "write_training_rows"]

MAX_FILE = 512 * 1024 * 1024
BOM = b"\xef\xbb\xbf"
UNREADABLE = "unreadable-row"
WRONG_ENCODING = "wrong-encoding"
_IN_MEMORY = (".json", ".xlsx")
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
_SKIPPED_AT_ONCE = 1024 * 1024
_SAMPLE = 200  # characters of a broken line
_LOOKED_AT = 600  # bytes, so that no secret is cut into something unrecognisable


class TrainingRow(NamedTuple):
    """One row, or what is wrong with it; line 0 is the file as a whole."""

    line: int
    row: dict[str, Any] | None
    finding: Finding | None


def read_training_rows(location: str) -> Iterator[TrainingRow]:
    """Rows of a path or fsspec URL, with their line from 1 (in a list or sheet: their number).

    Findings: `unreadable-row`, `not-an-object`, `wrong-encoding`, `duplicate-column`, `no-rows`,
    and `file-too-large` from 512 MB on, which is the limit of OpenAI and Azure; such a file is
    still streamed where its kind can be. JSON Lines need the memory of one row.

    Raises:
        DataError: the file cannot be opened, or is of an unknown kind.
        MissingExtraError: the format's package is not installed.
    """
    suffix = suffix_of(location)
    read = _READERS.get(suffix, _other_rows)
    large = _too_large(location, suffix)
    if large is not None:
        yield large
        if suffix in _IN_MEMORY:
            return
    empty = True
    for row in read(location):
        empty = False
        yield row
    if empty:
        yield _whole(location, "no-rows", "the file has no rows", "write one row a line")


def _too_large(location: str, suffix: str) -> TrainingRow | None:
    if is_url(location) or not Path(location).is_file():
        return None
    size = Path(location).stat().st_size
    if size < MAX_FILE:
        return None
    remedy = "take fewer rows, or split the file"
    if suffix in _IN_MEMORY:
        remedy += "; to read it here, write it as JSON lines (.jsonl)"
    message = f"the file has {size:,} bytes; OpenAI and Azure take less than {MAX_FILE:,}"
    return _whole(location, "file-too-large", message, remedy)


def _whole(location: str, rule: str, message: str, remedy: str) -> TrainingRow:
    finding = Finding(rule=rule, severity="error", file=location, message=message, remedy=remedy)
    return TrainingRow(0, None, finding)


def _broken(
    location: str, line: int, message: str, rule: str = UNREADABLE, sample: bytes = b""
) -> TrainingRow:
    finding = Finding(
        rule=rule,
        severity="error",
        file=location,
        line=line,
        message=message,
        sample=scrub(sample.decode("utf-8", "replace").strip())[:_SAMPLE],
        remedy="save the file as UTF-8" if rule == WRONG_ENCODING else "",
    )
    return TrainingRow(line, None, finding)


def _from_problem(problem: Problem) -> TrainingRow:
    finding = Finding(
        rule=UNREADABLE,
        severity="error",
        file=problem.file,
        line=problem.line,
        message=problem.message,
        remedy=problem.hint,
    )
    return TrainingRow(problem.line, None, finding)


def _wide(location: str, start: bytes) -> TrainingRow | None:
    """The finding of a file in UTF-16, by its first bytes."""
    if not start.startswith(_WIDE_BOMS):
        return None
    remedy = "save it as UTF-8"
    return _whole(location, "wrong-encoding", "the file is UTF-16, not UTF-8", remedy)


def _jsonl_rows(location: str) -> Iterator[TrainingRow]:
    with open_binary(location) as file:
        for line, text, size in _lines(file):
            if line == 1 and (wide := _wide(location, text)):
                yield wide
                return
            if size > MAX_LINE:
                message = f"the line has {size:,} bytes; a row may have {MAX_LINE:,}"
                yield _broken(location, line, message)
            elif text.strip():
                yield _decoded(location, line, text)


def _lines(file: IO[bytes]) -> Iterator[tuple[int, bytes, int]]:
    """Lines with number and size; of one that is too long only the beginning is kept."""
    line = 0
    while text := file.readline(MAX_LINE + 1):
        line += 1
        size = len(text)
        if size > MAX_LINE and not text.endswith(b"\n"):
            size += _skip_line(file)
        yield line, text.removeprefix(BOM) if line == 1 else text, size


def _skip_line(file: IO[bytes]) -> int:
    """Read to the end of a line; how many bytes that were."""
    skipped = 0
    while piece := file.readline(_SKIPPED_AT_ONCE):
        skipped += len(piece)
        if piece.endswith(b"\n"):
            break
    return skipped


_decode_object = msgspec.json.Decoder(dict[str, Any]).decode


def _decoded(location: str, line: int, text: bytes | msgspec.Raw) -> TrainingRow:
    try:
        row = _decode_object(text)
        refuse_deep(bytes(text), row)
    except msgspec.ValidationError:
        sample = bytes(text)[:_LOOKED_AT]
        return _broken(location, line, "the row is no JSON object", "not-an-object", sample)
    except UnicodeDecodeError:
        sample = bytes(text)[:_LOOKED_AT]
        return _broken(location, line, "the line is not UTF-8", WRONG_ENCODING, sample)
    except LINE_ERRORS as error:
        message = unreadable(location, line, error).message
        return _broken(location, line, message, sample=bytes(text)[:_LOOKED_AT])
    return TrainingRow(line, row, None)


def _json_rows(location: str) -> Iterator[TrainingRow]:
    with open_binary(location) as file:
        start = file.read(len(BOM))
        if wide := _wide(location, start):
            yield wide
            return
        file.seek(0)
        try:
            items = json_items(location, file)
        except DataError as error:
            yield from map(_from_problem, error.problems)
            return
        for number, text in items:
            yield _decoded(location, number, text)


def _delimited_rows(location: str) -> Iterator[TrainingRow]:
    csv.field_size_limit(MAX_LINE)  # Python's own limit is 128 KiB
    with open_binary(location) as file:
        wide = _wide(location, file.read(len(BOM)))
        if wide:
            yield wide
            return
        file.seek(0)
        # Bytes that are no UTF-8 become surrogates: the row they stand in is the finding.
        with io.TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="") as text:
            reader = csv.reader(
                _TableLines(text), delimiter=DELIMITERS[suffix_of(location)], strict=True
            )
            yield from _cells(location, reader)


class _TableLines:
    """The lines of a table; one that is too long is an error and skipped, never held whole."""

    def __init__(self, text: IO[str]) -> None:
        self._text = text

    def __iter__(self) -> _TableLines:
        return self

    def __next__(self) -> str:
        line = self._text.readline(MAX_LINE + 1)
        if not line:
            raise StopIteration
        if len(line) > MAX_LINE:
            while not line.endswith(("\n", "\r")) and (line := self._text.readline(MAX_LINE)):
                pass
            raise csv.Error(f"a line of more than {MAX_LINE:,} characters")
        return line


def _cells(location: str, reader: Any) -> Iterator[TrainingRow]:
    """The rows behind the names of the columns."""
    names: list[str] = []
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _broken(location, reader.line_num, f"cannot be read: {error}")
            continue
        if not cells:
            continue
        if names:
            yield _record(location, reader.line_num, names, cells)
            continue
        names = cells
        if (double := double_column(names)) is not None:
            message = f"two columns are called {double!r}"
            yield _broken(location, reader.line_num, message, "duplicate-column")
            return


def _record(location: str, line: int, names: list[str], cells: list[str]) -> TrainingRow:
    if len(cells) != len(names):
        return _broken(location, line, f"{len(cells)} columns where {len(names)} are expected")
    if any(not cell.isascii() and _undecodable(cell) for cell in cells):
        return _broken(location, line, "the line is not UTF-8", WRONG_ENCODING)
    return TrainingRow(line, dict(zip(names, cells, strict=True)), None)


def _undecodable(cell: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in cell)


def _other_rows(location: str) -> Iterator[TrainingRow]:
    """Rows of the kinds that cannot be read on behind a fault."""
    rows = read_rows(location)  # an unknown kind is no finding
    if not is_url(location) and not Path(location).is_dir():
        open_binary(location).close()  # nor is a file that is not there
    try:
        for line, row in rows:
            yield TrainingRow(line, _without_nulls(row), None)
    except DataError as error:
        yield from map(_from_problem, error.problems)


def _without_nulls(row: dict[str, Any]) -> dict[str, Any]:
    """A row of Parquet without the nulls that stand for the keys other rows have.

    Columns keep theirs: that a whole value is missing is a fact of the row.
    """
    return {key: _pruned(value) for key, value in row.items()}


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _pruned(inner) for key, inner in value.items() if inner is not None}
    return [_pruned(inner) for inner in value] if isinstance(value, list) else value


_READERS: dict[str, Callable[[str], Iterator[TrainingRow]]] = {
    ".jsonl": _jsonl_rows,
    ".json": _json_rows,
    ".csv": _delimited_rows,
    ".tsv": _delimited_rows,
}
