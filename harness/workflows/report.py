"""Reports of suites from their recordings, and of past runs: names in, runs or pages out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from harness.errors import DataError
from harness.reports.cost.scenarios import scenario_table
from harness.reports.markdown import suite_page
from harness.reports.table import Table
from harness.store.atomic import write_text
from harness.store.runs import Run, find_run, load_run
from harness.store.settings import read_settings, suite_names
from harness.store.suite import Suite
from harness.workflows.cost.cost import cost_with_scenarios
from harness.workflows.curve_pages import curve_pages
from harness.workflows.index import write_index
from harness.workflows.page.page import write_page
from harness.workflows.replays import recorded_arms, recorded_run
from harness.workflows.run import open_suite


def past_run(suite: Suite, name: str | None) -> Run:
    """A run of a suite by id or path; None and `newest` are the newest.

    Raises:
        UsageError: there is no such run.
        DataError: its files are broken.
    """
    return load_run(find_run(suite.settings.results, suite.name, name))


def page(suite: Suite) -> str:
    """The Markdown page of a suite, from its recordings: the same on every machine."""
    return _page(suite, recorded_run(suite))


def _page(suite: Suite, replayed: Run) -> str:
    more = tuple(_scenarios(suite, replayed))
    return suite_page(replayed.info, replayed.arms, about=suite.file.description, more=more)


def _scenarios(suite: Suite, replayed: Run) -> Iterator[Table]:
    """What the arms cost at other prices, as they were on the day of the newest recording.

    Prices of a later day would change a page that nobody touched.
    """
    days = [day for arm in replayed.info.arms.values() for day in arm.recorded]
    if suite.settings.scenarios and days:
        _, found = cost_with_scenarios(suite, today=date.fromisoformat(max(days)))
        yield scenario_table(found)


def page_path(suite: Suite) -> Path:
    """Where the page is kept."""
    return suite.settings.results / f"{suite.name}.md"


def write_pages(start: Path) -> list[Path]:
    """Write the pages of all recorded suites around a folder, and the index over all suites.

    Of each suite there are its tables (SUITE.md) and its side-by-side page (SUITE.html).

    Raises:
        DataError: some recordings do not fit their suites; then nothing is written.
    """
    replayed = _replayed(start)
    pages = _pages(replayed)
    for path, text in pages.items():
        write_text(path, text)
    shown = [
        write_page(suite, page_path(suite).with_suffix(".html")).path
        for suite, run in replayed
        if run is not None
    ]
    return [*pages, *shown, write_index(read_settings(start).results, replayed)]


def drifted_pages(start: Path) -> list[Path]:
    """The committed pages that are not what the recordings say now, or that none stand behind.

    The index and the side-by-side pages are none of them: they tell of one machine and day.
    """
    pages = _pages(_replayed(start))
    folder = read_settings(start).results
    committed = sorted([*folder.glob("*.md"), *folder.glob("*.svg")])
    without_source = [path for path in committed if path not in pages]
    return [path for path, text in pages.items() if _drifted(path, text)] + without_source


def _drifted(path: Path, text: str) -> bool:
    return not path.exists() or path.read_text(encoding="utf-8") != text


def _replayed(start: Path) -> list[tuple[Suite, Run | None]]:
    """All suites, each with a replay of its recordings; what is wrong with any, in one error."""
    found: list[tuple[Suite, Run | None]] = []
    wrong: list[str] = []
    for name in suite_names(read_settings(start).suites):
        try:
            suite = open_suite(name, start)
            found.append((suite, recorded_run(suite) if recorded_arms(suite) else None))
        except DataError as error:
            wrong.append(f"{name}: {error}")
    if wrong:
        raise DataError("\n".join(wrong))
    return found


def _pages(replayed: Sequence[tuple[Suite, Run | None]]) -> dict[Path, str]:
    """The pages of suites and of their curves, by where they are kept."""
    pages: dict[Path, str] = {}
    wrong: list[str] = []
    for suite, run_ in replayed:
        if run_ is not None:
            pages[page_path(suite)] = _page(suite, run_)
        try:
            pages |= curve_pages(suite)
        except DataError as error:
            wrong.append(f"{suite.name}: {error}")
    if wrong:
        raise DataError("\n".join(wrong))
    return pages
