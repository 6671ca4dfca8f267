"""Rows with two answers to one question, of OpenAI's and of TRL's shape, in and out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.training.shapes.chat import common_fields, common_keys, note_extra_columns
from harness.training.shapes.noted import Noted
from harness.training.shapes.turns import read_turns, write_turns
from harness.values.example import Example, Turn

_KEYS = frozenset({"input", "preferred_output", "non_preferred_output", "id"})
_TRL_KEYS = frozenset({"prompt", "chosen", "rejected", "tools", "id"})
_COLUMNS = ("prompt", "chosen", "rejected")


def read_preference(row: Mapping[str, Any], noted: Noted) -> Example | None:
    """A row {input: {messages, tools?}, preferred_output, non_preferred_output}.

    Other keys of `input` stay in `extra["input"]`.
    """
    note_extra_columns(row.keys() - _KEYS, noted)
    asked = row.get("input")
    if not isinstance(asked, dict):
        noted.error("missing-column", "'input' is no object with messages", sample=dict(row))
        return None
    messages = read_turns(asked.get("messages"), noted, "input.messages")
    preferred = read_turns(row.get("preferred_output"), noted, "preferred_output")
    rejected = read_turns(row.get("non_preferred_output"), noted, "non_preferred_output")
    if messages is None or preferred is None or rejected is None:
        return None
    fields = common_fields(asked, {"messages", "id"}, noted)
    own = {**fields.pop("extra", {}), **({"id": asked["id"]} if "id" in asked else {})}
    extra = {key: value for key, value in row.items() if key not in _KEYS}
    if isinstance(row.get("id"), str):
        fields["id"] = row["id"]
    elif "id" in row:
        extra["id"] = row["id"]
    fields["extra"] = {**extra, "input": own} if own else extra
    fields.update(messages=messages, preferred=preferred, rejected=rejected)
    example = Example(**fields)
    _note_answers(example, noted)
    return example


def write_preference(example: Example) -> dict[str, Any]:
    """The row of `read_preference`."""
    row = dict(example.extra)
    asked = row.get("input")
    inner: dict[str, Any] = dict(asked) if isinstance(asked, dict) else {}
    inner["messages"] = write_turns(example.messages)
    if example.tools:
        inner["tools"] = list(example.tools)
    if example.id is not None:
        row["id"] = example.id
    row["input"] = inner
    row["preferred_output"] = write_turns(example.preferred)
    row["non_preferred_output"] = write_turns(example.rejected)
    return row


def read_trl_preference(row: Mapping[str, Any], noted: Noted) -> Example | None:
    """A row {prompt, chosen, rejected}: three texts, or three lists of messages.

    Without a prompt, chosen and rejected are whole conversations.
    """
    note_extra_columns(row.keys() - _TRL_KEYS, noted)
    columns = [row[name] for name in _COLUMNS if name in row]
    missing = [name for name in ("chosen", "rejected") if name not in row]
    if missing:
        noted.error("missing-column", f"there is no column {missing[0]!r}", sample=dict(row))
        return None
    if all(isinstance(column, str) for column in columns):
        return _read_texts(row, noted)
    names = _COLUMNS if "prompt" in row else _COLUMNS[1:]
    turns = [read_turns(row[name], noted, name) for name in names]
    whole = [some for some in turns if some is not None]
    if len(whole) < len(turns):
        return None
    messages, preferred, rejected = whole if "prompt" in row else ((), *whole)
    fields = common_fields(row, set(_COLUMNS), noted)
    example = Example(messages=messages, preferred=preferred, rejected=rejected, **fields)
    _note_answers(example, noted)
    return example


def write_trl_preference(example: Example) -> dict[str, Any]:
    """The row of `read_trl_preference`: texts where the prompt is one, else messages."""
    row = common_keys(example)
    if example.prompt is not None:
        answers = (example.preferred[0].content, example.rejected[0].content)
        return {**row, "prompt": example.prompt, "chosen": answers[0], "rejected": answers[1]}
    if example.messages:
        row["prompt"] = write_turns(example.messages)
    row["chosen"] = write_turns(example.preferred)
    row["rejected"] = write_turns(example.rejected)
    return row


def _read_texts(row: Mapping[str, Any], noted: Noted) -> Example | None:
    if "prompt" not in row:
        noted.error(
            "missing-column",
            "there is no column 'prompt'",
            "divide the texts: what both begin with is the prompt",
            dict(row),
        )
        return None
    example = Example(
        prompt=row["prompt"],
        preferred=(Turn("assistant", row["chosen"]),),
        rejected=(Turn("assistant", row["rejected"]),),
        **common_fields(row, set(_COLUMNS), noted),
    )
    _note_answers(example, noted)
    return example


def _note_answers(example: Example, noted: Noted) -> None:
    """Equal answers teach nothing; an empty one, or one of another role, is a slip."""
    if example.preferred == example.rejected:
        noted.error(
            "equal-answers",
            "the preferred and the rejected answer are the same",
            "remove the row or correct one of them",
            example.preferred[-1].content,
        )
    for name, turns in (("preferred", example.preferred), ("rejected", example.rejected)):
        last = turns[-1]
        if isinstance(last.content, str) and not last.content.strip():
            noted.error("empty-answer", f"the {name} answer is empty", "write it or remove the row")
        if last.role != "assistant":
            noted.error("answer-not-assistant", f"the {name} answer is of the role {last.role!r}")
