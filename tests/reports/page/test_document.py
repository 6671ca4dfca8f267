"""The file as a whole: what stands in it, what is inert in it, and how large it is."""

from __future__ import annotations

import html as entities
import re
from html.parser import HTMLParser

import pytest

from benchmarks.page import synthetic
from harness.reports.page.document import page_html
from harness.reports.page.values import Fact, Link, Page, Section
from harness.reports.table import Column, Table
from tests.reports.page.decoded import Decoded
from tests.reports.page.pages import (
    ARMS,
    HOSTILE,
    PAIR,
    hostile_cases,
    html,
    ordinary_cases,
    report,
)


class _Elements(HTMLParser):
    """Every element with its attributes, and the texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)


def test_nothing_is_loaded_and_nothing_is_inline():
    """One script, one style; no address outside, no handler, no style attribute."""
    elements = _Elements(html(report(), ARMS, [*ordinary_cases(3), *hostile_cases()])).found
    for tag, attributes in elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
        for name in ("src", "srcset", "action", "data", "poster"):
            assert name not in attributes, tag
        target = attributes.get("href") or "#"
        assert target in ("data:,", "index.html") or target.startswith("#")
    kinds = [attributes.get("type") for tag, attributes in elements if tag == "script"]
    assert kinds.count("module") == 1
    assert set(kinds) == {"module", "application/octet-stream"}
    assert [tag for tag, _ in elements].count("style") == 1


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_are_inert_in_every_place_of_the_report(text):
    """They make no element and no attribute, wherever they stand."""
    table = Table(text, (Column(text, "left"),), ((text,),), (text, f"Warning: {text}"))
    page = Page(
        title=text,
        subtitle=text,
        finding=text,
        verdict="reject",
        facts=(Fact(text, (text,)),),
        warnings=(text,),
        links=(Link(text, "a.html"),),
        sections=(Section(id="s", title=text, intro=text, tables=(table,)),),
    )
    plain = Page(
        title="t",
        subtitle="t",
        finding="t",
        verdict="reject",
        facts=(Fact("t", ("t",)),),
        warnings=("t",),
        links=(Link("t", "a.html"),),
        sections=(
            Section(
                id="s",
                title="t",
                intro="t",
                tables=(Table("t", (Column("t", "left"),), (("t",),), ("t", "Warning: t")),),
            ),
        ),
    )
    written = html(page)
    written.encode()
    got = [
        tag for tag, attributes in _Elements(written).found if attributes.get("class") != "unseen"
    ]
    empty = {"p"} if not text else set()  # an empty text has no paragraph
    assert [tag for tag in got if tag not in empty] == [
        tag for tag, _ in _Elements(html(plain)).found if tag not in empty
    ]


def test_the_report_stands_before_the_cases():
    """It can be read while what is behind it still loads, and comes in pieces."""
    pieces = list(page_html(report(), ARMS, ordinary_cases(), pair=PAIR))
    assert "fine_tuned beats few_shot." in pieces[0]
    assert "Promote" in pieces[0]
    assert "octet-stream" not in pieces[0]
    assert len(pieces) > 8


def test_cases_are_read_one_after_the_other():
    """A page of more cases than fit in memory is written while they are read."""
    read = []

    def cases():
        for case in ordinary_cases(3_000):
            read.append(case.id)
            yield case

    pieces = page_html(report(), ARMS, cases(), pair=PAIR)
    while "texts-0-0" not in next(pieces):
        pass
    assert len(read) < 3_000


def test_without_cases_there_is_no_grid():
    """Nor a link to one."""
    text = html(report(), ARMS, [])
    assert 'id="cases"' not in text
    assert "Cases</a>" not in text
    assert html(report()) == text


def test_warnings_say_so_once():
    """Their heading counts them; the word before each is not repeated."""
    text = html(report(warnings=("Warning: one.", "two.")))
    assert "2 warnings" in text
    assert "<li>one.</li>" in text


def test_a_figure_keeps_its_numbers_beneath():
    """The picture as it is given, and a table of what it shows."""
    text = html(report())
    assert '<svg class="chart" role="img"' in text
    assert re.search(r"<summary>Numbers</summary>\s*<div class=\"scroll\"", text)
    assert entities.unescape("71.7%") in text


def test_a_thousand_cases_are_small():
    """Below 3 MB with four arms, prompts and shots, most of it texts."""
    pieces = page_html(report(), synthetic.ARMS, synthetic.synthetic_cases(1_000))
    assert sum(len(piece.encode()) for piece in pieces) < 2_000_000


def test_tags_come_in_the_order_in_which_they_are_met():
    """A set of their names would have another order in every process, and so every page."""
    found = Decoded(html(report(), ARMS, ordinary_cases(3))).parts[0].tables["tags"]
    assert found == [["language", ["en", "es"]], ["size", ["s", "m", "l"]]]


def test_the_same_cases_make_the_same_page():
    """On every machine and day."""
    assert html(report(), ARMS, ordinary_cases(50)) == html(report(), ARMS, ordinary_cases(50))
