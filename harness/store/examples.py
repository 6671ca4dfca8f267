"""A training file of any shape in, the examples to learn from out; or everything that is wrong."""

from __future__ import annotations

from harness.errors import DataError, Problem
from harness.store.training_rows import read_training_rows
from harness.training.shapes import Shape, detect_shape, parse_row
from harness.values.example import Example

MOST_PROBLEMS = 100


def read_examples(location: str) -> tuple[Example, ...]:
    """All rows of a file; the shape is that of the first.

    Raises:
        DataError: a row cannot be used (the first hundred are listed), or there is none.
    """
    problems: list[Problem] = []
    examples: list[Example] = []
    shape: Shape | None = None
    for line, row, finding in read_training_rows(location):
        found = [finding] if finding else []
        if row is not None:
            shape = shape or _shape_of(row, location, line)
            parsed = parse_row(row, shape, file=location, line=line)
            found += parsed.findings
            examples += [parsed.example] if parsed.example else []
        errors = (one for one in found if one.severity == "error")
        problems += [Problem(file=f.file, line=f.line, message=f.message) for f in errors]
        if len(problems) >= MOST_PROBLEMS:
            break
    if not examples and not problems:
        problems = [Problem(file=location, message="the file has no rows")]
    if problems:
        raise DataError(problems)
    return tuple(examples)


def _shape_of(row: dict[str, object], location: str, line: int) -> Shape:
    shape = detect_shape(row)
    if shape is None:
        message = f"a row of no known shape (keys: {', '.join(map(str, row))})"
        raise DataError([Problem(file=location, line=line, message=message)])
    return shape
