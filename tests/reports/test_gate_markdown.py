"""A decision as a comment on a change: readable, replaceable, and only text."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from harness.reports.gate.markdown import MARK, gate_markdown

from . import gates

GITHUB = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _page(name: str, *, preview: bool = False) -> str:
    decision, comparison = getattr(gates, name)()
    return gate_markdown(decision, comparison, "Stars from a review", preview=preview)


@pytest.mark.parametrize("name", gates.MADE)
def test_the_comment_of_a_decision(name: str, snapshot) -> None:
    """What people read on GitHub."""
    assert _page(name) == snapshot


@pytest.mark.parametrize("name", [*gates.MADE, "hostile"])
def test_a_bot_finds_its_comment_by_the_first_line(name: str) -> None:
    """So that it replaces it instead of adding another."""
    page = _page(name)
    assert page.startswith(MARK + "\n")
    assert page.endswith("\n")
    assert page.count(MARK) == 1


@pytest.mark.parametrize("name", [*gates.MADE, "hostile"])
def test_heading_and_tables_are_what_they_seem(name: str) -> None:
    """One heading of level 3, tables with one row per check."""
    decision, comparison = getattr(gates, name)()
    tokens = GITHUB.parse(_page(name))
    headings = [token for token in tokens if token.type == "heading_open"]
    assert headings[0].tag == "h3"
    rows = [token for token in tokens if token.type == "tr_open"]
    assert len(rows) >= 1 + len(decision.checks)
    moved = comparison is not None and bool(comparison.lost or comparison.gained)
    tables = [token for token in tokens if token.type == "table_open"]
    assert len(tables) == 1 + moved


def test_nothing_of_others_becomes_a_tag_a_link_or_a_mention() -> None:
    """Ids, arms and evidence of a fork's change end up in a comment of a bot with rights."""
    page = _page("hostile")
    kinds = {
        child.type
        for token in GITHUB.parse(page)
        if token.type == "inline"
        for child in token.children or ()
    }
    strong = {"strong_open", "strong_close"}  # of our own "Warning:"
    assert kinds <= {"text", "text_special", "softbreak"} | strong
    assert page.count("**") == 2
    html = set(re.findall(r"<[a-zA-Z/!][^>]*>", page))
    assert html <= {MARK, "<details>", "</details>", "<summary>", "</summary>"}
    assert "http://" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    page.encode()


def test_a_preview_says_so() -> None:
    """Nothing can be promoted on it."""
    assert "Preview, not written down." in _page("promoted", preview=True)
    assert "Decision 3." in _page("promoted")
