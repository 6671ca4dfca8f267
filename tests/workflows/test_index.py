"""The index over the suites of a repository: written with the pages, and from what is here."""

from __future__ import annotations

from harness.store.baselines import PRODUCTION_FILE
from harness.workflows.gate.promote import promote
from harness.workflows.index import suite_card
from harness.workflows.replays import recorded_run
from harness.workflows.report import drifted_pages, write_pages

from .repository import SCRIPTED, Repository

PRICED = '[prices.m]\nas_of = "2026-11-01"\nsource = "a page"\ninput = 2.0\noutput = 8.0\n'


def test_the_index_is_written_beside_the_pages(repository: Repository) -> None:
    """It shows past runs, and is no page that drifts."""
    repository.run(mode="record")
    repository.run()
    written = write_pages(repository.root)
    index = repository.root / "results" / "index.html"
    assert written[-1] == index
    html = index.read_text()
    assert html.startswith("<!doctype html>")
    assert 'href="demo.md"' in html
    assert all(folder.name in html for folder in repository.runs)
    index.write_text("edited")
    assert drifted_pages(repository.root) == []


def test_a_suite_without_recordings_is_in_the_index(repository: Repository) -> None:
    """And so is a repository without a suite."""
    assert [path.name for path in write_pages(repository.root)] == ["index.html"]
    assert "demo" in (repository.root / "results" / "index.html").read_text()


def test_a_card_knows_production_money_and_pages(tmp_path) -> None:
    """Each where it is; the page in HTML is linked once it is there."""
    repository = Repository(tmp_path, endpoints=SCRIPTED + PRICED)
    repository.run(mode="record")
    suite = repository.open()
    promote(suite, "plain", reason="the first one")
    (tmp_path / "results" / "demo.html").write_text("a page")
    card = suite_card(suite, recorded_run(suite))
    assert card.production == "plain"
    assert card.money["plain"].currency == "USD"
    assert card.money["plain"].amount > 0
    assert [link.target for link in card.links] == ["demo.html"]


def test_a_broken_file_is_a_warning_and_no_end(repository: Repository) -> None:
    """The other suites still have their place."""
    folder = repository.root / "baselines" / "demo"
    folder.mkdir(parents=True)
    (folder / PRODUCTION_FILE).write_text("nonsense")
    card = suite_card(repository.open(), None)
    assert PRODUCTION_FILE in card.wrong
    write_pages(repository.root)
    assert "1 warning" in (repository.root / "results" / "index.html").read_text()
