"""The journal: records in, one appended line each. The one durable log of a run.

A record is acknowledged once its line has been handed to the kernel in a single write, so that
`kill -9` loses only what was in flight; `sync` bounds what a power cut can take.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from harness.errors import DataError, JournalBusyError, Problem
from harness.values.record import Record

_CHUNK = 1 << 16

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Record).decode


class Journal:
    """An open journal; only one process can hold it.

    Raises:
        JournalBusyError: another process is writing it.
        DataError: it cannot be created or locked.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise DataError(f"{path}: cannot be written ({error.strerror})") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._file)
            raise JournalBusyError(f"{path}: another process is writing this run") from error
        except OSError as error:
            os.close(self._file)
            raise DataError(f"{path}: cannot be locked ({error.strerror})") from error
        self._torn = False
        try:
            self._size = _recover(self._file)
        except OSError as error:
            os.close(self._file)
            raise self._unwritable(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def append(self, record: Record) -> None:
        """Write one record.

        Raises:
            DataError: the disk is full or failing; the journal ends with the record before.
        """
        line = _encode(record) + b"\n"
        try:
            self._cut()
            self._torn = True
            _write_all(self._file, line)
        except OSError as error:
            with suppress(OSError):  # then the next append cuts, or whoever opens it next
                self._cut()
            raise self._unwritable(error) from error
        self._torn = False
        self._size += len(line)

    def sync(self) -> None:
        """Ask the disk to keep what was written; blocks for as long as the disk takes.

        Raises:
            DataError: the disk is failing.
        """
        try:
            os.fsync(self._file)
        except OSError as error:
            raise self._unwritable(error) from error

    def close(self) -> None:
        """Sync and give the lock back, which happens in any case.

        Raises:
            DataError: the disk is failing.
        """
        try:
            self.sync()
        finally:
            self._close()

    def _close(self) -> None:
        try:
            os.close(self._file)
        except OSError as error:
            raise self._unwritable(error) from error

    def _cut(self) -> None:
        """Cut what a failed write left behind the last whole line."""
        if self._torn:
            os.ftruncate(self._file, self._size)
            self._torn = False

    def _unwritable(self, error: OSError) -> DataError:
        return DataError(f"{self._path}: cannot be written ({error.strerror})")


def read_journal(path: Path) -> Iterator[Record]:
    """The records of a journal in the order in which they were written; a torn last line is left.

    Raises:
        DataError: there is no journal, or a whole line is not a record.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise DataError(
            [Problem(file=str(path), message=f"cannot be read ({error.strerror})")]
        ) from error
    with file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                return
            try:
                yield _decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                message = f"no record: {error}"
                raise DataError([Problem(file=str(path), line=number, message=message)]) from error


def _write_all(file: int, data: bytes) -> None:
    """One write as a rule; the kernel may take a part of it."""
    written = os.write(file, data)
    while written < len(data):
        written += os.write(file, data[written:])


def _recover(file: int) -> int:
    """Cut a last line without its end, which a killed writer left; return the size that remains."""
    size = os.fstat(file).st_size
    end = size
    while end > 0:
        start = max(0, end - _CHUNK)
        newline = os.pread(file, end - start, start).rfind(b"\n")
        if newline >= 0:
            end = start + newline + 1
            break
        end = start
    if end < size:
        os.ftruncate(file, end)
    return end
