"""Room on the disk is asked for before anything large is written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness.errors import DataError
from harness.providers.local.unpacked import require_room


def test_a_disk_without_room(tmp_path: Path) -> None:
    """What it is for, what it needs and what is free."""
    free = shutil.disk_usage(tmp_path).free
    with pytest.raises(DataError, match=r"a checkpoint needs [0-9,]+ bytes here, [0-9,]+ are free"):
        require_room(tmp_path / "work", 2 * free, "a checkpoint")
    require_room(tmp_path / "work", 1, "a checkpoint")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A file stands where the folder should be: said with its name, no traceback."""
    (tmp_path / "work").write_text("")
    with pytest.raises(DataError, match="cannot be made"):
        require_room(tmp_path / "work", 1, "a checkpoint")
