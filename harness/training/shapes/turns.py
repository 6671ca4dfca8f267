"""Messages of a row in, turns out, and back; every fault of a message is noted. Pure.

The checks are those of the chat format in OpenAI's cookbook ("Data preparation and analysis for
chat model fine-tuning"), with the roles and keys that have come since.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from harness.training.shapes.noted import Noted
from harness.values.example import Turn
from harness.values.request import ToolCall

ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})
SYSTEM_ROLES = frozenset({"system", "developer"})
_FIELDS = frozenset({"role", "content", "name", "weight", "tool_calls", "tool_call_id"})
_KNOWN = _FIELDS | {"function_call", "refusal", "audio"}
_PLAIN_KEYS = {"role", "content"}
_CALL_KEYS = {"id", "type", "function"}
_FUNCTION_KEYS = {"name", "arguments"}


def read_turns(messages: Any, noted: Noted, place: str = "messages") -> tuple[Turn, ...] | None:
    """The turns of a list of messages; None where one cannot be told apart from the others."""
    if not isinstance(messages, list):
        noted.error("missing-messages-list", f"{place!r} is no list of messages", sample=messages)
        return None
    if not messages:
        noted.error("missing-messages-list", f"{place!r} is an empty list")
        return None
    turns = [_turn(message, number, noted) for number, message in enumerate(messages, 1)]
    whole = tuple(turn for turn in turns if turn is not None)
    return whole if len(whole) == len(turns) else None


def write_turn(turn: Turn) -> dict[str, Any]:
    """The message of a turn: the inverse of `read_turns` for one of them."""
    message: dict[str, Any] = {"role": turn.role}
    if turn.content is not None:
        message["content"] = turn.content
    if turn.name is not None:
        message["name"] = turn.name
    if turn.weight is not None and "loss_weight" not in turn.extra:
        message["weight"] = turn.weight
    if turn.tool_calls:
        message["tool_calls"] = [_write_call(call) for call in turn.tool_calls]
    if turn.tool_call_id is not None:
        message["tool_call_id"] = turn.tool_call_id
    return {**turn.extra, **message} if turn.extra else message


def write_turns(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """The messages of turns."""
    return [write_turn(turn) for turn in turns]


def calls_functions(turn: Turn) -> bool:
    """Whether a turn calls a tool, in the present or in the deprecated way."""
    extra = turn.extra
    return bool(turn.tool_calls or extra.get("tool_calls") or extra.get("function_call"))


def _turn(message: Any, number: int, noted: Noted) -> Turn | None:
    if not isinstance(message, dict):
        noted.error("message-not-an-object", f"message {number} is no object", sample=message)
        return None
    role, content = message.get("role"), message.get("content")
    if not isinstance(role, str) or not role:
        noted.error(
            "message-missing-key",
            f"message {number} has no role",
            "give it the role system, user or assistant",
            message,
        )
        return None
    if message.keys() == _PLAIN_KEYS and role in ROLES and isinstance(content, str) and content:
        return Turn(role, content)
    _check_role(role, number, noted)
    _check_keys(message, number, noted)
    return _with_content(message, role, number, noted)


def _check_role(role: str, number: int, noted: Noted) -> None:
    if role not in ROLES:
        noted.error(
            "unknown-role",
            f"message {number} has the role {role!r}",
            f"use one of {', '.join(sorted(ROLES))}",
            role,
        )


def _check_keys(message: Mapping[str, Any], number: int, noted: Noted) -> None:
    unknown = sorted(str(key) for key in message.keys() - _KNOWN)
    if unknown:
        remedy = "rename loss_weight to weight" if "loss_weight" in unknown else "remove them"
        noted.warning(
            "message-unknown-key",
            f"message {number} has keys that the chat format does not know: {', '.join(unknown)}",
            remedy,
        )


def _with_content(message: Mapping[str, Any], role: str, number: int, noted: Noted) -> Turn | None:
    content = message.get("content")
    calls = message.get("tool_calls") or message.get("function_call")
    if not calls:
        _check_content(message, number, noted)
    if content is not None and not isinstance(content, str) and not _are_parts(content):
        noted.error(
            "bad-content",
            f"the content of message {number} is neither text nor a list of typed parts",
            'write text, or parts such as {"type": "text", "text": "..."}',
            content,
        )
        return None
    fields = _fields(message, role, number, noted)
    known = fields.keys() | {"role"} | ({"content"} if content is not None else set())
    if "weight" not in fields and _is_number(message.get("loss_weight")):
        fields["weight"] = message["loss_weight"]
    if "loss_weight" in message:
        known = known - {"weight"}  # what stood there is written again, not what was understood
    extra = {key: value for key, value in message.items() if key not in known}
    return Turn(role, content, extra=extra, **fields)


def _check_content(message: Mapping[str, Any], number: int, noted: Noted) -> None:
    content = message.get("content")
    if "content" not in message:
        noted.error(
            "message-missing-key", f"message {number} has no content", "write it or remove the turn"
        )
    elif content is None or (isinstance(content, str | list) and not content):
        noted.error(
            "empty-content",
            f"message {number} ({message['role']}) is empty",
            "write it or remove the turn",
        )


def _are_parts(content: Any) -> bool:
    return isinstance(content, list) and all(
        isinstance(part, dict) and isinstance(part.get("type"), str) for part in content
    )


def _fields(message: Mapping[str, Any], role: str, number: int, noted: Noted) -> dict[str, Any]:
    """The values that a Turn has a place for; one of a wrong type stays among the extra keys."""
    fields = {key: message[key] for key in ("name", "tool_call_id") if _is_text(message.get(key))}
    if message.get("weight") is not None:
        _check_weight(message["weight"], role, number, noted)
        if _is_number(message["weight"]):
            fields["weight"] = message["weight"]
    _check_function_call(message.get("function_call"), number, noted)
    calls = message.get("tool_calls")
    if calls:
        read = _read_calls(calls, number, noted)
        if read is not None:
            fields["tool_calls"] = read
    return fields


def _check_weight(weight: Any, role: str, number: int, noted: Noted) -> None:
    if not _is_number(weight) or weight not in (0, 1):
        noted.error(
            "bad-weight",
            f"the weight of message {number} is {weight!r}",
            "a weight is 0 or 1",
        )
    if role != "assistant":
        noted.warning(
            "weight-not-on-assistant",
            f"message {number} ({role}) has a weight",
            "only the assistant's messages are learned from: remove it",
        )


def _read_calls(calls: Any, number: int, noted: Noted) -> tuple[ToolCall, ...] | None:
    if not isinstance(calls, list) or not all(_is_call(call) for call in calls):
        noted.error(
            "bad-tool-calls",
            f"the tool calls of message {number} are not as the chat format has them",
            'write [{"id": ..., "type": "function", "function": {"name": ..., "arguments": TEXT}}]',
            calls,
        )
        return None
    for call in calls:
        _check_arguments(call["function"]["arguments"], number, noted)
    return tuple(
        ToolCall(call["id"], call["function"]["name"], call["function"]["arguments"])
        for call in calls
    )


def _is_call(call: Any) -> bool:
    function = call.get("function") if isinstance(call, dict) else None
    return (
        isinstance(function, dict)
        and call.keys() == _CALL_KEYS
        and call["type"] == "function"
        and function.keys() == _FUNCTION_KEYS
        and all(map(_is_text, (call["id"], function["name"], function["arguments"])))
    )


def _check_function_call(call: Any, number: int, noted: Noted) -> None:
    if isinstance(call, dict) and isinstance(call.get("arguments"), str):
        _check_arguments(call["arguments"], number, noted)


def _check_arguments(arguments: str, number: int, noted: Noted) -> None:
    try:
        value = json.loads(arguments)
    except (ValueError, RecursionError):
        noted.error(
            "tool-arguments-not-json",
            f"the arguments of a tool call in message {number} are not JSON",
            'write an object, such as {"altitude": 100}',
            arguments,
        )
        return
    if isinstance(value, str):
        noted.error(
            "tool-arguments-encoded-twice",
            f"the arguments of a tool call in message {number} were encoded as JSON twice",
            "decode them once: the model would learn to answer with a text in quotes",
            arguments,
        )
    elif not isinstance(value, dict):
        noted.warning(
            "tool-arguments-not-an-object",
            f"the arguments of a tool call in message {number} are no JSON object",
            "name each argument",
            arguments,
        )


def _write_call(call: ToolCall) -> dict[str, Any]:
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": call.id, "type": "function", "function": function}


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
