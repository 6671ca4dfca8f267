"""Every benchmark runs; its numbers are not looked at here, what it counts is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from benchmarks.__main__ import MODULES, page, run_module
from benchmarks.measure import Claim, Section, text_table
from benchmarks.stub_server import content_length, label_of
from benchmarks.suites import Endpoint, case, write_suite

PROJECT = Path(__file__).resolve().parents[2]


def test_all_benchmarks_run_and_write_the_page(tmp_path):
    """`python -m benchmarks --quick` ends well, and the page names every benchmark's command."""
    target = tmp_path / "performance.md"
    command = [sys.executable, "-m", "benchmarks", "--quick", "--page", str(target)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    text = target.read_text()
    assert all(f"`python -m benchmarks.{name}`" in text for name in MODULES)
    assert "| faults | " in text
