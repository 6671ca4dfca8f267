"""Rows of texts only: completion, question and answer, text, Alpaca's instruction. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.training.shapes.chat import note_extra_columns
from harness.training.shapes.noted import Noted
from harness.values.example import Example

_INSTRUCTION_KEYS = frozenset({"input", "system", "history"})


def read_completion(row: Mapping[str, Any], noted: Noted) -> Example | None:
    """A row {prompt, completion}."""
    return _read_pair(row, "prompt", "completion", noted)


def write_completion(example: Example) -> dict[str, Any]:
    """The row of `read_completion`."""
    return {**_rest(example), "prompt": example.prompt or "", "completion": example.completion}


def read_question_answer(row: Mapping[str, Any], noted: Noted) -> Example | None:
    """A row {question, answer}."""
    return _read_pair(row, "question", "answer", noted)


def write_question_answer(example: Example) -> dict[str, Any]:
    """The row of `read_question_answer`."""
    return {**_rest(example), "question": example.prompt, "answer": example.completion}


def read_labelled(row: Mapping[str, Any], noted: Noted) -> Example | None:
    """A row {text, label}: the label is what should be answered."""
    return _read_pair(row, "text", "label", noted)


def write_labelled(example: Example) -> dict[str, Any]:
    """The row of `read_labelled`."""
    return {**_rest(example), "text": example.prompt, "label": example.completion}


def read_text(row: Mapping[str, Any], noted: Noted) -> Example | None:
    """A row {text}: all of it is learned, as a completion without a prompt."""
    texts = _texts(row, ("text",), noted)
    if texts is None:
        return None
    _note_empty(texts["text"], "text", "empty-text", noted)
    return Example(completion=texts["text"], **_fields(row, texts, noted))


def write_text(example: Example) -> dict[str, Any]:
    """The row of `read_text`."""
    return {**_rest(example), "text": example.completion}


def read_instruction(row: Mapping[str, Any], noted: Noted) -> Example | None:
    """A row {instruction, input?, output}; the prompt is the instruction, a newline and the input.

    The columns themselves stay in `extra`, so that they can be written as they stood.
    """
    texts = _texts(row, ("instruction", "output"), noted)
    if texts is None:
        return None
    _note_empty(texts["output"], "output", "empty-completion", noted)
    fields = _fields(row, texts, noted, known=_INSTRUCTION_KEYS)
    extra = {**fields.pop("extra", {}), "instruction": texts["instruction"]}
    prompt = _instruction_prompt(extra)
    return Example(prompt=prompt, completion=texts["output"], extra=extra, **fields)


def write_instruction(example: Example) -> dict[str, Any]:
    """The row of `read_instruction`; another prompt becomes an instruction without input."""
    own = {} if is_instruction(example) else {"instruction": example.prompt, "input": ""}
    return {**_rest(example), **own, "output": example.completion}


def is_instruction(example: Example) -> bool:
    """Whether the prompt was put together from an instruction that stands in `extra`."""
    return "instruction" in example.extra and example.prompt == _instruction_prompt(example.extra)


def _instruction_prompt(extra: Mapping[str, Any]) -> str:
    more = extra.get("input")
    instruction = str(extra["instruction"])
    return f"{instruction}\n{more}" if isinstance(more, str) and more else instruction


def _read_pair(row: Mapping[str, Any], asked: str, answered: str, noted: Noted) -> Example | None:
    texts = _texts(row, (asked, answered), noted)
    if texts is None:
        return None
    prompt, completion = texts[asked], texts[answered]
    if not prompt.strip():
        noted.info("empty-prompt", f"the {asked} is empty")
    _note_empty(completion, answered, "empty-completion", noted)
    if row.keys() == texts.keys():
        return Example(line=noted.line, prompt=prompt, completion=completion)
    return Example(prompt=prompt, completion=completion, **_fields(row, texts, noted))


def _note_empty(text: str, name: str, rule: str, noted: Noted) -> None:
    if not text.strip():
        noted.error(rule, f"the {name} is empty", "write it or remove the row")


def _texts(row: Mapping[str, Any], names: tuple[str, ...], noted: Noted) -> dict[str, str] | None:
    """The texts of the named columns; None where one is missing or no text."""
    texts = {}
    for name in names:
        column = _column(row, name)
        if column is None:
            noted.error("missing-column", f"there is no column {name!r}", sample=dict(row))
            continue
        if column != name:
            message = f"the column {column!r} must be called {name!r}"
            noted.error("column-case", message, "rename the column")
        if isinstance(row[column], str):
            texts[name] = row[column]
        else:
            remedy = "write it in quotes"
            noted.error("not-text", f"the {name} is no text", remedy, {column: row[column]})
    return texts if len(texts) == len(names) else None


def _column(row: Mapping[str, Any], name: str) -> str | None:
    """The name itself, or else the first column that differs from it in letter case only."""
    if name in row:
        return name
    return next((key for key in row if isinstance(key, str) and key.lower() == name), None)


def _fields(
    row: Mapping[str, Any],
    texts: Mapping[str, str],
    noted: Noted,
    known: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """Line, id and the extra columns of a row."""
    used = {_column(row, name) for name in texts}
    extra = {key: value for key, value in row.items() if key not in used}
    fields: dict[str, Any] = {"line": noted.line}
    if isinstance(extra.get("id"), str):
        fields["id"] = extra.pop("id")
    note_extra_columns(extra.keys() - known, noted)
    if extra:
        fields["extra"] = extra
    return fields


def _rest(example: Example) -> dict[str, Any]:
    return dict(example.extra) if example.id is None else {**example.extra, "id": example.id}
