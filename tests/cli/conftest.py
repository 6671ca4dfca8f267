"""The command line as a user meets it: a real process in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def harness(tmp_path: Path) -> Command:
    """Run `harness …` in tmp_path; returns what it printed and its exit code."""

    def run(*words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "harness", *words],
            cwd=tmp_path,
            env=os.environ | {"COLUMNS": "100"} | (env or {}),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def demo(harness: Command, tmp_path: Path) -> Path:
    """The folder of a suite that `harness init` wrote."""
    assert harness("init", "demo").returncode == 0
    return tmp_path / "suites" / "demo"
