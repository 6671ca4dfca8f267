"""Shared fixtures: where the real cases of others are, and a repository to work in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def cases_folder() -> Path:
    """The folder of real cases that nobody here wrote; skipped where it is absent."""
    folder = Path(os.environ.get("HARNESS_CASES", PROJECT.parent / "shared" / "cases"))
    if not folder.is_dir():
        pytest.skip(f"the folder of real cases is absent: {folder} (set HARNESS_CASES)")
    return folder
