"""The one line that says how far a page of many cases is."""

from __future__ import annotations

import io
import time

import pytest
from rich.console import Console

from harness.reports import progress as module
from harness.reports.page.progress import CaseTally, LiveLine, page_progress
from harness.reports.progress import PlainLines


class Clock:
    """Stands still until it is set."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def test_the_line_says_what_is_done_how_fast_and_how_long_it_takes():
    """The rate is counted from the first case: reading replies before that packs none."""
    clock = Clock()
    tally = CaseTally(100_000, clock)
    clock.now += 65
    assert tally.line() == "reading replies, 1:05"
    tally.packed(0)
    clock.now += 4
    tally.packed(20_000)
    assert tally.line() == "20,000/100,000 cases, 5,000 per s, 0:16 left"
    tally.packed(80_000)
    assert tally.line() == "100,000/100,000 cases, 25,000 per s"


def test_nothing_is_divided_by_no_time():
    clock = Clock()
    tally = CaseTally(10, clock)
    tally.packed(5)
    assert tally.line() == "5/10 cases"


def test_where_there_is_no_terminal_lines_come_every_now_and_then(monkeypatch):
    monkeypatch.setattr(module, "PLAIN_EVERY_S", 0.01)
    written = io.StringIO()
    with page_progress(CaseTally(10), Console(file=written, width=80)) as shown:
        assert isinstance(shown, PlainLines)
        while written.getvalue().count("\n") < 2:
            time.sleep(0.01)
    assert written.getvalue().startswith("reading replies, 0:0")
    ended = written.getvalue()
    time.sleep(0.05)
    assert written.getvalue() == ended


@pytest.mark.parametrize("columns", [80, 20])
def test_a_terminal_gets_one_line_that_is_gone_at_the_end(columns):
    written = io.StringIO()
    console = Console(file=written, width=columns, force_terminal=True)
    with page_progress(CaseTally(10), console) as shown:
        assert isinstance(shown, LiveLine)
    assert "reading replies" in written.getvalue()
    assert written.getvalue().endswith("\x1b[2K")
