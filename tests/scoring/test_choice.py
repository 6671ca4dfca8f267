"""Letters of multiple-choice questions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scoring_cases import read, scored

from harness.errors import DataError, UsageError
from harness.scoring.choice import choice, choice_lenient
from harness.values.suite import ChoiceOptions

OPTIONS = ChoiceOptions()


@pytest.mark.parametrize(
    "text", ["B", " b ", "(B)", "B.", "**B**", "B)", "Answer: B", "ANSWER: (B).", "**Answer:** B"]
)
def test_a_letter_alone_is_read_strictly_and_leniently(text: str) -> None:
    """In brackets, with a mark, or announced."""
    assert read(choice(OPTIONS), text, "B") == read(choice_lenient(OPTIONS), text, "B") == "B"


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("So the answer is B, which is cold.", "B"),
        ("The answer is A. No: the correct option is (C) Rome.", "C"),
        ("La respuesta es D.", "D"),
        ("A resposta é: b.", "B"),
        ("B) Paris", "B"),
        ("I compared (A) with care.\nHence (A).", "A"),
        ("The answer is a mammal.", None),
        ("The answer is not B.", None),
        ("Answer: A, B", None),
        ("Answer: A and B", None),
        ("A) London\nB) Paris", None),
        ("Because it is so.", None),
        ("Answer: E", None),
    ],
)
def test_the_last_clear_statement_is_read_leniently_only(text: str, letter: str | None) -> None:
    """What states nothing, or two letters, is not parsed."""
    assert read(choice_lenient(OPTIONS), text, "A") == letter
    assert read(choice(OPTIONS), text, "A") is None


@given(st.text("ABCDabcd().: *Answeris\n", max_size=30))
def test_lenient_keeps_every_strict_reading(text: str) -> None:
    """Leniency only adds readings, it changes none."""
    strict = read(choice(OPTIONS), text, "A")
    assert strict is None or strict == read(choice_lenient(OPTIONS), text, "A")


def test_expected_may_be_a_letter_in_brackets() -> None:
    """'(B)' is class B; a word is bad data."""
    assert scored(choice(OPTIONS), "B", "(B)").value == 1
    with pytest.raises(DataError, match="letters ABCD"):
        scored(choice(OPTIONS), "B", "Paris")


def test_letters_may_be_digits() -> None:
    """Some sets number their options."""
    assert read(choice_lenient(ChoiceOptions("1234")), "The answer is 3.", 3) == "3"


@pytest.mark.parametrize("letters", ["", "AA", "A-C", "aA"])
def test_letters_must_be_different(letters: str) -> None:
    """Anything else is refused when the scorer is built."""
    with pytest.raises(UsageError, match="different letters"):
        choice(ChoiceOptions(letters))
