"""Rows of replies in, a table out: a CSV, JSON Lines or Parquet file, or a pandas frame.

Files are written batch by batch, so that memory does not grow with the number of replies.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from harness.errors import MissingExtraError, UsageError
from harness.store.atomic import write_atomic
from harness.store.reply_rows import Kind, ReplyRows, Row

if TYPE_CHECKING:
    import pandas as pd

BATCH_ROWS = 4096
BATCH_CHARACTERS = 1 << 24
"""A batch ends with whichever is reached first: one reply may be a megabyte."""

_DTYPES: dict[Kind, str] = {
    "text": "string",
    "integer": "Int64",
    "number": "float64",
    "flag": "boolean",
}
_FLAGS = {True: "true", False: "false"}

_encode = msgspec.json.Encoder().encode


def require_format(path: Path) -> None:
    """Nothing, where replies can be written to a file of the kind its suffix names.

    Raises:
        UsageError: the suffix is unknown.
        MissingExtraError: the format's package is not installed.
    """
    if path.suffix.lower() not in _WRITERS:
        raise UsageError(f"{path}: replies are written as {', '.join(REPLY_SUFFIXES)}")
    if path.suffix.lower() == ".parquet":
        _pyarrow()


def write_replies(path: Path, rows: ReplyRows) -> None:
    """Write all rows to a file of the kind its suffix names, atomically.

    Raises:
        UsageError: the suffix is unknown.
        MissingExtraError: the format's package is not installed.
        DataError: a journal is broken, or the file cannot be written; the old file stands.
    """
    require_format(path)
    write_atomic(path, _WRITERS[path.suffix.lower()](rows))


def reply_frame(rows: ReplyRows) -> pd.DataFrame:
    """All rows as a pandas frame; dtypes are by kind, also of a frame without rows."""
    import pandas as pd

    columns: list[list[Any]] = [[] for _ in rows.fields]
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    return pd.DataFrame(
        {
            field.name: pd.array(values, dtype=_DTYPES[field.kind])  # type: ignore[call-overload]
            for field, values in zip(rows.fields, columns, strict=True)
        }
    )


def _csv(rows: ReplyRows) -> Iterator[bytes]:
    """RFC 4180 in UTF-8; cells are what was said, unaltered: the file is for programs."""
    text = io.StringIO()
    writer = csv.writer(text)
    flags = [place for place, field in enumerate(rows.fields) if field.kind == "flag"]
    writer.writerow([field.name for field in rows.fields])
    for batch in _batches(rows):
        for row in batch:
            cells = list(row)
            for place in flags:
                cells[place] = _FLAGS.get(cells[place])
            writer.writerow(cells)
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()
    yield text.getvalue().encode()  # the names alone, where there was no row


def _jsonl(rows: ReplyRows) -> Iterator[bytes]:
    names = [field.name for field in rows.fields]
    for row in rows:
        yield _encode(dict(zip(names, row, strict=True))) + b"\n"


def _parquet(rows: ReplyRows) -> Iterator[bytes]:
    pa, parquet = _pyarrow()
    types = {
        "text": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "flag": pa.bool_(),
    }
    schema = pa.schema([(field.name, types[field.kind]) for field in rows.fields])
    sink = _Sink()
    with parquet.ParquetWriter(sink, schema) as writer:
        for batch in _batches(rows):
            columns = zip(*batch, strict=True)
            arrays = [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            yield sink.taken()
    yield sink.taken()


def _pyarrow() -> tuple[Any, Any]:
    """PyArrow, and its part for Parquet."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise MissingExtraError("writing Parquet", "parquet") from error
    return pa, parquet


class _Sink(io.RawIOBase):
    """A file that holds only what nobody has taken yet."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._size

    def write(self, data: Any) -> int:
        part = bytes(data)
        self._parts.append(part)
        self._size += len(part)
        return len(part)

    def taken(self) -> bytes:
        """What was written since the last time."""
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def _batches(rows: ReplyRows) -> Iterator[list[Row]]:
    """The rows in lists that are neither long nor large."""
    spoken = [field.name for field in rows.fields].index("text")
    batch: list[Row] = []
    characters = 0
    for row in rows:
        batch.append(row)
        characters += len(row[spoken] or "")
        if len(batch) >= BATCH_ROWS or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


_WRITERS: dict[str, Callable[[ReplyRows], Iterator[bytes]]] = {
    ".csv": _csv,
    ".jsonl": _jsonl,
    ".parquet": _parquet,
}
REPLY_SUFFIXES = tuple(_WRITERS)
