"""Fields of a JSON object, compared with those of the expected object. Pure.

The strict scorers take an answer that is a JSON object and nothing else; the lenient ones also find
it in a code fence or behind other text, and let the text "2" stand for the number 2.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import msgspec

from harness.errors import DataError
from harness.scoring.expected import unusable
from harness.text.normalise import fold
from harness.values.case import Case
from harness.values.reply import Answer
from harness.values.score import Score, Scorer
from harness.values.suite import JsonOptions

Object: TypeAlias = dict[str, Any]
Leaf: TypeAlias = Callable[[Any, Any], bool]
Reading: TypeAlias = Callable[[str], Object | None]
Rule: TypeAlias = Callable[[Object, Object, "list[str]"], float]

_FENCE = re.compile(r"```[\w+-]*\s*\n(.*?)```", re.DOTALL)
_find_value = json.JSONDecoder().raw_decode


def json_fields(options: JsonOptions) -> Scorer:
    """The share of the expected's fields that the answer's object has with the same value.

    `fields` restricts which are looked at, `casefold` names fields whose text is compared without
    case and outer white space. Fields beyond the expected ones do not count. An answer without an
    object extracts nothing; an expected that is no object with a field is a DataError.
    """
    return _scorer("json_fields", options, read_object, _same_leaf, _share, graded=True)


def json_fields_lenient(options: JsonOptions) -> Scorer:
    """As `json_fields`, for an object found leniently, and with "2" equal to 2."""
    return _scorer("json_fields_lenient", options, find_object, _alike_leaf, _share, graded=True)


def json_whole(options: JsonOptions) -> Scorer:
    """1.0 when all fields agree and the answer has no other key (of `fields`, if given)."""
    return _scorer("json_whole", options, read_object, _same_leaf, _all_and_no_more, graded=False)


def json_whole_lenient(options: JsonOptions) -> Scorer:
    """As `json_whole`, for an object found leniently, and with "2" equal to 2."""
    return _scorer(
        "json_whole_lenient", options, find_object, _alike_leaf, _all_and_no_more, graded=False
    )


def read_object(text: str) -> Object | None:
    """The JSON object that a text is; None when it is anything else."""
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def find_object(text: str) -> Object | None:
    """The JSON object that a text is, fences, or holds first; None when there is none."""
    fenced = _FENCE.search(text)
    whole = read_object(text) or (read_object(fenced[1]) if fenced else None)
    return whole or _first_object(text)


def same(left: Any, right: Any, leaf: Leaf) -> bool:
    """Whether two JSON values are equal: key order is nothing, list order everything."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[k], right[k], leaf) for k in left)
    if isinstance(left, list) and isinstance(right, list):
        pairs = zip(left, right, strict=False)
        return len(left) == len(right) and all(same(a, b, leaf) for a, b in pairs)
    return leaf(left, right)


def _scorer(
    name: str, options: JsonOptions, read: Reading, leaf: Leaf, rule: Rule, *, graded: bool
) -> Scorer:
    def score(case: Case, answer: Answer) -> Score:
        wanted = _expected_objects(case, options.fields)
        found = read(answer.text)
        if found is None:
            return Score(0.0, None, "no JSON object")
        seen = _restricted(found, options.fields)
        return max((_compared(seen, one) for one in wanted), key=lambda score: score.value)

    def _compared(found: Object, wanted: Object) -> Score:
        differing = [
            key
            for key, value in wanted.items()
            if key not in found or not agree(key, found[key], value)
        ]
        value = rule(found, wanted, differing)
        return Score(value, found, _reason(differing, found.keys() - wanted.keys(), value))

    def agree(key: str, found: Any, wanted: Any) -> bool:
        if key in options.casefold and isinstance(found, str) and isinstance(wanted, str):
            return fold(found) == fold(wanted)
        return same(found, wanted, leaf)

    return Scorer(name, 1, score, graded=graded)


def _share(found: Object, wanted: Object, differing: list[str]) -> float:
    del found
    return 1 - len(differing) / len(wanted)


def _all_and_no_more(found: Object, wanted: Object, differing: list[str]) -> float:
    return float(not differing and found.keys() <= wanted.keys())


def _reason(differing: list[str], more: Iterable[str], value: float) -> str:
    if value == 1:
        return ""
    return f"differing: {differing}" if differing else f"not expected: {sorted(more)}"


def _expected_objects(case: Case, fields: tuple[str, ...]) -> list[Object]:
    """The object expected, or each of a list of accepted ones; JSON text is read as such."""
    entries = case.expected if isinstance(case.expected, list) else [case.expected]
    read = [read_object(entry) if isinstance(entry, str) else entry for entry in entries]
    objects = [_restricted(entry, fields) for entry in read if isinstance(entry, dict)]
    if not objects or len(objects) < len(entries) or (fields and not all(objects)):
        raise _no_object(case, fields)
    return objects


def _no_object(case: Case, fields: tuple[str, ...]) -> DataError:
    among = f" with one of the fields {list(fields)}" if fields else ""
    return unusable(case, f"a JSON object{among}")


def _restricted(found: Object, fields: tuple[str, ...]) -> Object:
    return {key: value for key, value in found.items() if key in fields} if fields else found


def _same_leaf(left: Any, right: Any) -> bool:
    """Equal and of one JSON type: 2 is 2.0, but neither "2" nor, for 1, true."""
    if _is_number(left) and _is_number(right):
        return bool(left == right)
    return type(left) is type(right) and left == right


def _alike_leaf(left: Any, right: Any) -> bool:
    return _same_leaf(left, right) or _same_leaf(_as_number(left), _as_number(right))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _as_number(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return float(value)
    except ValueError:
        return value


def _first_object(text: str) -> Object | None:
    start = text.find("{")
    if start < 0:
        return None
    try:
        _, end = _find_value(text, start)
    except (ValueError, RecursionError):
        return None
    # Python reads more than JSON (NaN, lone surrogates): what was found is read again strictly.
    return read_object(text[start:end])
