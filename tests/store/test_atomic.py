"""Atomic writes: the new file as a whole, or the old one untouched and nothing left beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.errors import DataError
from harness.store.atomic import require_writable, write_atomic, write_text

FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from harness.errors import DataError
from harness.store.atomic import write_atomic
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    write_atomic(Path(sys.argv[1]), [b"x" * 1000])
except DataError as error:
    print(error)
"""


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_and_its_folders_are_made(tmp_path: Path):
    """Chunks one after the other, readable by everyone, nothing else in the folder."""
    path = tmp_path / "a" / "b.txt"
    write_atomic(path, (chunk for chunk in (b"one", b"two")))
    assert path.read_bytes() == b"onetwo"
    assert path.stat().st_mode & 0o777 == 0o644
    assert _names(path.parent) == ["b.txt"]


def test_an_old_file_is_replaced(tmp_path: Path):
    """Longer by shorter: nothing of the old text stays."""
    path = tmp_path / "a.txt"
    write_text(path, "a long text")
    write_text(path, "Grüße")
    assert path.read_text(encoding="utf-8") == "Grüße"
    assert _names(tmp_path) == ["a.txt"]


def test_whether_a_file_could_be_written_is_seen_beforehand(tmp_path: Path):
    """In a folder that is there or could be made, of which nothing is left; not below a file."""
    require_writable(tmp_path / "a" / "b" / "c.txt")
    write_text(tmp_path / "a.txt", "old")
    require_writable(tmp_path / "a.txt")
    assert _names(tmp_path) == ["a.txt"]
    for below in ("b.txt", "b/c.txt"):
        with pytest.raises(DataError, match=r"a\.txt/.*: cannot be written \(Not a directory\)"):
            require_writable(tmp_path / "a.txt" / below)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_failing_writer_leaves_the_old_file(tmp_path: Path, error: type[BaseException]):
    """Whatever stops the source of the chunks, Ctrl-C too, no temporary file stays."""
    path = tmp_path / "a.txt"
    write_text(path, "old")

    def chunks() -> Iterator[bytes]:
        yield b"new"
        raise error

    with pytest.raises(error):
        write_atomic(path, chunks())
    assert path.read_text() == "old"
    assert _names(tmp_path) == ["a.txt"]


def test_a_full_disk_is_a_data_error(tmp_path: Path):
    """The kernel refuses the write (a file size limit in a process of its own)."""
    path = tmp_path / "a.txt"
    write_text(path, "old")
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path)], capture_output=True, text=True, check=True
    )
    assert f"{path}: cannot be written" in done.stdout
    assert path.read_text() == "old"
    assert _names(tmp_path) == ["a.txt"]


def test_a_folder_that_is_a_file_is_a_data_error(tmp_path: Path):
    """The message names the file that was to be written."""
    (tmp_path / "folder").write_text("a file")
    with pytest.raises(DataError, match=r"a\.txt: cannot be written"):
        write_text(tmp_path / "folder" / "a.txt", "x")


def test_a_path_that_is_a_folder_is_a_data_error(tmp_path: Path):
    """The last step, the renaming, fails: the temporary file goes away too."""
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(DataError, match="cannot be written"):
        write_text(tmp_path / "a.txt", "x")
    assert _names(tmp_path) == ["a.txt"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_a_data_error(tmp_path: Path):
    """Nobody but root gets past the permissions of a folder."""
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(DataError, match="Permission denied"):
            write_text(tmp_path / "a.txt", "x")
    finally:
        tmp_path.chmod(0o755)
