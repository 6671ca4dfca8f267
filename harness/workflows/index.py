"""All suites of a repository in, the page over them out: results/index.html.

It shows the runs kept on this machine, so that it differs from one to the next: it is no page to
commit, and nothing checks it for drift.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from harness.analysis.per_thousand import PerThousand, per_thousand
from harness.analysis.side import side_of
from harness.errors import DataError
from harness.reports.index_page import SuiteCard, index_page
from harness.reports.page.document import page_html
from harness.reports.page.values import Link
from harness.store.atomic import write_atomic
from harness.store.baselines import read_production
from harness.store.runs import Run
from harness.store.suite import Suite
from harness.workflows.trends import trend

INDEX_FILE = "index.html"
_PAGES = ((".html", "page"), (".md", "tables"))


def write_index(results: Path, suites: Iterable[tuple[Suite, Run | None]]) -> Path:
    """Write the page over suites, each with a replay of its recordings where it has any.

    Raises:
        DataError: the file cannot be written.
    """
    path = results / INDEX_FILE
    page = index_page([suite_card(suite, run) for suite, run in suites])
    write_atomic(path, (piece.encode() for piece in page_html(page)))
    return path


def suite_card(suite: Suite, run: Run | None) -> SuiteCard:
    """Everything that the index says of a suite; what is broken in its past is said, not raised."""
    wrong = ""
    production = None
    try:
        production = read_production(suite.settings.baselines / suite.name)
    except DataError as error:
        wrong = str(error)
    return SuiteCard(
        name=suite.name,
        title=suite.file.title,
        about=suite.file.description,
        info=run.info if run else None,
        arms=run.arms if run else {},
        money=_money(run) if run else {},
        production=production.arm if production else "",
        since=production.since if production else "",
        trend=trend(suite),
        wrong=wrong,
        links=tuple(_links(suite)),
    )


def _money(run: Run) -> dict[str, PerThousand]:
    """By arm, where price and usage are known."""
    found: dict[str, PerThousand] = {}
    for name, columns in run.arms.items():
        price = run.info.price_of(name)
        if price is None or not len(columns):
            continue
        side = side_of(name, columns, run.cases, graded=run.info.graded, price=price)
        each = per_thousand(side)
        if each is not None:
            found[name] = each
    return found


def _links(suite: Suite) -> Iterable[Link]:
    """The pages of a suite that are there, beside the index."""
    for suffix, what in _PAGES:
        name = f"{suite.name}{suffix}"
        if (suite.settings.results / name).is_file():
            yield Link(text=f"{suite.name}: {what}", target=name)
