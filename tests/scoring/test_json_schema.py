"""Answers against a JSON Schema."""

from __future__ import annotations

import pytest
from scoring_cases import scored

from harness.errors import UsageError
from harness.scoring.json_schema import json_schema

SCHEMA = {
    "type": "object",
    "properties": {"a": {"$ref": "#/$defs/count"}},
    "required": ["a"],
    "$defs": {"count": {"type": "integer", "minimum": 1}},
}


@pytest.mark.parametrize(
    ("text", "value", "extracted", "reason"),
    [
        ('{"a": 1}', 1.0, {"a": 1}, ""),
        ('{"a": 0}', 0.0, {"a": 0}, "0 is less than the minimum of 1"),
        ("{}", 0.0, {}, "'a' is a required property"),
        ("a: 1", 0.0, None, "not JSON"),
    ],
)
def test_valid_invalid_and_not_json(
    text: str, value: float, extracted: object, reason: str
) -> None:
    """An invalid answer is wrong with the first error as reason; no JSON is unparsed."""
    score = scored(json_schema(SCHEMA), text, None)
    assert (score.value, score.extracted, score.reason) == (value, extracted, reason)


def test_an_invalid_schema_is_refused_when_built() -> None:
    """The message is jsonschema's own."""
    with pytest.raises(UsageError, match="no JSON Schema: 'whole' is not valid"):
        json_schema({"type": "whole"})


def test_a_reference_outside_the_schema_is_refused_when_built() -> None:
    """Nothing is ever fetched, and no case has to fail first."""
    with pytest.raises(UsageError, match=r"refers to 'https://example\.org/x'"):
        json_schema({"properties": {"a": {"$ref": "https://example.org/x"}}})
