"""A path in, held by one process at a time; the file of the lock goes when the lock does."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.errors import DataError


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock at a path; waits for whoever else holds it, this process included.

    Raises:
        DataError: its folder cannot be written or locked.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = _acquired(path)
    except OSError as error:
        raise DataError(f"{path}: cannot be locked ({error.strerror})") from error
    try:
        yield
    finally:
        path.unlink(missing_ok=True)  # while it is held: nobody's new lock file is deleted
        os.close(file)


def _acquired(path: Path) -> int:
    """The locked file at a path; one that its last holder deleted meanwhile locks nothing."""
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if _stands_at(path, file):
                return file
        except BaseException:
            os.close(file)
            raise
        os.close(file)


def _stands_at(path: Path, file: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
    except FileNotFoundError:
        return False
