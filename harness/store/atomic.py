"""Whole-file writes that either happen or do not."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from harness.errors import DataError


def write_atomic(path: Path, chunks: Iterable[bytes]) -> None:
    """Write `chunks` to `path` through a temporary file beside it, synced before it is renamed.

    Raises:
        DataError: the folder cannot be written or the disk is full; the old file stands untouched.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error.strerror})") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error.strerror})") from error
    finally:
        Path(name).unlink(missing_ok=True)


def require_writable(path: Path) -> None:
    """Nothing, where `write_atomic` could begin to write `path`; no file and no folder is left.

    Raises:
        DataError: its folder cannot be written, or cannot be made.
    """
    try:
        folder = next(parent for parent in path.absolute().parents if parent.exists())
        with tempfile.NamedTemporaryFile(prefix=f".{path.name}.", dir=folder):
            pass
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error.strerror})") from error


def write_text(path: Path, text: str) -> None:
    """`write_atomic` for one text."""
    write_atomic(path, [text.encode()])
