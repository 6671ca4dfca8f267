"""The rows of another split's file in, what the training file is compared with out. Pure.

Rows may be training rows of any shape or cases of a suite: {id, input, expected, group}.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from harness.prompting.similar import joined_inputs
from harness.training.checks.overlap import Compared, Role
from harness.training.checks.view import view_of
from harness.training.leaks import Learned
from harness.training.shapes import detect_shape, parse_row
from harness.values.case import Case
from harness.values.finding import Finding

Rows = Iterable[tuple[int, Mapping[str, Any] | None, Finding | None]]


def compared_rows(role: Role, file: str, rows: Rows) -> Compared:
    """The inputs of a file; rows that cannot be read are left out."""
    cases: list[Learned] = []
    keys: set[tuple[int, int]] = set()
    for line, row, _ in rows:
        if row is None:
            continue
        if isinstance(row.get("input"), dict):
            cases.append(_of_case(row, line))
        elif (shape := detect_shape(row)) is not None:
            example = parse_row(row, shape, file=file, line=line).example
            if example is not None:
                view = view_of(example, shape, line)
                cases.append(Learned(example.id or f"line {line}", view.asked, view.group))
                keys.add((view.question_key, view.answer_key))
    return Compared(role, file, cases, frozenset(keys))


def compared_cases(role: Role, file: str, cases: Iterable[Case]) -> Compared:
    """The inputs of a suite's split."""
    return Compared(
        role, file, [Learned(case.id, joined_inputs(case.input), case.group) for case in cases]
    )


def _of_case(row: Mapping[str, Any], line: int) -> Learned:
    id_, group = row.get("id"), row.get("group")
    text = joined_inputs(row["input"])
    name = id_ if isinstance(id_, str) else f"line {line}"
    return Learned(name, text, group if isinstance(group, str) else None)
