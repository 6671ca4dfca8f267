"""How `expected` is read."""

from __future__ import annotations

import pytest
from scoring_cases import case_of

from harness.errors import DataError
from harness.scoring.expected import accepted, unusable


@pytest.mark.parametrize(
    ("expected", "texts"),
    [
        ("a", ("a",)),
        (["a", 2], ("a", "2")),
        (True, ("true",)),
        (None, ("null",)),
        ({"a": [1, 2]}, ('{"a":[1,2]}',)),
    ],
)
def test_other_values_are_read_as_json_text(expected: object, texts: tuple[str, ...]) -> None:
    """A list is several accepted answers; everything but text is compact JSON."""
    assert accepted(case_of(expected)) == texts


def test_an_empty_list_accepts_nothing_and_is_refused() -> None:
    """No answer could ever be right: the data is wrong, not the model."""
    with pytest.raises(DataError, match="case 'c1'"):
        accepted(case_of([]))


def test_the_error_names_case_value_and_need() -> None:
    """Place, value and next step stand in one message."""
    assert str(unusable(case_of(7), "a letter")) == (
        "case 'c1': expected is 7; the scorer needs a letter there"
    )
