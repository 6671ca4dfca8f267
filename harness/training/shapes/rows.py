"""A row in, the example it holds and what is wrong with it out; and back to a row. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from harness.training.shapes import bedrock, chat, flat, gemini, preference
from harness.training.shapes.detect import detect_shape
from harness.training.shapes.fitted import fitted
from harness.training.shapes.names import ParsedRow, Shape
from harness.training.shapes.noted import Noted
from harness.values.example import Example
from harness.values.finding import Finding

_MESSAGE_SHAPES: frozenset[Shape] = frozenset({"chat", "reinforcement", "bedrock"})

_SHAPED = "write prompt and completion, or messages"
_CASES = "these are cases: check what an arm learns from them with --suite SUITE --arm ARM"

_READ: dict[Shape, Callable[[Mapping[str, Any], Noted], Example | None]] = {
    "completion": flat.read_completion,
    "chat": chat.read_chat,
    "preference": preference.read_preference,
    "reinforcement": chat.read_reinforcement,
    "bedrock": bedrock.read_bedrock,
    "gemini": gemini.read_gemini,
    "text": flat.read_text,
    "question_answer": flat.read_question_answer,
    "labelled": flat.read_labelled,
    "conversational": chat.read_conversational,
    "trl_preference": preference.read_trl_preference,
    "instruction": flat.read_instruction,
}
_WRITE: dict[Shape, Callable[[Example], dict[str, Any]]] = {
    "completion": flat.write_completion,
    "chat": chat.write_chat,
    "preference": preference.write_preference,
    "reinforcement": chat.write_chat,
    "bedrock": bedrock.write_bedrock,
    "gemini": gemini.write_gemini,
    "text": flat.write_text,
    "question_answer": flat.write_question_answer,
    "labelled": flat.write_labelled,
    "conversational": chat.write_conversational,
    "trl_preference": preference.write_trl_preference,
    "instruction": flat.write_instruction,
}


def parse_row(row: Mapping[str, Any], shape: Shape, *, file: str, line: int) -> ParsedRow:
    """The example of a row of this shape, and what is wrong with the row's form.

    The example is None where the row cannot be understood; keys that the shape does not know stay
    in `extra`.
    """
    noted = Noted(file, line)
    example = _READ[shape](row, noted)
    return ParsedRow(line, example, shape, tuple(noted.found))


def parse_rows(
    rows: Iterable[tuple[int, Mapping[str, Any] | None, Finding | None]],
    *,
    file: str,
    shape: Shape | None = None,
) -> Iterator[ParsedRow]:
    """Rows with their lines, as `read_training_rows` gives them, parsed one by one.

    Without `shape`, that of the first row that has one holds for the file. A row of another shape
    is read as what it is; the first such row gets the finding `mixed-shapes` with both lines.
    """
    given, first, mixed = shape, 0, False
    for line, row, finding in rows:
        if row is None:
            yield ParsedRow(line, None, None, () if finding is None else (finding,))
            continue
        found = given or _row_shape(row, shape)
        if found is None:
            yield ParsedRow(line, None, None, (_unknown(row, file, line),))
            continue
        parsed = parse_row(row, found, file=file, line=line)
        if shape is None:
            shape, first = found, line
        elif found != shape and not mixed:
            mixed = True
            both = _mixed(file, first, line, shape, found)
            parsed = parsed._replace(findings=(both, *parsed.findings))
        yield parsed


def render_row(example: Example, shape: Shape) -> dict[str, Any]:
    """The row of an example in a shape; what it cannot carry (`conversion_losses`) is left out.

    A row that was parsed without an error comes back equal, but for the order of its keys.
    """
    return _WRITE[shape](fitted(example, shape))


def _row_shape(row: Mapping[str, Any], shape: Shape | None) -> Shape | None:
    """The row's own shape; among the shapes with messages, the file's."""
    own = detect_shape(row)
    return shape if own in _MESSAGE_SHAPES and shape in _MESSAGE_SHAPES else own


def _unknown(row: Mapping[str, Any], file: str, line: int) -> Finding:
    noted = Noted(file, line)
    keys = ", ".join(map(repr, list(row)[:10])) or "none"
    noted.error(
        "unknown-shape",
        f"the row has no shape that is known (keys: {keys})",
        _CASES if "input" in row and "expected" in row else _SHAPED,
        dict(row),
    )
    return noted.found[0]


def _mixed(file: str, first: int, line: int, shape: Shape, other: Shape) -> Finding:
    return Finding(
        rule="mixed-shapes",
        severity="error",
        file=file,
        line=line,
        lines=(first, line),
        message=f"the row has the shape {other}, and the file began with {shape} in line {first}",
        remedy="write all rows of a file in one shape: harness data convert",
    )
