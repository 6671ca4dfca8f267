"""Rows {systemInstruction?, contents} as Vertex AI tunes Gemini with, in and out. Pure.

The role `model` is called assistant here, and a single text part is plain text (Vertex AI,
"Prepare supervised fine-tuning data for Gemini models").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.training.shapes.chat import (
    common_fields,
    common_keys,
    note_extra_columns,
    note_turns,
)
from harness.training.shapes.noted import Noted
from harness.values.example import Example, Turn

KEYS = frozenset({"systemInstruction", "contents", "tools", "toolConfig", "generationConfig"})
_ROLES = {"user": "user", "model": "assistant", "function": "function"}
_NAMES = {ours: theirs for theirs, ours in _ROLES.items()}
_TURN_KEYS = ("role", "parts")


def read_gemini(row: Mapping[str, Any], noted: Noted) -> Example | None:
    """A Gemini row; its system instruction becomes the first turn."""
    note_extra_columns(row.keys() - KEYS - {"id"}, noted)
    contents = row.get("contents")
    if not isinstance(contents, list) or not contents:
        noted.error("missing-messages-list", "'contents' is no list of turns", sample=contents)
        return None
    turns = [_turn(content, number, noted) for number, content in enumerate(contents, 1)]
    system = _system(row, noted)
    whole = tuple(turn for turn in turns if turn is not None)
    if system is None or len(whole) < len(turns):
        return None
    note_turns(system + whole, noted, needs_answer=True)
    taken = {"systemInstruction", "contents"}
    return Example(messages=system + whole, **common_fields(row, taken, noted))


def write_gemini(example: Example) -> dict[str, Any]:
    """The row of `read_gemini`."""
    row = common_keys(example)
    turns = example.messages
    if turns and turns[0].role == "system":
        row["systemInstruction"] = {**turns[0].extra, "parts": _parts(turns[0])}
        turns = turns[1:]
    row["contents"] = [
        {**turn.extra, "role": _NAMES.get(turn.role, turn.role), "parts": _parts(turn)}
        for turn in turns
    ]
    return row


def _system(row: Mapping[str, Any], noted: Noted) -> tuple[Turn, ...] | None:
    system = row.get("systemInstruction")
    if "systemInstruction" not in row:
        return ()
    if not isinstance(system, dict):
        noted.error("bad-content", "'systemInstruction' is no object", sample=system)
        return None
    content = _content(system.get("parts"), "systemInstruction", noted)
    extra = {key: value for key, value in system.items() if key != "parts"}
    return None if content is None else (Turn("system", content, extra=extra),)


def _turn(content: Any, number: int, noted: Noted) -> Turn | None:
    place = f"turn {number}"
    if not isinstance(content, dict):
        noted.error("message-not-an-object", f"{place} is no object", sample=content)
        return None
    role = _ROLES.get(str(content.get("role")))
    if role is None:
        message = f"{place} has the role {content.get('role')!r}"
        noted.error("unknown-role", message, "Gemini knows the roles user and model")
        return None
    parts = _content(content.get("parts"), place, noted)
    extra = {key: value for key, value in content.items() if key not in _TURN_KEYS}
    if extra:
        names = ", ".join(sorted(map(str, extra)))
        noted.warning("message-unknown-key", f"{place} has unknown keys: {names}", "remove them")
    return None if parts is None else Turn(role, parts, extra=extra)


def _content(parts: Any, place: str, noted: Noted) -> str | list[dict[str, Any]] | None:
    """The text of a single text part, else the parts; None where they are none."""
    if not isinstance(parts, list) or not all(
        isinstance(part, dict) and "type" not in part for part in parts
    ):
        remedy = 'write [{"text": "..."}]'
        noted.error("bad-content", f"the parts of {place} are no list of parts", remedy, parts)
        return None
    if not any(part.get("text") if part.keys() == {"text"} else part for part in parts):
        noted.error("empty-content", f"{place} is empty", "write it or remove the turn")
    if len(parts) == 1 and parts[0].keys() == {"text"} and isinstance(parts[0]["text"], str):
        text: str = parts[0]["text"]
        return text
    return parts


def _parts(turn: Turn) -> list[dict[str, Any]]:
    return turn.content if isinstance(turn.content, list) else [{"text": turn.content or ""}]
