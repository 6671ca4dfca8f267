"""Reports of suites from their recordings, and of past runs: names in, runs or pages out."""

from __future__ import annotations

import tempfile
from pathlib import Path

from harness.errors import DataError, UsageError
from harness.reports.markdown import suite_page
from harness.store.atomic import write_text
from harness.store.fixtures import fixture_path
from harness.store.runs import Run, find_run, load_run
from harness.store.settings import read_settings, suite_names
from harness.store.suite import Suite
from harness.workflows.curve_pages import curve_pages
from harness.workflows.run import open_suite, run


def past_run(suite: Suite, name: str | None) -> Run:
    """A run of a suite by id or path; None is the newest.

    Raises:
        UsageError: there is no such run.
        DataError: its files are broken.
    """
    return load_run(find_run(suite.settings.results, suite.name, name))


def recorded_arms(suite: Suite) -> list[str]:
    """The arms that have a fixture file."""
    return [name for name in suite.arms if fixture_path(suite.fixtures_folder, name).exists()]


def recorded_run(suite: Suite) -> Run:
    """A replay of every recorded arm on the test split; nothing of it is kept on disk.

    Raises:
        UsageError: nothing is recorded.
        ReplayMissError: the recordings do not fit the suite any more.
    """
    arms = recorded_arms(suite)
    if not arms:
        raise UsageError(
            f"nothing is recorded for {suite.name}: record it with\n"
            f"    harness run {suite.name} --record\n"
            f"or show a past run with --run newest"
        )
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
    """Write the pages of all recorded suites around a folder.

    Raises:
        DataError: some recordings do not fit their suites; then nothing is written.
    """
    pages = _pages(start)
    for path, text in pages.items():
        write_text(path, text)
    return list(pages)


def drifted_pages(start: Path) -> list[Path]:
    """The committed pages that are not what the recordings say now, or that none stand behind."""
    pages = _pages(start)
    folder = read_settings(start).results
    committed = sorted([*folder.glob("*.md"), *folder.glob("*.svg")])
    without_source = [path for path in committed if path not in pages]
    return [path for path, text in pages.items() if _drifted(path, text)] + without_source


def _drifted(path: Path, text: str) -> bool:
    return not path.exists() or path.read_text(encoding="utf-8") != text


def _pages(start: Path) -> dict[Path, str]:
    """The pages of all recorded suites; what is wrong with any of them, in one error."""
    pages: dict[Path, str] = {}
    wrong: list[str] = []
    for name in suite_names(read_settings(start).suites):
        try:
            suite = open_suite(name, start)
            if recorded_arms(suite):
                pages[page_path(suite)] = page(suite)
            pages |= curve_pages(suite)
        except DataError as error:
            wrong.append(f"{name}: {error}")
    if wrong:
        raise DataError("\n".join(wrong))
    return pages
