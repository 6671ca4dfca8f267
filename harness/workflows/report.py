"""Reports of suites from their recordings, and of past runs: names in, runs or pages out."""

from __future__ import annotations

import tempfile
from pathlib import Path

from harness.errors import UsageError
from harness.reports.markdown import suite_page
from harness.store.atomic import write_text
from harness.store.fixtures import fixture_path
from harness.store.runs import Run, find_run, load_run
from harness.store.settings import read_settings, suite_names
from harness.store.suite import Suite
from harness.workflows.run import open_suite, run


def past_run(suite: Suite, name: str | None) -> Run:
    """A run of a suite by id or path; None is the newest.

    Raises:
        UsageError: there is no such run.
        DataError: its files are broken.
    """
    return load_run(find_run(suite.settings.results, suite.name, name))


def recorded_run(suite: Suite) -> Run:
    """A replay of every recorded arm on the test split; nothing of it is kept on disk.

    Raises:
        UsageError: nothing is recorded.
        ReplayMissError: the recordings do not fit the suite any more.
    """
    arms = [name for name in suite.arms if fixture_path(suite.fixtures_folder, name).exists()]
    if not arms:
        raise UsageError(f"nothing is recorded for {suite.name}: harness run {suite.name} --record")
    with tempfile.TemporaryDirectory() as folder:
        return run(suite, arms=tuple(arms), results=Path(folder))


def page(suite: Suite) -> str:
    """The Markdown page of a suite, from its recordings: the same on every machine."""
    replayed = recorded_run(suite)
    return suite_page(replayed.info, replayed.arms, about=suite.file.description)


def page_path(suite: Suite) -> Path:
    """Where the page is kept."""
    return suite.settings.results / f"{suite.name}.md"


def write_pages(start: Path) -> list[Path]:
    """Write the pages of all recorded suites around a folder."""
    written = []
    for suite in _recorded_suites(start):
        write_text(page_path(suite), page(suite))
        written.append(page_path(suite))
    return written


def drifted_pages(start: Path) -> list[Path]:
    """The committed pages that are not what the recordings say now."""
    return [page_path(suite) for suite in _recorded_suites(start) if _drifted(suite)]


def _drifted(suite: Suite) -> bool:
    path = page_path(suite)
    return not path.exists() or path.read_text(encoding="utf-8") != page(suite)


def _recorded_suites(start: Path) -> list[Suite]:
    names = suite_names(read_settings(start).suites)
    suites = [open_suite(name, start) for name in names]
    return [suite for suite in suites if any(suite.fixtures_folder.glob("*.jsonl"))]
