"""Ratings in stars."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scoring_cases import read, scored

from harness.errors import DataError
from harness.scoring.stars import label_of, stars, stars_lenient


@pytest.mark.parametrize(
    "text", ["Rating: 4 stars", " rating: 4 Stars.\n", "Rating: 4 star", "4 stars", " 4 stars"]
)
def test_the_trained_form_is_read_by_both(text: str) -> None:
    """Capitals, a full stop and the singular do not matter."""
    assert read(stars(), text, 4) == read(stars_lenient(), text, 4) == "4"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("4", "4"),
        ("**4**", "4"),
        ("I give it 4/5 stars.", "4"),
        ("4 out of 5 stars", "4"),
        ("a 4-star laptop, 4 stars", "4"),
        ("4 estrellas de 5", "4"),
        ("1 estrela", "1"),
        ("Rating: 4", "4"),
        ("Stars: 4", "4"),
        ("★★★★☆", "4"),
        ("⭐️⭐️", "2"),
        ("3★", "3"),
        ("Rating: 4 ⭐", "4"),
        ("⭐ 4", "4"),
        ("4 ★★★★☆", "4"),
        ("Awarded stars 2 days ago", None),
        ("4.5 stars", None),
        ("4,5 estrellas", None),
        ("Rating: 4.5", None),
        ("Rating: 4-5", None),
        ("4 or 5 stars", None),
        ("from 1 to 5 stars", None),
        ("de 1 a 5 estrellas", None),
        ("1-5 stars", None),
        ("4 stars, no, 3 stars", None),
        ("10 stars", None),
        ("0 stars", None),
        ("6", None),
        ("★★★★★★", None),
        ("It has 4 ports", None),
        ("", None),
    ],
)
def test_one_clear_number_is_read_leniently_only(text: str, number: str | None) -> None:
    """Ranges, halves, contradictions and other numbers are not parsed."""
    assert read(stars_lenient(), text, 4) == number
    assert read(stars(), text, 4) is None


@given(st.integers(1, 5), st.sampled_from(["Rating: {} stars", "{}", "Rating: {} star."]))
def test_expected_text_and_integer_are_one_class(number: int, form: str) -> None:
    """The rows of a confusion matrix do not depend on how a file spells its labels."""
    assert label_of(form.format(number)) == label_of(number) == label_of(float(number))


@pytest.mark.parametrize("expected", [0, 6, 4.5, True, "good", None, [4], {"stars": 4}])
def test_other_expected_values_are_bad_data(expected: object) -> None:
    """The message says which case and what is needed."""
    with pytest.raises(DataError, match="from 1 to 5"):
        scored(stars(), "Rating: 4 stars", expected)


def test_a_wrong_rating_is_wrong_and_not_unparsed() -> None:
    """It was read, and it differs."""
    score = scored(stars(), "Rating: 2 stars", "Rating: 4 stars")
    assert (score.value, score.extracted) == (0.0, "2")
