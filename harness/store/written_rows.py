"""Training rows in, one whole file out: JSON Lines, CSV, TSV, Parquet or XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from harness.errors import DataError, MissingExtraError, Problem, UsageError
from harness.store.atomic import write_atomic
from harness.store.rows import DELIMITERS

Rows = Iterable[Mapping[str, Any]]

BOM = b"\xef\xbb\xbf"
TEXT_KINDS = frozenset({".jsonl", *DELIMITERS})
_MAX_CELL = 32_767  # characters that Excel keeps of a cell

_encode = msgspec.json.Encoder(enc_hook=str).encode  # a time stamp of Parquet becomes text


def write_training_rows(path: Path, rows: Rows, *, bom: bool = False) -> int:
    """Write rows to a new file of the kind its suffix names; how many they were.

    JSON Lines are streamed. Tables have the columns of all rows, in the order they are met; a
    column that a row lacks is empty there, and cells of CSV, TSV and XLSX are texts. Azure wants
    JSON Lines with a `bom`.

    Raises:
        UsageError: the suffix is unknown, or a `bom` is asked for of a file that is no text.
        DataError: a value has no place in a cell, or the file cannot be written; no file is left.
        MissingExtraError: the format's package is not installed.
    """
    suffix = path.suffix.lower()
    write = _WRITERS.get(suffix)
    if write is None:
        known = ", ".join(sorted(_WRITERS))
        raise UsageError(f"{path}: rows cannot be written as {suffix!r}; known: {known}")
    if bom and suffix not in TEXT_KINDS:
        raise UsageError(f"{path}: a byte order mark belongs to texts, not to {suffix}")
    counted = _Counted(rows)
    write_atomic(path, _chunks(write(path, counted), bom=bom))
    return counted.count


class _Counted:
    """Rows that know how many of them were taken."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        for row in self._rows:
            self.count += 1
            yield row


def _chunks(body: Iterable[bytes], *, bom: bool) -> Iterator[bytes]:
    if bom:
        yield BOM
    yield from body


def _jsonl(path: Path, rows: Rows) -> Iterator[bytes]:
    del path
    for row in rows:
        yield _encode(row) + b"\n"


def _delimited(path: Path, rows: Rows) -> Iterator[bytes]:
    names, table = _table(path, rows)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=DELIMITERS[path.suffix.lower()], lineterminator="\r\n")
    for cells in (names, *table):
        writer.writerow(cells)
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()


def _sheet(path: Path, rows: Rows) -> Iterator[bytes]:
    try:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE as CONTROL
    except ImportError as error:
        raise MissingExtraError("writing XLSX", "excel") from error
    names, table = _table(path, rows)
    for number, texts in enumerate((names, *table), 1):
        if any(len(text) > _MAX_CELL for text in texts):
            raise _no_cell(path, number, f"Excel keeps {_MAX_CELL:,} characters of a cell")
        # A carriage return would come back as a newline.
        if any(CONTROL.search(text) or "\r" in text for text in texts):
            raise _no_cell(path, number, "Excel has no control characters")
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for texts in (names, *table):
        cells = [WriteOnlyCell(sheet, value=text) for text in texts]
        for cell in cells:
            cell.data_type = "s"  # "=1+1" is a text here, no formula
        sheet.append(cells)
    file = io.BytesIO()
    book.save(file)
    yield file.getvalue()


def _parquet(path: Path, rows: Rows) -> Iterator[bytes]:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise MissingExtraError("writing Parquet", "parquet") from error
    kept = [dict(row) for row in rows]
    names = list(dict.fromkeys(name for row in kept for name in row))
    file = io.BytesIO()
    try:
        columns = {name: pa.array([row.get(name) for row in kept]) for name in names}
        parquet.write_table(pa.table(columns), file)
    except pa.ArrowException as error:
        message = f"the rows have no common columns for Parquet ({error})"
        hint = "write JSON lines: a name that ends in .jsonl"
        raise DataError([Problem(file=str(path), message=message, hint=hint)]) from error
    yield file.getvalue()


def _table(path: Path, rows: Rows) -> tuple[list[str], list[list[str]]]:
    """The names of all columns, and every row as texts in their order."""
    kept = list(rows)
    names = list(dict.fromkeys(name for row in kept for name in row))
    table = [
        [_cell(path, number, name, row) for name in names] for number, row in enumerate(kept, 1)
    ]
    return names, table


def _cell(path: Path, number: int, name: str, row: Mapping[str, Any]) -> str:
    value = row.get(name)
    if isinstance(value, Mapping | list | tuple):
        raise _no_cell(path, number, f"{name!r} is no text but a {type(value).__name__}")
    return "" if value is None else str(value)


def _no_cell(path: Path, number: int, message: str) -> DataError:
    hint = "write JSON lines: a name that ends in .jsonl"
    return DataError([Problem(file=str(path), message=f"row {number}: {message}", hint=hint)])


_WRITERS: dict[str, Callable[[Path, Rows], Iterator[bytes]]] = {
    ".jsonl": _jsonl,
    ".csv": _delimited,
    ".tsv": _delimited,
    ".xlsx": _sheet,
    ".parquet": _parquet,
}
