"""Rows of a training file and a plan in, repaired rows and every change out. Pure.

Repaired is what has one right answer: copies and empty rows go, columns are named in lower case,
columns that the shape lacks go, arguments of tools are decoded once, and prompts and completions
get the separator, the ending and the space that the checks found missing. Rows that leak go only
when the plan names them. Nothing else is touched.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from harness.text.secrets import scrub
from harness.training.checks.legacy import LegacyFixes
from harness.training.shapes import Shape
from harness.training.shapes.detect import CHAT_KEYS, detect_shape
from harness.values.finding import Finding

_COLUMNS: dict[Shape, frozenset[str]] = {
    "completion": frozenset({"prompt", "completion", "id"}),
    "question_answer": frozenset({"question", "answer", "id"}),
    "labelled": frozenset({"text", "label", "id"}),
    "text": frozenset({"text", "id"}),
    "instruction": frozenset({"instruction", "input", "output", "system", "history", "id"}),
    "chat": CHAT_KEYS,
    "preference": frozenset({"input", "preferred_output", "non_preferred_output", "id"}),
}


class FixPlan(NamedTuple):
    """What to repair: lines of copies, of leaks and of rows without an answer, and the marks."""

    shape: Shape | None = None
    copies: frozenset[int] = frozenset()
    leaks: frozenset[int] = frozenset()
    blank: frozenset[int] = frozenset()
    legacy: LegacyFixes = LegacyFixes()


class Change(msgspec.Struct, frozen=True):
    """One change: the line of the source, the rule, what stood there and what stands now.

    `after` is null where the row or the column was removed. Secrets are taken out of both.
    """

    line: int
    rule: str
    before: Any
    after: Any = None


class Fixed(NamedTuple):
    """A row of the new file, None where it was removed, and what was changed."""

    line: int
    row: dict[str, Any] | None
    changes: tuple[Change, ...]


def fix_rows(
    rows: Iterable[tuple[int, Mapping[str, Any] | None, Finding | None]], plan: FixPlan
) -> Iterator[Fixed]:
    """Repair rows one by one, in their order."""
    for line, row, finding in rows:
        if row is None:
            if line:
                rule = finding.rule if finding else "unreadable-row"
                yield Fixed(line, None, (Change(line, rule, finding.sample if finding else ""),))
        else:
            yield _fixed(dict(row), line, plan)


def _fixed(row: dict[str, Any], line: int, plan: FixPlan) -> Fixed:
    for rule, lines in (
        ("empty-completion", plan.blank),
        ("duplicate-rows", plan.copies),
        ("leak", plan.leaks),
    ):
        if line in lines:
            return Fixed(line, None, (Change(line, rule, _shown(row)),))
    changes: list[Change] = []
    row = _named(row, line, plan, changes)
    if detect_shape(row) == plan.shape:  # a row of another shape keeps its columns
        row = _known(row, line, plan, changes)
        if plan.shape == "completion":
            _marked(row, line, plan.legacy, changes)
    row = _decoded(row, line, changes)
    return Fixed(line, row, tuple(changes))


def _named(row: dict[str, Any], line: int, plan: FixPlan, changes: list[Change]) -> dict[str, Any]:
    """Columns of the shape in lower case, in their old order."""
    columns = _COLUMNS.get(plan.shape, frozenset()) if plan.shape else frozenset()
    named: dict[str, Any] = {}
    for key, value in row.items():
        lower = key.lower()
        if lower != key and lower in columns and lower not in row:
            changes.append(Change(line, "column-case", key, lower))
            named[lower] = value
        else:
            named[key] = value
    return named


def _known(row: dict[str, Any], line: int, plan: FixPlan, changes: list[Change]) -> dict[str, Any]:
    columns = _COLUMNS.get(plan.shape) if plan.shape else None
    if columns is None or row.keys() <= columns:
        return row
    extra = {key: value for key, value in row.items() if key not in columns}
    changes.append(Change(line, "extra-column", _shown(extra)))
    return {key: value for key, value in row.items() if key in columns}


def _marked(row: dict[str, Any], line: int, fixes: LegacyFixes, changes: list[Change]) -> None:
    """Separator, space and ending of one row of prompt and completion, in place."""
    prompt, completion = row.get("prompt"), row.get("completion")
    if isinstance(prompt, str) and fixes.separator is not None:
        row["prompt"] = prompt + fixes.separator
        changes.append(_text_change(line, "prompt-separator", prompt, row["prompt"]))
    if not isinstance(completion, str):
        return
    spaced = completion
    if fixes.space and not completion.startswith(" "):
        spaced = f" {completion.lstrip()}"
        changes.append(_text_change(line, "completion-space", completion, spaced))
    row["completion"] = spaced
    if fixes.ending is not None:
        row["completion"] = spaced + fixes.ending
        changes.append(_text_change(line, "completion-ending", spaced, row["completion"]))


def _decoded(row: dict[str, Any], line: int, changes: list[Change]) -> dict[str, Any]:
    """Arguments of tool calls that hold JSON within JSON, decoded once."""
    messages = row.get("messages")
    if not isinstance(messages, list):
        return row
    decoded = [_decoded_message(message, line, changes) for message in messages]
    return {**row, "messages": decoded}


def _decoded_message(message: Any, line: int, changes: list[Change]) -> Any:
    if not isinstance(message, dict):
        return message
    message = dict(message)
    if isinstance(message.get("tool_calls"), list):
        message["tool_calls"] = [
            {**call, "function": _decoded_call(call["function"], line, changes)}
            if isinstance(call, dict) and isinstance(call.get("function"), dict)
            else call
            for call in message["tool_calls"]
        ]
    if isinstance(message.get("function_call"), dict):
        message["function_call"] = _decoded_call(message["function_call"], line, changes)
    return message


def _decoded_call(call: dict[str, Any], line: int, changes: list[Change]) -> dict[str, Any]:
    arguments = call.get("arguments")
    inner = _loaded(arguments)
    if not isinstance(inner, str) or not isinstance(_loaded(inner), dict):
        return call
    changes.append(_text_change(line, "tool-arguments-encoded-twice", str(arguments), inner))
    return {**call, "arguments": inner}


def _loaded(text: Any) -> Any:
    try:
        return json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None


def _text_change(line: int, rule: str, before: str, after: str) -> Change:
    return Change(line, rule, scrub(before), scrub(after))


def _shown(value: Any) -> Any:
    """A value without secrets."""
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, dict):
        return {key: _shown(inner) for key, inner in value.items()}
    return [_shown(inner) for inner in value] if isinstance(value, list) else value
