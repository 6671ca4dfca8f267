"""Numbers: how they are written, where they are read, when they are equal."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scoring_cases import read, scored

from harness.errors import DataError
from harness.scoring.number import number, number_lenient, read_number
from harness.values.suite import NumberOptions

PLAIN = NumberOptions()
WRITTEN = {
    "18": 18,
    "$1,234.50": 1234.5,
    "US$ 1,234": 1234,
    "R$ 3,50": 3.5,
    "EUR 20": 20,
    "-5": -5,
    "\u22125": -5,
    "-$5": -5,
    "$-5": -5,
    "+7": 7,
    "60%": 60,
    "60 km per hour": 60,
    "**42**": 42,
    "42.": 42,
    "1.234.567,5": 1234567.5,
    "3,14": 3.14,
    "0,500": 0.5,
    "1.234": 1.234,
    ".5": 0.5,
    "1/2": 0.5,
    "2\u00bd": 2.5,
    "-\u00bd": -0.5,
    "2 1/2 cups": 2.5,
    "1e3": 1000,
    "\uff11\uff12\uff13": 123,
}


@pytest.mark.parametrize(("text", "value"), WRITTEN.items())
def test_how_numbers_are_written(text: str, value: float) -> None:
    """Currency, units, thousands, decimal commas, fractions and foreign digits."""
    assert read_number(text) == value


@pytest.mark.parametrize(
    "text", ["", "none", "3 plus 4", "H2O", "1/0", "1e999", "it is 42", "9 of all the ten words"]
)
def test_what_is_not_one_number(text: str) -> None:
    """Two numbers, part of a word, no finite value, or a sentence."""
    assert read_number(text) is None


@given(st.integers(-(10**17), 10**17))
def test_thousands_commas_change_no_integer(value: int) -> None:
    """Integers are read exactly, beyond the precision of floats."""
    assert read_number(str(value)) == read_number(f"{value:,}") == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_read_back(value: float) -> None:
    """In every notation Python writes."""
    assert read_number(repr(value)) == value


@pytest.mark.parametrize(
    ("text", "strict", "lenient"),
    [
        ("2 + 2 = 4\nA: 4 of 5", 4, 4),
        ("A: 3\nA: 18 eggs", 18, 18),
        ("A: none, 7 before", 7, 7),
        ("the total is 12", None, 12),
        ("12 (of 3/0)", None, 12),
        ("A: nothing", None, None),
    ],
)
def test_the_first_number_behind_the_last_mark(
    text: str, strict: float | None, lenient: float | None
) -> None:
    """Leniently the last number of the answer where that reads nothing."""
    options = NumberOptions(after="A:")
    assert read(number(options), text, 4) == strict
    assert read(number_lenient(options), text, 4) == lenient


@given(st.text("0123456789.,/-$ aA:%\n", max_size=30), st.sampled_from([None, "A:"]))
def test_lenient_keeps_every_strict_reading(text: str, after: str | None) -> None:
    """Leniency only adds readings, it changes none."""
    options = NumberOptions(after=after)
    strict = read(number(options), text, 1)
    assert strict is None or strict == read(number_lenient(options), text, 1)


@pytest.mark.parametrize(
    ("options", "text", "value"),
    [
        (PLAIN, "10.0", 1.0),
        (PLAIN, "10.01", 0.0),
        (NumberOptions(tolerance=0.1), "10.1", 1.0),
        (NumberOptions(tolerance=0.1), "10.11", 0.0),
        (NumberOptions(relative=0.1), "9", 1.0),
        (NumberOptions(relative=0.1), "8.9", 0.0),
    ],
)
def test_the_tolerance_is_meant_in_decimals(
    options: NumberOptions, text: str, value: float
) -> None:
    """10.1 is within 0.1 of 10 although the floats differ by a little more."""
    assert scored(number(options), text, 10).value == value


def test_expected_text_is_cut_at_the_mark_where_it_has_one() -> None:
    """A worked solution and a bare number both serve as expected."""
    scorer = number(NumberOptions(after="####"))
    assert scored(scorer, "so #### 18", "9 x 2 = 18\n#### 18").value == 1
    assert scored(scorer, "so #### 1,000", "1000").value == 1


@pytest.mark.parametrize("expected", ["many", True, None, [1], float("nan")])
def test_an_expected_value_that_is_no_number_is_bad_data(expected: object) -> None:
    """A truth value is none either."""
    with pytest.raises(DataError, match="a number"):
        scored(number(PLAIN), "1", expected)


def test_long_answers_are_read_in_linear_time() -> None:
    """No text makes the pattern back-track: 200,000 characters in well under a second each."""
    started = time.perf_counter()
    for text in ("1" * 200_000, "1 " + "a" * 200_000, "1,234" * 40_000, "a 1 " * 50_000):
        read(number_lenient(PLAIN), text, 1)
    assert time.perf_counter() - started < 4
