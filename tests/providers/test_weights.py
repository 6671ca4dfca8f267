"""Digests of files that do not fit in memory."""

from __future__ import annotations

from pathlib import Path

from harness.providers.weights import file_digest
from harness.values.digest import digest_bytes


def test_a_files_digest_is_that_of_its_bytes(tmp_path: Path) -> None:
    """Of more than one block; a changed file has another digest."""
    path = tmp_path / "big"
    path.write_bytes(bytes(3 << 20))
    assert file_digest(path) == digest_bytes(bytes(3 << 20))
    path.write_bytes(b"other")
    assert file_digest(path) == digest_bytes(b"other")


def test_a_file_is_read_once(tmp_path: Path) -> None:
    """As long as its size and time of change stay, its bytes are not looked at again."""
    import os

    path = tmp_path / "big"
    path.write_bytes(b"one")
    stat = path.stat()
    before = file_digest(path)
    path.write_bytes(b"two")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert file_digest(path) == before
