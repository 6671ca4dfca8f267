"""Rows that share a rule, and what of them is shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.training.checks.tally import EXCERPT, LINES_KEPT, Tally, excerpt, finding


def test_a_hundred_lines_are_kept_and_all_are_counted():
    """A finding never grows with the file."""
    rows = Tally.of(range(1, 1001), "first")
    found = finding("long-row", "f", "m", rows)
    assert (found.count, len(found.lines), found.line) == (1000, LINES_KEPT, 1)


@given(st.text(max_size=300))
def test_an_excerpt_is_short_and_on_one_line(text):
    """Whatever the text."""
    shown = excerpt(text)
    assert len(shown) <= EXCERPT
    assert "\n" not in shown
