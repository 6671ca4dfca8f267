"""Convert a training file: a file in, the same rows in another shape out, or what would be lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from harness.errors import DataError, Problem, UsageError
from harness.store.training_rows import read_training_rows, write_training_rows
from harness.training.shapes import (
    ParsedRow,
    Shape,
    conversion_gaps,
    conversion_losses,
    parse_rows,
    render_row,
)
from harness.values.example import Example
from harness.values.finding import Finding

FIRST_LINES = 10
MOST_PROBLEMS = 100
_CELL_KINDS = frozenset({".csv", ".tsv", ".xlsx"})


class Lines(msgspec.Struct, frozen=True):
    """In how many rows something is so, and the lines of the first ten."""

    count: int
    first: tuple[int, ...]


class Converted(msgspec.Struct, frozen=True):
    """What was written: the file, how many rows, and what was lost on the way."""

    path: str
    shape: Shape
    rows: int
    losses: dict[str, Lines]


class Marks(msgspec.Struct, frozen=True):
    r"""Texts that are put behind every prompt and every completion of the shape `completion`.

    The legacy format has no roles: where the prompt ends and where the answer does, a model
    learns from marks such as `\n\n###\n\n` and ` END`.
    """

    separator: str = ""
    ending: str = ""


class _Survey:
    """What the first reading of a file finds; its memory does not grow with the file."""

    def __init__(self) -> None:
        self.rows = 0
        self.broken: list[Problem] = []
        self.more_broken = 0
        self.file_findings: list[Finding] = []
        self.losses: dict[str, list[int]] = {}
        self.gaps: dict[str, list[int]] = {}
        self._counts: dict[str, int] = {}

    def lines(self, noted: dict[str, list[int]]) -> dict[str, Lines]:
        return {text: Lines(self._counts[text], tuple(lines)) for text, lines in noted.items()}

    def note(self, noted: dict[str, list[int]], texts: Iterable[str], line: int) -> None:
        for text in texts:
            first = noted.setdefault(text, [])
            self._counts[text] = self._counts.get(text, 0) + 1
            if len(first) < FIRST_LINES:
                first.append(line)

    def add_broken(self, row: ParsedRow) -> None:
        errors = [finding for finding in row.findings if finding.severity == "error"]
        if not row.line:
            self.file_findings.extend(errors)
        elif len(self.broken) < MOST_PROBLEMS:
            self.broken.extend(map(_problem, errors[:1]))
        else:
            self.more_broken += 1


def convert_file(
    source: str,
    target: Path,
    shape: Shape,
    *,
    source_shape: Shape | None = None,
    allow_loss: bool = False,
    force: bool = False,
    bom: bool = False,
    marks: Marks | None = None,
) -> Converted:
    """Write the rows of `source` in `shape` to `target`, whose suffix names the kind of file.

    The file is read twice and written as a whole; `source_shape` is for files whose shape cannot
    be told from their first row. `allow_loss` accepts what the shape cannot carry, `force` a
    target that exists.

    Raises:
        DataError: a row cannot be read or lacks what the shape needs; something would be lost that
            is not accepted (all of it is listed); the target exists or is the source.
        UsageError: rows cannot be written as this kind of file, or marks belong to another shape.
    """
    marks = marks or Marks()
    if marks != Marks() and shape != "completion":
        raise UsageError(f"a separator and an ending belong to the shape completion, not {shape}")
    _refuse_target(source, target, force=force)
    survey = _surveyed(source, target, shape, source_shape)
    problems = _problems(source, shape, survey, allow_loss=allow_loss)
    if problems:
        raise DataError(problems)
    rows = (
        render_row(_marked(example, shape, marks), shape)
        for _, example, _, _ in _parsed(source, source_shape)
        if example is not None
    )
    written = write_training_rows(target, rows, bom=bom)
    return Converted(str(target), shape, written, survey.lines(survey.losses))


def _refuse_target(source: str, target: Path, *, force: bool) -> None:
    if not target.exists():
        return
    if Path(source).exists() and target.samefile(source):
        hint = "name another file"
        message = "is the file that is read"
    elif not force:
        hint = "name another file, or give --force"
        message = "exists already"
    else:
        return
    raise DataError([Problem(file=str(target), message=message, hint=hint)])


def _parsed(source: str, shape: Shape | None) -> Iterator[ParsedRow]:
    return parse_rows(read_training_rows(source), file=source, shape=shape)


def _surveyed(source: str, target: Path, shape: Shape, source_shape: Shape | None) -> _Survey:
    survey = _Survey()
    in_cells = target.suffix.lower() in _CELL_KINDS
    for row in _parsed(source, source_shape):
        if row.example is None:
            survey.add_broken(row)
            continue
        survey.rows += 1
        if row.shape != shape:
            survey.note(survey.gaps, conversion_gaps(row.example, shape), row.line)
        losses = list(conversion_losses(row.example, shape, row.shape))
        if in_cells and not survey.gaps:
            losses += _cell_losses(render_row(row.example, shape))
        survey.note(survey.losses, losses, row.line)
    return survey


def _cell_losses(row: dict[str, Any]) -> Iterator[str]:
    """A list or object is not written at all; of other values their kind is lost."""
    for key, value in row.items():
        if not isinstance(value, str | list | dict):
            yield f"what kind of value {key!r} is: cells are texts"


def _problems(source: str, shape: Shape, survey: _Survey, *, allow_loss: bool) -> list[Problem]:
    problems = [
        _problem(finding)
        for finding in survey.file_findings
        if finding.rule != "file-too-large" or not survey.rows
    ]
    problems += survey.broken
    if survey.more_broken:
        message = f"{survey.more_broken:,} more rows cannot be read"
        problems.append(Problem(file=source, message=message))
    for text, lines in survey.lines(survey.gaps).items():
        message = f"{shape} needs {text} ({_places(lines)})"
        problems.append(Problem(file=source, line=lines.first[0], message=message))
    if not allow_loss:
        for text, lines in survey.lines(survey.losses).items():
            message = f"{shape} would lose {text} ({_places(lines)})"
            hint = "give --accept-loss to convert all the same"
            problems.append(Problem(file=source, line=lines.first[0], message=message, hint=hint))
    return problems


def _places(lines: Lines) -> str:
    shown = ", ".join(map(str, lines.first))
    more = ", …" if lines.count > len(lines.first) else ""
    return f"{lines.count:,} row{'' if lines.count == 1 else 's'}: {shown}{more}"


def _problem(finding: Finding) -> Problem:
    return Problem(
        file=finding.file, line=finding.line, message=finding.message, hint=finding.remedy
    )


def _marked(example: Example, shape: Shape, marks: Marks) -> Example:
    """The example with its marks, as a pair where it gets any."""
    if marks == Marks():
        return example
    row = render_row(example, shape)
    prompt = f"{row['prompt']}{marks.separator}"
    completion = f"{row['completion']}{marks.ending}"
    return replace(
        example,
        prompt=prompt,
        completion=completion,
        messages=(),
        preferred=(),
        rejected=(),
        tools=(),
    )
