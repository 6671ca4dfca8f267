"""The first sheet of an XLSX file in, its rows as texts out: names of columns first."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator, Sequence
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from harness.errors import DataError, MissingExtraError, Problem

LARGEST = 512 * 1024 * 1024


def sheet_rows(location: str, file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not empty, with their number in the sheet; every cell as a CSV would have it.

    All rows are as long as the first, which has the names; values beyond them are a problem.

    Raises:
        DataError: the file is no workbook, or a row is longer than the first.
        MissingExtraError: openpyxl is not installed.
    """
    width = 0
    for number, values in _values(location, file):
        cells = [_text(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        width = width or len(cells)
        if len(cells) > width:
            message = f"{width} columns expected"
            raise DataError([Problem(file=location, line=number, message=message)])
        yield number, cells + [""] * (width - len(cells))


def _refuse_bomb(location: str, file: IO[bytes]) -> None:
    """A workbook is packed: one of a few kilobytes may hold gigabytes, all read at once."""
    try:
        unpacked = sum(part.file_size for part in zipfile.ZipFile(file).infolist())
    except zipfile.BadZipFile:
        return  # the reader says so in its own words
    finally:
        file.seek(0)
    if unpacked > LARGEST:
        message = f"holds {unpacked:,} bytes unpacked; {LARGEST:,} are read at most"
        hint = "write the rows as JSONL, which is read row by row"
        raise DataError([Problem(file=location, message=message, hint=hint)])


def _values(location: str, file: IO[bytes]) -> Iterator[tuple[int, Sequence[Any]]]:
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise MissingExtraError("reading XLSX", "excel") from error
    _refuse_bomb(location, file)
    try:
        book = load_workbook(file, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a program wrote there need not be so
        yield from enumerate(sheet.iter_rows(values_only=True), 1)
        book.close()
    except (zipfile.BadZipFile, ParseError, KeyError, IndexError, ValueError, OSError) as error:
        message = f"cannot be read as a workbook ({error})"
        raise DataError([Problem(file=location, message=message)]) from error


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)
