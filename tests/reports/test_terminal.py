from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from harness.reports.markdown import page_tables
from harness.reports.table import Column, Table
from harness.reports.terminal import blocks, print_tables

from . import runs


def printed(tables, width=100, *, heading="heading", encoding="utf-8"):
    """What a console of that width shows, without the blanks at line ends."""
    bytes_written = io.BytesIO()
    file = io.TextIOWrapper(bytes_written, encoding=encoding)
    print_tables(Console(file=file, width=width), heading, tables)
    file.flush()
    text = bytes_written.getvalue().decode(encoding)
    return "\n".join(line.rstrip() for line in text.split("\n"))


@pytest.mark.parametrize("name", ["usual_run", "troubled_run", "graded_run"])
def test_a_run_at_a_hundred_columns(name, snapshot):
    """What people read: shot seeds, 0 % and 100 %, ends of arms, unknown usage, graded scores."""
    info, arms = getattr(runs, name)()
    assert printed(page_tables(info, arms), heading=info.title) == snapshot


@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize("name", ["usual_run", "troubled_run", "graded_run"])
def test_no_line_is_wider_than_the_terminal(name, width):
    """A line that wraps destroys a table."""
    text = printed(page_tables(*getattr(runs, name)()), width)
    assert max(map(cell_len, text.split("\n"))) <= width


def test_a_wide_table_goes_on_below_with_its_first_column():
    """Numbers are never cut: what does not fit comes in a second block."""
    columns = (Column("arm", "left"), *(Column(f"number {i}") for i in range(9)))
    table = Table("t", columns, (("some_arm", *("123,456,789" for _ in range(9))),))
    parts = blocks(table, 80)
    assert len(parts) == 2
    assert [part.columns[0].name for part in parts] == ["arm", "arm"]
    assert printed([table], 80).count("123,456,789") == 9


def test_long_names_fold_after_an_underscore():
    """All of a name is readable, in pieces that are words."""
    table = Table("t", (Column("arm", "left"),), (("an_arm_with_a_very_long_name_for_this",),))
    assert "\nan_arm_with_a_\nvery_long_name_\nfor_this" in printed([table], 16)


def test_two_long_texts_leave_a_number_its_place():
    """Texts share what the line has to spare; no digit moves to the next line."""
    columns = (Column("arm", "left"), Column("slice", "left"), Column("n"))
    text = "a_long_text_" * 5
    shown = printed([Table("t", columns, ((text, text, "123,456,789"),))], 80)
    assert "123,456,789" in shown
    assert "a_long_text_a_long_text_a_long_text_" in shown


def test_markup_and_escapes_of_names_do_nothing():
    """A label that a model made up is shown, not obeyed."""
    shown = printed([Table("t", (Column("l", "left"),), (("[red]x[/red] \x1b[2J",),))])
    assert "[red]x[/red] \\u001b[2J" in shown


def test_a_terminal_without_unicode_still_reads():
    """Dashes and marks have plain stand-ins; nothing raises."""
    shown = printed(page_tables(*runs.troubled_run()), encoding="ascii")
    assert "37.7-62.3%" in shown


@given(st.lists(st.text(max_size=80), min_size=2, max_size=8), st.integers(20, 120))
def test_any_texts_in_any_width_print(texts, width):
    """Wide characters, blanks and nothing at all have their place."""
    columns = tuple(Column("name", "left") for _ in texts)
    shown = printed([Table("t", columns, (tuple(texts),), tuple(texts))], width)
    assert max(map(cell_len, shown.split("\n"))) <= width
