"""Files that only grow, line by line: what was appended stays, and nothing is left half-written."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from harness.errors import DataError

_CHUNK = 1 << 16


def open_to_append(path: Path) -> int:
    """The descriptor of a file to append to; it and its folders are made where they are absent.

    Raises:
        DataError: it cannot be made or written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> DataError:
    """What is said of a file that the disk does not take."""
    return DataError(f"{path}: cannot be written ({error.strerror})")


class AppendedLines:
    """The lines of an open file that nobody else writes; a torn last line is cut at once.

    Raises:
        DataError: the torn line cannot be cut; the descriptor is closed.
    """

    def __init__(self, path: Path, file: int) -> None:
        self._path = path
        self._file = file
        self._torn = False
        try:
            self._size = _recover(file)
        except OSError as error:
            os.close(file)
            raise unwritable(path, error) from error

    def append(self, line: bytes, *, durable: bool = False) -> None:
        """Hand a line with its end to the kernel in a single write; `durable` waits for the disk.

        Raises:
            DataError: the disk is full or failing; the file ends with the line before.
        """
        try:
            self._cut()
            self._torn = True
            _write_all(self._file, line)
            if durable:
                os.fsync(self._file)
        except OSError as error:
            with suppress(OSError):  # then the next append cuts, or whoever opens it next
                self._cut()
            raise unwritable(self._path, error) from error
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
            raise unwritable(self._path, error) from error

    def close(self) -> None:
        """Close the file, and with it every lock on it.

        Raises:
            DataError: the disk is failing.
        """
        try:
            os.close(self._file)
        except OSError as error:
            raise unwritable(self._path, error) from error

    def _cut(self) -> None:
        """Cut what a failed write left behind the last whole line."""
        if self._torn:
            os.ftruncate(self._file, self._size)
            self._torn = False


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
