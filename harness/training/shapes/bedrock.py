"""Rows {system?, messages} as Amazon Bedrock takes them, in and out. Pure.

Rules: at least two messages, the first of the user, the last of the assistant, alternating, and
no keys beside (Amazon Bedrock user guide, "Prepare data for fine-tuning").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from harness.training.shapes.chat import note_turns
from harness.training.shapes.noted import Noted
from harness.values.example import Example, Turn

KEYS = frozenset({"schemaVersion", "system", "messages"})
LEAST_TURNS = 2
_MESSAGE_KEYS = {"role", "content"}
_ROLES = ("user", "assistant")


def read_bedrock(row: Mapping[str, Any], noted: Noted) -> Example | None:
    """A Bedrock row; its system text becomes the first turn."""
    _note_keys(row.keys() - KEYS, "extra-column", "the row", noted)
    messages = row.get("messages")
    if not isinstance(messages, list) or not messages:
        noted.error("missing-messages-list", "'messages' is no list of messages", sample=messages)
        return None
    turns = [_turn(message, number, noted) for number, message in enumerate(messages, 1)]
    system = _system(row, noted)
    whole = tuple(turn for turn in turns if turn is not None)
    if system is None or len(whole) < len(turns):
        return None
    _note_order(whole, noted)
    note_turns(system + whole, noted, needs_answer=True)
    extra = {key: value for key, value in row.items() if key not in ("system", "messages")}
    return Example(line=noted.line, messages=system + whole, extra=extra)


def write_bedrock(example: Example) -> dict[str, Any]:
    """The row of `read_bedrock`, without keys that Bedrock refuses."""
    row: dict[str, Any] = {key: value for key, value in example.extra.items() if key in KEYS}
    turns = example.messages
    if turns and turns[0].role == "system":
        row["system"] = turns[0].content
        turns = turns[1:]
    row["messages"] = [{"role": turn.role, "content": turn.content} for turn in turns]
    return row


def alternates(turns: Sequence[Turn]) -> bool:
    """Whether turns go user, assistant, user, assistant, from a user's to an assistant's."""
    return (
        len(turns) >= LEAST_TURNS
        and len(turns) % 2 == 0
        and all(turn.role == _ROLES[place % 2] for place, turn in enumerate(turns))
    )


def _system(row: Mapping[str, Any], noted: Noted) -> tuple[Turn, ...] | None:
    if "system" not in row:
        return ()
    if _is_content(row["system"]):
        return (Turn("system", row["system"]),)
    noted.error("bad-content", "'system' is neither text nor a list of parts", sample=row["system"])
    return None


def _turn(message: Any, number: int, noted: Noted) -> Turn | None:
    if not isinstance(message, dict):
        noted.error("message-not-an-object", f"message {number} is no object", sample=message)
        return None
    for key in sorted(_MESSAGE_KEYS - message.keys()):
        noted.error("message-missing-key", f"message {number} has no {key}", sample=message)
    unknown = message.keys() - _MESSAGE_KEYS
    _note_keys(unknown, "message-unknown-key", f"message {number}", noted)
    role, content = message.get("role"), message.get("content")
    if role not in _ROLES:
        remedy = "use user and assistant; a system text stands in the row's 'system'"
        noted.error("unknown-role", f"message {number} has the role {role!r}", remedy)
        return None
    if not _is_content(content):
        noted.error("bad-content", f"message {number} has neither text nor parts", sample=content)
        return None
    if not content:
        noted.error("empty-content", f"message {number} ({role}) is empty", "write it")
    extra = {key: message[key] for key in unknown}
    return Turn(role, content, extra=extra) if extra else Turn(role, content)


def _is_content(content: Any) -> bool:
    if isinstance(content, list):
        return all(isinstance(part, dict) for part in content)
    return isinstance(content, str)


def _note_keys(unknown: set[str], rule: str, owner: str, noted: Noted) -> None:
    if unknown:
        names = ", ".join(sorted(map(str, unknown)))
        noted.error(rule, f"{owner} has keys that Bedrock refuses: {names}", "remove them")


def _note_order(turns: Sequence[Turn], noted: Noted) -> None:
    if len(turns) < LEAST_TURNS:
        noted.error(
            "bedrock-too-few-turns", "Bedrock needs at least two messages", "add the answer"
        )
    if turns[0].role != "user":
        noted.error("bedrock-first-turn", "the first message is not the user's", "begin with it")
    if turns[-1].role != "assistant":
        noted.error("bedrock-last-turn", "the last message is not the assistant's", "end with it")
    if any(a.role == b.role for a, b in pairwise(turns)):
        noted.error(
            "bedrock-not-alternating",
            "two messages of one role follow each other",
            "join them into one",
        )
