"""Digests of model files, which may have gigabytes: a path in, 24 hex digits out."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from harness.values.digest import DIGEST_BYTES

_BLOCK = 1 << 20


def file_digest(path: Path) -> str:
    """24 hex digits of BLAKE2b over the file, as harness.values.digest does over bytes.

    A file is read once in a process, as long as its size and time of change stay. Raises OSError.
    """
    stat = path.stat()
    return _file_digest(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=256)
def _file_digest(path: Path, _size: int, _changed_ns: int) -> str:
    state = blake2b(digest_size=DIGEST_BYTES)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            state.update(block)
    return state.hexdigest()
