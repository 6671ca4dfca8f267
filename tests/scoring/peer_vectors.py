"""The vectors of four other harnesses, each with the scorer of ours that follows its definition.

A vector agrees when our value is the peer's; where no scorer of ours has the peer's definition,
there is nothing to agree with.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from scoring_cases import scored

from harness.scoring.catalogue import build_scorer
from harness.text.normalise import fold
from harness.values.suite import ChoiceOptions, IncludesOptions, RegexOptions, ScorerTable

NOWHERE = "—"


class Vector(NamedTuple):
    """One vector: `agrees` is None where no scorer of ours follows that definition."""

    group: str
    ours: str
    agrees: bool | None
    text: str


def read_vectors(folder: Path) -> list[Vector]:
    """All 312, in the order of the files."""
    readers = {
        "openai_evals": _evals,
        "inspect_ai": _inspect,
        "autoevals": _autoevals,
        "lighteval": _lighteval,
    }
    return [
        vector
        for name, reader in readers.items()
        for vector in reader(json.loads((folder / f"{name}.json").read_text(encoding="utf-8")))
    ]


def _compare(group: str, name: str, text: str, expected: Any, theirs: float, **how: Any) -> Vector:
    tolerance = how.pop("tolerance", 1e-4)
    schema = how.pop("schema", None)
    scorer = build_scorer(name, ScorerTable(primary=name, **how), schema=schema)
    value = scored(scorer, text, expected).value
    return Vector(group, name, abs(value - theirs) <= tolerance, f"{text!r} / {expected!r}")


def _none(group: str, text: Any = "") -> Vector:
    return Vector(group, NOWHERE, None, str(text))


def _evals(groups: dict[str, list[dict[str, Any]]]) -> Iterator[Vector]:
    for group, vectors in groups.items():
        for vector in vectors:
            yield _evals_vector(f"evals {group}", group, vector)


def _evals_vector(name: str, group: str, vector: dict[str, Any]) -> Vector:
    if "expected_error" in vector:
        return _none("evals malformed samples")
    if group == "utils":
        if vector["test"] == "test_normalize":
            return Vector("evals normalize", "fold", fold(vector["s"]) == vector["expected"], "")
        return _none("evals utils.fuzzy_match", vector)
    text = vector["completion"]
    metrics = vector.get("expected_metrics", {"accuracy": vector.get("expected_match")})
    options = IncludesOptions(casefold=vector.get("ignore_case", True))
    ours, key, how = {
        "match": ("exact", "accuracy", {}),
        "includes": ("includes", "accuracy", {"includes": options}),
        "json_validator": ("json_schema", "accuracy", {"schema": {}}),
        "fuzzy_match": ("token_f1", "f1_score", {}),
        "json_match": ("json_whole", "accuracy", {}),
    }[group]
    return _compare(name, ours, text, vector.get("ideal"), metrics[key], **how)


def _inspect(groups: dict[str, list[dict[str, Any]]]) -> Iterator[Vector]:
    readers = {
        "match": _inspect_match,
        "answer": _inspect_answer,
        "pattern": _inspect_pattern,
        "classification": _inspect_words,
        "choice": _inspect_choice,
        "math_cases": lambda vector: _none("inspect math", vector),
    }
    for group, vectors in groups.items():
        yield from map(readers[group], vectors)


def _correct(vector: dict[str, Any]) -> float:
    """1.0 for CORRECT, 0.0 for INCORRECT and NOANSWER, which outcomes tell apart here."""
    return float(any("== CORRECT" in text for text in vector["asserts"]))


def _inspect_match(vector: dict[str, Any]) -> Vector:
    place = vector["options"].get("location", "end")
    text, target = vector["model_output"], vector["target"][0]
    if place == "exact":
        return _compare("inspect match numeric, exact", "exact", text, target, _correct(vector))
    return _compare("inspect match numeric", "number_lenient", text, target, _correct(vector))


def _inspect_answer(vector: dict[str, Any]) -> Vector:
    kind, text, target = vector["args"][0], vector["model_output"], vector["target"][0]
    name = f"inspect answer {kind}"
    if "<<" in text + target:
        return _none("inspect, text not transcribed")
    if kind == "letter":
        if target == "No":
            return _none(name, "a letter scorer whose target is a word")
        return _compare(name, "choice_lenient", text, target, _correct(vector))
    pattern = {"word": r"(?s:.*)ANSWER:\s*(\w+)", "line": r"(?s:.*)ANSWER:\s*([^\n]+)"}[kind]
    options = RegexOptions(pattern=pattern, casefold=True)
    return _compare(name, "regex", text, target, _correct(vector), regex=options)


def _inspect_pattern(vector: dict[str, Any]) -> Vector:
    options = vector["options"]
    if options.get("match_all"):
        return _none("inspect pattern, match_all")
    pattern = options.get("pattern") or vector["args"][0]
    how = RegexOptions(pattern=pattern, casefold=options.get("ignore_case", True))
    text, target = vector["model_output"], vector["target"]
    return _compare("inspect pattern", "regex", text, target, _correct(vector), regex=how)


def _inspect_words(vector: dict[str, Any]) -> Vector:
    name, text, target = vector["scorer"], vector["model_output"], vector["target"]
    if vector["options"]:
        return _none("inspect f1, stop_words")
    if name == "exact":
        return _compare("inspect exact", "exact", text, target, _correct(vector))
    theirs = float(vector["asserts"][-1].split("'")[1])
    return _compare("inspect f1", "token_f1", text, target, theirs, tolerance=0.005)


def _inspect_choice(vector: dict[str, Any]) -> Vector:
    target, text = vector["target"], vector["model_output"]
    letters = "".join(chr(ord("A") + i) for i in range(len(vector["choices"])))
    several = "<<" in str(target) or len(target) != 1 or not target[0]
    if several or "shuffled" in vector["test"]:
        return _none("inspect choice, several, none or shuffled")
    options = ChoiceOptions(letters=letters)
    return _compare("inspect choice", "choice", text, target[0], _correct(vector), choice=options)


def _autoevals(files: dict[str, dict[str, list[Any]]]) -> Iterator[Vector]:
    values, parsed = files["values"], files["json"]
    for text, expected, theirs in values["test_levenshtein"]:
        yield _compare("autoevals Levenshtein", "edit_similarity", text, expected, theirs)
    yield from (_none("autoevals NumericDiff", v) for v in values["test_numeric"])
    yield from (_none("autoevals ListContains", v) for v in values["test_list_contains"])
    yield from (_autoevals_exact(*vector) for vector in values["test_exact_match"])
    for text, expected, theirs in parsed["test_string_as_json"]:
        yield _compare("autoevals JSONDiff of texts", "edit_similarity", text, expected, theirs)
    for vector in [*parsed["test_json"], *parsed["test_semantic_json"]]:
        yield _json_diff(*vector)
    for value, theirs, schema in parsed["test_valid_json"]:
        # Without a schema, autoevals calls objects and lists valid, and nothing else.
        rule = schema or {"type": ["object", "array"]}
        yield _compare("autoevals ValidJSON", "json_schema", _json(value), 0, theirs, schema=rule)


def _json(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, str) and value.startswith("{"))


def _autoevals_exact(value: Any, expected: Any, theirs: float) -> Vector:
    if isinstance(value, list):
        return _none("autoevals ExactMatch of lists", value)
    if _is_object(value):
        name = "autoevals ExactMatch of objects"
        return _compare(name, "json_whole", _json(value), expected, theirs)
    return _compare("autoevals ExactMatch", "exact", _json(value), expected, theirs)


def _json_diff(value: Any, expected: Any, theirs: float) -> Vector:
    """JSONDiff is graded by another rule; whether it is 1 is what json_whole says."""
    if not (_is_object(value) and _is_object(expected)):
        return _none("autoevals JSONDiff of other values", value)
    whole = float(theirs == 1)
    return _compare("autoevals JSONDiff == 1", "json_whole", _json(value), expected, whole)


_LIGHTEVAL = {
    "exact_match": ("exact", "em"),
    "f1_score": ("token_f1", "f1"),
    "drop": ("token_f1", "f1"),
    "gpqa_instruct_metric": ("choice_lenient", "extractive_match"),
    "rouge1": ("rouge1", "rouge1"),
    "rougeL": ("rougeL", "rougeL"),
}


def _lighteval(suites: dict[str, dict[str, Any]]) -> Iterator[Vector]:
    for group, suite in suites.items():
        for vector in suite["test_cases"]:
            if group not in _LIGHTEVAL:
                yield _none(f"lighteval {group}", vector["name"])
                continue
            ours, key = _LIGHTEVAL[group]
            doc, text = vector["doc"], vector["model_response"]["text"][0]
            gold = doc["gold_index"]
            accepted = [doc["choices"][i] for i in (gold if isinstance(gold, list) else [gold])]
            expected = accepted if len(accepted) > 1 else accepted[0]
            theirs, near = vector["expected_output"][key], vector["tolerance"]
            yield _compare(f"lighteval {group}", ours, text, expected, theirs, tolerance=near)
