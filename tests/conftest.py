"""Shared fixtures: where the real cases of others are, and a repository to work in."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

# A deadline is a timed assertion: it fails on a busy machine and says nothing about the code.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def cases_folder() -> Path:
    """The folder of real cases that nobody here wrote; skipped where none is named or found."""
    named = os.environ.get("HARNESS_CASES")
    folder = Path(named) if named else PROJECT.parent / "shared" / "cases"
    if folder.is_dir():
        return folder
    if named:
        pytest.fail(f"HARNESS_CASES names {named}, and there is no such folder")
    pytest.skip(f"the folder of real cases is absent: {folder} (set HARNESS_CASES)")


@pytest.fixture(autouse=True)
def no_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pytest on a CI machine prints its summary in full, so that texts stand there twice."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("BUILD_NUMBER", raising=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many checks against real cases ran: a skipped one proves nothing."""
    counts = {
        outcome: sum("cases" in getattr(report, "keywords", {}) for report in reports)
        for outcome in ("passed", "failed", "skipped")
        if (reports := terminalreporter.stats.get(outcome))
    }
    shown = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
    terminalreporter.write_line(f"checks against real cases: {shown or 'none'}")
