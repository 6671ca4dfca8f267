"""The shape of a row from its keys: a row in, the name of its shape out, or None. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.training.shapes.names import Shape

CHAT_KEYS = frozenset(
    {"messages", "tools", "functions", "parallel_tool_calls", "tool_choice", "id"}
)


def detect_shape(row: Mapping[str, Any]) -> Shape | None:
    """Which shape a row has; None where it has none that is known.

    A row {prompt} alone counts as `completion` whose completion is missing; messages that end
    without an answer beside other keys count as `reinforcement`; messages beside `system`, or with
    parts that have no type, as `bedrock`. Letter case of columns is forgiven: reading notes it.
    """
    if "messages" in row:
        return _messages_shape(row)
    if "contents" in row:
        return "gemini"
    if "preferred_output" in row or "non_preferred_output" in row:
        return "preference"
    if "chosen" in row or "rejected" in row:
        return "trl_preference"
    if isinstance(row.get("prompt"), list):
        return "conversational"
    return _flat_shape({key.lower() for key in row if isinstance(key, str)})


def _flat_shape(keys: set[str]) -> Shape | None:
    if "prompt" in keys or "completion" in keys:
        return "completion"
    if "instruction" in keys and "output" in keys:
        return "instruction"
    if "question" in keys and "answer" in keys:
        return "question_answer"
    if "text" in keys:
        return "labelled" if "label" in keys else "text"
    return None


def _messages_shape(row: Mapping[str, Any]) -> Shape:
    messages = row["messages"]
    if "system" in row or "schemaVersion" in row or _bare_parts(messages):
        return "bedrock"
    if row.keys() - CHAT_KEYS and _ends_without_answer(messages):
        return "reinforcement"
    return "chat"


def _ends_without_answer(messages: Any) -> bool:
    last = messages[-1] if isinstance(messages, list) and messages else None
    return isinstance(last, dict) and last.get("role") not in ("assistant", None)


def _bare_parts(messages: Any) -> bool:
    """Whether the first message's content is a list of parts without a type, as {"text": ...}."""
    first = messages[0] if isinstance(messages, list) and messages else None
    content = first.get("content") if isinstance(first, dict) else None
    return isinstance(content, list) and any(
        isinstance(part, dict) and "type" not in part for part in content
    )
