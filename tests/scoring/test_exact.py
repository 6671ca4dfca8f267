"""Exact comparison and its two options."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scoring_cases import read, scored

from harness.scoring.exact import exact
from harness.values.suite import ExactOptions


@given(st.text())
def test_every_text_equals_itself(text: str) -> None:
    """Under all four options."""
    for strip in (True, False):
        for casefold in (True, False):
            assert scored(exact(ExactOptions(strip, casefold)), text, text).value == 1


@pytest.mark.parametrize(
    ("options", "text", "value"),
    [
        (ExactOptions(), " a b \n", 1.0),
        (ExactOptions(strip=False), "a b\n", 0.0),
        (ExactOptions(), "A b", 0.0),
        (ExactOptions(casefold=True), "A B", 1.0),
        (ExactOptions(), "a  b", 0.0),
        (ExactOptions(), "a b.", 0.0),
    ],
)
def test_only_what_the_options_name_is_ignored(
    options: ExactOptions, text: str, value: float
) -> None:
    """Inner white space and punctuation always count."""
    assert scored(exact(options), text, "a b").value == value


def test_a_blank_answer_extracts_nothing() -> None:
    """It becomes unparsed, not wrong."""
    assert read(exact(ExactOptions()), " \n", "a") is None
    assert read(exact(ExactOptions()), " b ", "a") == "b"


def test_any_of_a_list_is_right() -> None:
    """A list in expected is several accepted answers."""
    assert scored(exact(ExactOptions()), "b", ["a", "b"]).value == 1
