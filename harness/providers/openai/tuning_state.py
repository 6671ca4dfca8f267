"""What a hosted tuning has done so far, on disk: state.json in and out, and whole-file writes.

The state is written before and after each step that the platform remembers, so that a process
killed at any moment can be followed by another that uploads nothing and buys nothing twice.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from harness.errors import DataError, Problem

STATE_FILE = "state.json"


class Upload(msgspec.Struct, frozen=True):
    """A file on the platform: its id, and the digest of the bytes that were sent."""

    digest: str
    id: str


class State(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a tuning has come.

    `attempt` is noted before a job is asked for and stands in the job's metadata; with no `job`
    beside it the answer may have been lost. `ended` says how the job ended, once that was told;
    `cancelled` that we asked for it.
    """

    recipe_digest: str = ""
    train: Upload | None = None
    validation: Upload | None = None
    attempt: str = ""
    job: str = ""
    ended: str = ""
    cancelled: bool = False


def read_state(folder: Path) -> State:
    """The state of a folder; an empty one where there is none.

    Raises:
        DataError: the file cannot be read.
    """
    path = folder / STATE_FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=State)
    except FileNotFoundError:
        return State()
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        hint = "follow the job by its id (--job), or remove the file to begin again"
        problem = Problem(file=str(path), message=f"cannot be read ({error})", hint=hint)
        raise DataError([problem]) from error


def write_state(folder: Path, state: State) -> None:
    """Note the state; it is on disk when this returns."""
    write_whole(folder / STATE_FILE, msgspec.json.format(msgspec.json.encode(state)) + b"\n")


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that is either whole or the old one.

    Raises:
        DataError: the folder cannot be written or the disk is full.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise DataError(f"{path}: cannot be written ({error.strerror})") from error


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Only one process at a time starts a job from a folder; the lock dies with its process.

    Raises:
        DataError: another process is starting one.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("wb")
    except OSError as error:
        raise DataError(f"{folder}: cannot be written ({error.strerror})") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DataError(f"{folder}: another process is starting this tuning") from error
        yield
