"""The rows of another split's file in, what the training file is compared with out. Pure.

Rows may be training rows of any shape or cases of a suite: {id, input, expected, group}.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from harness.prompting.similar import joined_inputs
from harness.training.checks.overlap import Compared, Role
from harness.training.checks.view import View, view_of
from harness.training.leaks import Learned
from harness.training.shapes import detect_shape, parse_row
from harness.values.case import Case
from harness.values.finding import Finding

_OF_THE_FILE = frozenset({"no-rows", "file-too-large"})  # findings that are no row

Rows = Iterable[tuple[int, Mapping[str, Any] | None, Finding | None]]


def compared_rows(role: Role, file: str, rows: Rows) -> Compared:
    """The inputs of a file; rows that cannot be read are `unread`."""
    cases: list[Learned] = []
    keys: set[tuple[int, int]] = set()
    unread: list[int] = []
    for line, row, noticed in rows:
        if row is None:
            unread += [line] if noticed is None or noticed.rule not in _OF_THE_FILE else []
        elif (view := _view(row, file, line)) is not None:
            cases.append(Learned(view.example.id or f"line {line}", view.asked, view.group))
            keys.add((view.question_key, view.answer_key))
        elif detect_shape(row) is None and (inputs := _inputs(row)):
            cases.append(_of_case(row, inputs, line))
        else:
            unread.append(line)
    return Compared(role, file, cases, frozenset(keys), unread)


def compared_cases(role: Role, file: str, cases: Iterable[Case]) -> Compared:
    """The inputs of a suite's split."""
    return Compared(
        role, file, [Learned(case.id, joined_inputs(case.input), case.group) for case in cases]
    )


def _view(row: Mapping[str, Any], file: str, line: int) -> View | None:
    """A row of training data; None where it is none, or cannot be read."""
    shape = detect_shape(row)
    example = parse_row(row, shape, file=file, line=line).example if shape else None
    return view_of(example, shape, line) if example and shape else None


def _inputs(row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The inputs of a case: nested, one text, or columns `input.x` of a table."""
    inputs = row.get("input")
    if isinstance(inputs, str):
        return {"input": inputs}
    flat = {name: value for name, value in row.items() if name.startswith("input.")}
    return inputs if isinstance(inputs, dict) else flat or None


def _of_case(row: Mapping[str, Any], inputs: Mapping[str, Any], line: int) -> Learned:
    id_, group = row.get("id"), row.get("group")
    text = joined_inputs(inputs)
    name = id_ if isinstance(id_, str) else f"line {line}"
    return Learned(name, text, group if isinstance(group, str) else None)
