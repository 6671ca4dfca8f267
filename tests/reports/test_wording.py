from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.reports.wording import clock_time, interval, model_name, natural_key, one_line
from harness.text.wording import counted, listing, percent, seconds


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0.0%"), (1, "100.0%"), (0.0001, "<0.1%"), (0.99951, ">99.9%"), (0.7166, "71.7%")],
)
def test_percent_keeps_none_and_all_for_exactly_none_and_all(share, text):
    """One error in 10,000 is never rounded away."""
    assert percent(share) == text


@given(st.floats(0, 1))
def test_percent_is_within_a_twentieth_of_a_point(share):
    """What is shown is the share, or says on which side of it the share lies."""
    shown = percent(share)
    if shown[0] in "<>":
        assert (share < 0.001) == (shown[0] == "<")
    else:
        assert abs(float(shown[:-1]) / 100 - share) <= 0.0005 + 1e-12


def test_no_interval_is_a_dash():
    """Nothing can be said about one case."""
    assert interval(None, graded=False) == "\N{EN DASH}"


@pytest.mark.parametrize(
    ("value", "text"), [(0.001, "<0.01 s"), (0.214, "0.21 s"), (12.34, "12.3 s"), (0, "0.00 s")]
)
def test_seconds_keep_three_digits(value, text):
    """Latencies read alike from milliseconds to minutes."""
    assert seconds(value) == text


@pytest.mark.parametrize(("value", "text"), [(5, "0:05"), (59.6, "1:00"), (3723, "1:02:03")])
def test_clock_time_carries(value, text):
    """60 seconds are a minute."""
    assert clock_time(value) == text


def test_counted_and_listed_nouns_are_english():
    """One case, two replies, a list with 'and'."""
    assert [counted(1, "case"), counted(1200, "case"), counted(2, "reply")] == [
        "1 case",
        "1,200 cases",
        "2 replies",
    ]
    assert [listing(["a"]), listing("ab"), listing("abc", "or")] == ["a", "a and b", "a, b or c"]


@given(st.text(st.characters(), max_size=200))
def test_one_line_cannot_steer_a_terminal(text):
    """No control character, direction mark, line end or surrogate is left, and no endless text."""
    shown = one_line(text)
    assert len(shown) <= 60
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert shown.encode() is not None


def test_one_line_shows_what_was_there():
    """An escape sequence becomes visible instead of vanishing."""
    assert one_line("\x1b[31mred\n  blue") == "\\u001b[31mred blue"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("/home/someone/models/gemma.gguf", "gemma.gguf"),
        ("C:\\models\\gemma.gguf", "gemma.gguf"),
        ("google/gemma-3-270m", "google/gemma-3-270m"),
        ("ft:gpt-4.1:org::id", "ft:gpt-4.1:org::id"),
    ],
)
def test_a_path_of_a_machine_is_no_model_name(name, shown):
    """A page must be the same on every machine; names on a hub stay whole."""
    assert model_name(name) == shown


def test_labels_sort_naturally():
    """Ten stars follow two; huge numbers are no trouble; equal spellings have one order."""
    texts = ["10 stars", "2 stars", "B", "a", "9" * 5000, "02 stars"]
    ordered = sorted(texts, key=natural_key)
    assert ordered == ["02 stars", "2 stars", "10 stars", "9" * 5000, "a", "B"]
