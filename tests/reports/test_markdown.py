from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from harness.reports.markdown import inert, suite_page, table_markdown
from harness.reports.table import Column, Table
from harness.reports.wording import one_line

from . import runs

GITHUB = MarkdownIt("commonmark").enable(["table", "strikethrough"])
NASTY = st.text(st.sampled_from("ab_1 *`|<>&[]()!~#\\\n\t-+=.:/@$\x1b") | st.characters())


@given(NASTY)
@example("a | b\n| c")
@example("<script>alert(1)</script>")
@example("__init__ *x* `y` [z](http://w) ![i](j) ~~k~~")
def test_a_cell_shows_exactly_its_text(text):
    """Whatever a model or a suite wrote is one cell, and only text."""
    table = Table("t", (Column("a", "left"), Column("b")), ((text, "end"),))
    tokens = GITHUB.parse(table_markdown(table))
    cells = [token for token in tokens if token.type == "inline"]
    assert len(cells) == 4
    assert {child.type for child in cells[2].children} <= {"text", "text_special"}
    assert "".join(child.content for child in cells[2].children) == one_line(text, 200)
    assert cells[3].content == "end"


@given(NASTY)
@example("1. one")
@example("--- ")
@example("- - x")
@example("# title #")
def test_a_note_is_one_item_of_text(text):
    """No note can open a heading, a list, a rule or a block of HTML."""
    tokens = GITHUB.parse(table_markdown(Table("t", (Column("a"),), (), (f"x{text}", text))))
    notes = tokens[[token.type for token in tokens].index("bullet_list_open") :]
    kinds = {token.type.removesuffix("_open").removesuffix("_close") for token in notes}
    assert kinds <= {"bullet_list", "list_item", "paragraph", "inline"}


@pytest.mark.parametrize("text", ["see https://a.b", "www.a.b", "HTTP://A.B"])
def test_an_address_is_no_link(text):
    """GitHub links bare addresses; a page must not carry those of a model."""
    assert not re.search(r"(?i)https?:|www\.", inert(text))


def test_names_of_arms_stay_readable_in_the_source():
    """An underscore within a word needs no escape."""
    assert inert("few_shot") == "few_shot"
    assert inert("_few_") == r"\_few\_"


@pytest.mark.parametrize("name", ["usual_run", "troubled_run", "graded_run"])
def test_the_page_of_a_run(name, snapshot):
    """What people read on GitHub."""
    info, arms = getattr(runs, name)()
    assert suite_page(info, arms, about="How many stars does a review give?") == snapshot


def test_the_page_of_a_replay_has_no_day_and_no_order_of_its_own():
    """Made on another day, from another run whose replies came in another order: the same page."""
    info, arms = runs.usual_run()
    later, _ = runs.usual_run()
    fields = {name: getattr(later, name) for name in later.__struct_fields__}
    fields |= {"id": "other", "started": "2030-01-01T00:00:00Z", "commit": "abc"}
    records = runs.stars(runs.outcomes(33, 22, 5))
    again = arms | {"zero_shot": runs.columns(reversed(records))}
    assert suite_page(type(later)(**fields), again) == suite_page(info, arms)


def test_the_page_names_all_scorers():
    """The first judges, the others stand beside it."""
    info, arms = runs.graded_run()
    assert "`json` (version 2), beside it `exact` (version 1)" in suite_page(info, arms)
