"""Rows of any supported file: a location in, (line, mapping) pairs out, streamed.

JSONL, JSON, CSV, TSV, XLSX and Parquet from a path or any fsspec URL; Hugging Face data sets as
`hf://name/split` or a folder written by `save_to_disk`.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import IO, Any

import msgspec

from harness.errors import DataError, MissingExtraError, Problem
from harness.store.json_list import json_items
from harness.store.sheet import sheet_rows

Row = tuple[int, dict[str, Any]]

MAX_LINE = 8 * 1024 * 1024
MAX_DEPTH = 200
LINE_ERRORS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_HF = "hf://"
DELIMITERS = {".csv": ",", ".tsv": "\t"}


def is_url(location: str) -> bool:
    """Whether a location is a URL of fsspec or a data set of the Hugging Face hub."""
    return "://" in location


def read_rows(location: str) -> Iterator[Row]:
    """Rows with their line (or row) number, from 1.

    Raises:
        DataError: the file is absent, of an unknown kind, or broken at a line.
        MissingExtraError: the format's package is not installed.
    """
    if location.startswith(_HF):
        return _hub_rows(location)
    if Path(location).is_dir():
        return _saved_rows(location)
    suffix = suffix_of(location)
    reader = _READERS.get(suffix)
    if reader is None:
        known = ", ".join(sorted(_READERS))
        raise DataError(
            [
                Problem(
                    file=location,
                    message=f"unknown kind of file {suffix!r}",
                    hint=f"known: {known}",
                )
            ]
        )
    return reader(location)


def suffix_of(location: str) -> str:
    """The kind of a file by its name: `.jsonl`, in lower case, without a URL's query."""
    return PurePosixPath(location.partition("?")[0]).suffix.lower()


def open_binary(location: str) -> IO[bytes]:
    """A local path or fsspec URL, opened for reading.

    Raises:
        DataError: it cannot be opened.
    """
    try:
        if not is_url(location):
            return Path(location).open("rb")
        import fsspec

        opened: IO[bytes] = fsspec.open(location, "rb").open()
    except (OSError, ValueError, ImportError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError([Problem(file=location, message=f"cannot be opened ({reason})")]) from error
    return opened


def _jsonl_rows(location: str) -> Iterator[Row]:
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    with open_binary(location) as file:
        for number, line in enumerate(file, 1):
            if len(line) > MAX_LINE:
                raise DataError([oversized(location, number, len(line))])
            text = line.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else line.strip()
            if text:
                try:
                    row = decode(text)
                    refuse_deep(text, row)
                except LINE_ERRORS as error:
                    raise DataError([unreadable(location, number, error)]) from error
                yield number, row


def _json_rows(location: str) -> Iterator[Row]:
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    with open_binary(location) as file:
        for number, text in json_items(location, file):
            try:
                row = decode(text)
                refuse_deep(bytes(text), row)
            except LINE_ERRORS as error:
                raise DataError([unreadable(location, number, error)]) from error
            yield number, row


def _sheet_rows(location: str) -> Iterator[Row]:
    with open_binary(location) as file:
        rows = sheet_rows(location, file)
        _, names = next(rows, (0, []))
        _refuse_double_columns(location, names)
        for number, cells in rows:
            yield number, dict(zip(names, cells, strict=True))


def _delimited_rows(location: str) -> Iterator[Row]:
    delimiter = DELIMITERS[suffix_of(location)]
    csv.field_size_limit(MAX_LINE)  # Python's own limit is 128 KiB
    with open_binary(location) as file, io.TextIOWrapper(file, "utf-8-sig", newline="") as text:
        reader = csv.DictReader(text, delimiter=delimiter, strict=True)
        try:
            _refuse_double_columns(location, reader.fieldnames or ())
            for row in reader:
                if None in row or None in row.values():
                    message = f"{len(reader.fieldnames or ())} columns expected"
                    raise DataError([Problem(file=location, line=reader.line_num, message=message)])
                yield reader.line_num, dict(row)
        except UnicodeDecodeError as error:
            raise DataError([_undecodable(location, error)]) from error
        except csv.Error as error:
            raise DataError([unreadable(location, reader.line_num + 1, error)]) from error


def double_column(names: Sequence[str]) -> str | None:
    """The first name that stands twice."""
    return next((name for name, count in Counter(names).items() if count > 1), None)


def _refuse_double_columns(location: str, names: Sequence[str]) -> None:
    double = double_column(names)
    if double is not None:
        message = f"two columns are called {double!r}"
        raise DataError([Problem(file=location, line=1, message=message)])


def _undecodable(location: str, error: UnicodeDecodeError) -> Problem:
    """The first line that is not UTF-8: the error itself only knows a place in a block."""
    with open_binary(location) as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode()
            except UnicodeDecodeError as first:
                return unreadable(location, number, first)
    return unreadable(location, 0, error)


def _parquet_rows(location: str) -> Iterator[Row]:
    try:
        from pyarrow import parquet
    except ImportError as error:
        raise MissingExtraError("reading Parquet", "parquet") from error
    number = 0
    with open_binary(location) as file:
        try:
            for batch in parquet.ParquetFile(file).iter_batches():
                for row in batch.to_pylist():
                    number += 1
                    yield number, row
        except (OSError, ValueError) as error:
            raise DataError([unreadable(location, number + 1, error)]) from error


def _hub_rows(location: str) -> Iterator[Row]:
    name, _, split = location.removeprefix(_HF).rpartition("/")
    if not name:
        hint = "write hf://NAME/SPLIT, such as hf://PolyAI/banking77/test"
        raise DataError([Problem(file=location, message="names no split", hint=hint)])
    datasets = _datasets()
    try:
        rows = datasets.load_dataset(name, split=split, streaming=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise DataError([Problem(file=location, message=f"cannot be loaded ({error})")]) from error
    return ((number, dict(row)) for number, row in enumerate(rows, 1))


def _saved_rows(location: str) -> Iterator[Row]:
    try:
        rows = _datasets().load_from_disk(location)
    except (OSError, ValueError) as error:
        raise DataError(
            [Problem(file=location, message=f"is no saved data set ({error})")]
        ) from error
    return ((number, dict(row)) for number, row in enumerate(rows, 1))


def _datasets() -> Any:
    try:
        import datasets
    except ImportError as error:
        raise MissingExtraError("reading a Hugging Face data set", "datasets") from error
    return datasets


def refuse_deep(text: bytes, value: Any) -> None:
    """Nothing for a decoded line that is nested no deeper than MAX_DEPTH.

    What could be decoded here might not be encoded where less of the stack is left.

    Raises:
        RecursionError: it is nested deeper.
    """
    if text.count(b"[") + text.count(b"{") <= MAX_DEPTH:
        return
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _members(outer)]
    if level:
        raise RecursionError


def _members(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def oversized(location: str, line: int, size: int) -> Problem:
    """The problem of a line that is too long to be a case."""
    message = f"the line is {size:,} bytes long; a case may have {MAX_LINE:,}"
    return Problem(file=location, line=line, message=message)


def unreadable(location: str, line: int, error: Exception) -> Problem:
    """The problem of a line that cannot be decoded."""
    message = str(error).split(" - at `$`")[0]
    if isinstance(error, RecursionError):
        message = f"nested deeper than {MAX_DEPTH} levels"
    return Problem(file=location, line=line, message=f"cannot be read: {message}")


_READERS: dict[str, Callable[[str], Iterator[Row]]] = {
    ".jsonl": _jsonl_rows,
    ".json": _json_rows,
    ".xlsx": _sheet_rows,
    ".csv": _delimited_rows,
    ".tsv": _delimited_rows,
    ".parquet": _parquet_rows,
}
