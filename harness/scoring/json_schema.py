"""A JSON Schema in, a scorer of answers that are valid against it out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

import msgspec

from harness.errors import UsageError
from harness.values.case import Case
from harness.values.reply import Answer
from harness.values.score import Score, Scorer

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")


def json_schema(schema: Mapping[str, Any]) -> Scorer:
    """1.0 when the whole answer is JSON that is valid against `schema`; else 0.0.

    `schema` is the loaded file that [scorer.json] schema names; its `$schema` chooses the draft,
    2020-12 by default. `$ref` reaches into the schema itself ('#…') and never over the network.
    An answer that is not JSON extracts nothing. UsageError when the schema is itself invalid or
    refers elsewhere.
    """
    validator = _validator(schema)

    def score(case: Case, answer: Answer) -> Score:
        del case
        try:
            value = msgspec.json.decode(answer.text)
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
            return Score(0.0, None, "not JSON")
        error = next(validator.iter_errors(value), None)
        return Score(1.0, value) if error is None else Score(0.0, value, error.message)

    return Scorer("json_schema", 1, score)


def _validator(schema: Mapping[str, Any]) -> Any:
    from jsonschema import SchemaError
    from jsonschema.validators import Draft202012Validator, validator_for

    foreign = next((ref for ref in _references(schema) if not ref.startswith("#")), None)
    if foreign is not None:
        raise UsageError(f"[scorer.json] schema refers to {foreign!r}; only '#…' is followed")
    kind = validator_for(schema, default=Draft202012Validator)
    try:
        kind.check_schema(dict(schema))
    except SchemaError as error:
        raise UsageError(f"[scorer.json] schema is no JSON Schema: {error.message}") from error
    return kind(schema)


def _references(schema: Any) -> Iterator[str]:
    """Every reference at any depth."""
    if isinstance(schema, Mapping):
        yield from (ref for key in _REFERENCES if isinstance(ref := schema.get(key), str))
        yield from chain.from_iterable(map(_references, schema.values()))
    elif isinstance(schema, list):
        yield from chain.from_iterable(map(_references, schema))
