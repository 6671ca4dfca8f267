"""Checking suites: one report each, with every problem."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.workflows.check import check

from .repository import CASES, SCRIPTED, Repository


def test_nothing_wrong(repository: Repository) -> None:
    """Counts of cases and recordings, on one line."""
    repository.run(mode="record")
    (report,) = check([], repository.root)
    assert report.problems == ()
    assert report.cases == {"train": 6, "validation": 4, "test": CASES}
    assert str(report) == (
        "demo: no problems (cases: 6 train, 4 validation, 12 test; recorded: plain 12)"
    )


def test_every_problem_of_the_folder(repository: Repository) -> None:
    """A wrong key and a broken case are both said."""
    repository.replace("suite.toml", "title =", "titel =")
    repository.write("suites/demo/data/test.jsonl", "{}\n")
    (report,) = check(["demo"], repository.root)
    text = str(report)
    assert "titel" in text
    assert "test.jsonl:1" in text
    assert text.startswith(f"demo: {len(report.problems)} problems\n")


def test_recordings_are_checked_too(repository: Repository) -> None:
    """A stale fixture is a problem of the suite."""
    repository.run(mode="record")
    repository.prompt("plain", "Edited {{ text }}")
    (report,) = check(["demo"], repository.root)
    assert len(report.problems) == 2


def test_all_suites_of_a_repository(repository: Repository) -> None:
    """One that is broken does not hide the others."""
    repository.write("suites/broken/suite.toml", "title = \n")
    reports = {report.suite: report for report in check([], repository.root)}
    assert set(reports) == {"broken", "demo"}
    assert reports["broken"].problems
    assert not reports["demo"].problems


def test_by_path(repository: Repository) -> None:
    """A folder can be given instead of a name."""
    (report,) = check([str(repository.folder)], repository.root)
    assert report.problems == ()


def test_no_suite(tmp_path: Path) -> None:
    """An empty folder says how to begin; an unknown name says which there are."""
    with pytest.raises(UsageError, match="harness init NAME"):
        check([], tmp_path)
    with pytest.raises(UsageError, match="there is no suite 'x'"):
        check(["x"], tmp_path)


def test_all_scenarios_are_checked_at_once(repository: Repository) -> None:
    """Each price that nobody knows, at its line, with what to write."""
    scenarios = '[scenarios.a]\nprompted = "gpt-nonexistent"\n[scenarios.b]\nprompted = "gpt-4.1"\n'
    repository.write("harness.toml", f'{SCRIPTED}{scenarios}tuned = "openai/ft:gpt-0"\n')
    (report,) = check([], repository.root)
    lines = repository.root.joinpath("harness.toml").read_text().splitlines()
    assert [lines[one.line - 1] for one in report.problems] == [
        'prompted = "gpt-nonexistent"',
        'tuned = "openai/ft:gpt-0"',
    ]
    assert all("no such price is known" in one.message for one in report.problems)
    assert all("it may be" in one.hint for one in report.problems)
