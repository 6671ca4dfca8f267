"""Fields of JSON objects, strictly and leniently."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scoring_cases import scored

from harness.errors import DataError
from harness.scoring.json_object import (
    find_object,
    json_fields,
    json_fields_lenient,
    json_whole,
    json_whole_lenient,
    read_object,
)
from harness.values.suite import JsonOptions

PLAIN = JsonOptions()
EXPECTED = {"order": "AL-1", "quantity": 2, "wish": "Refund", "date": None}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(), JSON, min_size=1)


@given(OBJECTS, st.randoms())
def test_an_object_agrees_with_itself_in_any_key_order(expected: dict, rng) -> None:
    """Under all four scorers, from its own JSON text."""
    keys = list(expected)
    rng.shuffle(keys)
    text = json.dumps({key: expected[key] for key in keys})
    for build in (json_fields, json_fields_lenient, json_whole, json_whole_lenient):
        assert scored(build(PLAIN), text, expected).value == 1


@given(OBJECTS, OBJECTS)
def test_whole_is_one_only_where_fields_is_one(answer: dict, expected: dict) -> None:
    """json_whole asks for more, never for less; both stay within [0, 1]."""
    fields = scored(json_fields(PLAIN), json.dumps(answer), expected).value
    whole = scored(json_whole(PLAIN), json.dumps(answer), expected).value
    assert 0 <= whole <= fields <= 1


@pytest.mark.parametrize(
    ("changes", "value", "reason"),
    [
        ({}, 1.0, ""),
        ({"quantity": "2"}, 0.75, "differing: ['quantity']"),
        ({"quantity": 2.0}, 1.0, ""),
        ({"quantity": True}, 0.75, "differing: ['quantity']"),
        ({"wish": "refund", "date": "today"}, 0.5, "differing: ['wish', 'date']"),
        ({"more": 1}, 1.0, ""),
    ],
)
def test_the_value_is_the_share_of_agreeing_fields(
    changes: dict, value: float, reason: str
) -> None:
    """2 is 2.0 but not "2"; further fields do not count; the reason names what differs."""
    score = scored(json_fields(PLAIN), json.dumps(EXPECTED | changes), EXPECTED)
    assert (score.value, score.reason) == (value, reason)


def test_a_missing_field_differs_even_where_null_is_expected() -> None:
    """Null is a value that the answer has to state."""
    answer = json.dumps({key: EXPECTED[key] for key in ("order", "quantity", "wish")})
    assert scored(json_fields(PLAIN), answer, EXPECTED).value == 0.75


def test_another_key_spoils_the_whole() -> None:
    """And the reason says which."""
    score = scored(json_whole(PLAIN), json.dumps(EXPECTED | {"more": 1}), EXPECTED)
    assert (score.value, score.reason) == (0.0, "not expected: ['more']")


def test_options_restrict_fields_and_fold_case() -> None:
    """Keys outside `fields` are not looked at on either side."""
    options = JsonOptions(fields=("order", "wish"), casefold=("wish",))
    answer = json.dumps({"order": "AL-1", "wish": " refund", "more": 1})
    assert scored(json_whole(options), answer, EXPECTED).value == 1


def test_truth_is_no_number() -> None:
    """Although Python says True == 1, also deep inside."""
    assert scored(json_fields(PLAIN), '{"a": [true]}', {"a": [1]}).value == 0


@pytest.mark.parametrize(
    "text",
    [
        '```json\n{"a": 2}\n```',
        'Here it is: {"a": 2} as asked',
        '```\n{"a": "2"}\n```',
        '{"a": "2"}',
    ],
)
def test_fences_prose_and_quoted_numbers_are_lenient(text: str) -> None:
    """The strict reading takes the object alone and the number as a number."""
    assert scored(json_fields_lenient(PLAIN), text, {"a": 2}).value == 1
    assert scored(json_fields(PLAIN), text, {"a": 2}).value == 0


@pytest.mark.parametrize(
    "text", ["", "[1]", "2", "{", "{a: 1}", '{"a": NaN}', "[" * 100_000, "\ud800"]
)
def test_no_object_is_unparsed(text: str) -> None:
    """Including lists, broken and bottomless JSON and lone surrogates."""
    assert read_object(text) is None
    assert scored(json_fields(PLAIN), text, {"a": 1}).extracted is None


def test_an_unfinished_object_is_not_found() -> None:
    """Nor is one nested beyond what the reader follows."""
    assert find_object('see {"a": 1') is None
    assert find_object('{"a":' * 100_000) is None


def test_a_list_is_several_accepted_objects_and_the_best_counts() -> None:
    """Objects may also be written as JSON text."""
    accepted = [{"a": 1, "b": 1}, '{"a": 2, "b": 2}']
    assert scored(json_fields(PLAIN), '{"a": 2, "b": 3}', accepted).value == 0.5


@pytest.mark.parametrize("expected", ["text", 1, None, [], [{"a": 1}, 2]])
def test_an_expected_value_that_is_no_object_is_bad_data(expected: object) -> None:
    """Also one that lacks every field looked at."""
    with pytest.raises(DataError, match="a JSON object"):
        scored(json_fields(PLAIN), "{}", expected)
    with pytest.raises(DataError, match="one of the fields"):
        scored(json_fields(JsonOptions(fields=("b",))), "{}", {"a": 1})
