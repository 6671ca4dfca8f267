"""Number, length, case, weights, ids and blank answers of rows."""

from __future__ import annotations

import pytest

from .files import chat, findings, pair


@pytest.mark.parametrize(("count", "found"), [(99, True), (100, False)])
def test_a_hundred_rows_are_no_longer_few(count, found):
    """The validator's own limit."""
    assert ("few-examples" in findings(chat(f"q{i}", f"a{i}") for i in range(count))) is found


def test_long_rows_are_counted():
    """More than 10,000 characters of prompt and answer together."""
    found = findings([chat("x" * 9_000, "y" * 1_000), chat("x" * 9_000, "y" * 1_001)])["long-row"]
    assert (found.line, found.count) == (2, 1)


def test_shouting_is_more_than_a_third_of_the_letters():
    """Upper case twice as often as half the lower case; digits count for nothing."""
    assert "prompts" in findings([pair("AAB aab ->", " x")])["mostly-upper-case"].message
    assert "mostly-upper-case" not in findings([pair("A bc 123 ->", " x")])


def test_weight_zero_everywhere_is_an_error_and_in_some_rows_a_warning():
    """Nothing would be learned."""
    rows = [chat(f"q{i}", "a", weight=0) for i in range(3)]
    assert findings(rows)["weight-zero"].severity == "error"
    assert findings([*rows, chat("q", "a")])["weight-zero"].severity == "warning"
    assert "weight-zero" not in findings([chat("q", "a", weight=1)])


def test_white_space_is_no_answer():
    """In a conversation and in a completion."""
    assert findings([chat("q", " \n")])["blank-answer"].severity == "error"
    assert findings([pair("p", "  ")])["empty-completion"].severity == "error"


def test_ids_stand_once():
    """The later row is named; rows without an id are not compared."""
    rows = [chat("a", "b") | {"id": "1"}, chat("c", "d"), chat("e", "f") | {"id": "1"}]
    assert findings(rows)["duplicate-ids"].line == 3
