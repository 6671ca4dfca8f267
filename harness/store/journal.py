"""The journal: records in, one appended line each. The one durable log of a run.

A record is acknowledged once its line has been handed to the kernel in a single write, so that
`kill -9` loses only what was in flight; `sync` bounds what a power cut can take.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from harness.errors import DataError, JournalBusyError, Problem
from harness.store.appended import AppendedLines, open_to_append
from harness.values.record import Record

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Record).decode


class Journal:
    """An open journal; only one process can hold it.

    Raises:
        JournalBusyError: another process is writing it.
        DataError: it cannot be created or locked.
    """

    def __init__(self, path: Path) -> None:
        file = open_to_append(path)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(file)
            raise JournalBusyError(f"{path}: another process is writing this run") from error
        except OSError as error:
            os.close(file)
            raise DataError(f"{path}: cannot be locked ({error.strerror})") from error
        self._lines = AppendedLines(path, file)

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
        self._lines.append(_encode(record) + b"\n")

    def sync(self) -> None:
        """Ask the disk to keep what was written; blocks for as long as the disk takes.

        Raises:
            DataError: the disk is failing.
        """
        self._lines.sync()

    def close(self) -> None:
        """Sync and give the lock back, which happens in any case.

        Raises:
            DataError: the disk is failing.
        """
        try:
            self.sync()
        finally:
            self._lines.close()


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
