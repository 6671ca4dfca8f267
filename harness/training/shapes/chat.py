"""Rows with messages: chat, reinforcement, and TRL's conversational prompt and completion. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.training.shapes.detect import CHAT_KEYS
from harness.training.shapes.noted import Noted
from harness.training.shapes.turns import (
    SYSTEM_ROLES,
    calls_functions,
    read_turns,
    write_turns,
)
from harness.values.example import Example, Turn


def read_chat(row: Mapping[str, Any], noted: Noted) -> Example | None:
    """A row {messages, tools?}; somebody has to answer in it."""
    example = _read(row, noted)
    note_extra_columns(row.keys() - CHAT_KEYS, noted)
    if example is not None:
        note_turns(example.messages, noted, needs_answer=True)
        _note_tools(row, example.messages, noted)
    return example


def read_reinforcement(row: Mapping[str, Any], noted: Noted) -> Example | None:
    """A row {messages, ...} whose answer the model gives itself; other keys are for a grader."""
    example = _read(row, noted)
    if example is not None:
        note_turns(example.messages, noted, needs_answer=False)
        _note_tools(row, example.messages, noted)
        if example.messages[-1].role == "assistant":
            noted.error(
                "answer-in-reinforcement",
                "the last message is the assistant's, where the model itself should answer",
                "end with the user's message and keep the answer in a key for the grader",
            )
    return example


def write_chat(example: Example) -> dict[str, Any]:
    """The row of `read_chat` and `read_reinforcement`."""
    return {"messages": write_turns(example.messages), **common_keys(example)}


def read_conversational(row: Mapping[str, Any], noted: Noted) -> Example | None:
    """A row {prompt, completion} of messages; the messages of both become one conversation."""
    prompt = read_turns(row.get("prompt"), noted, "prompt")
    completion = read_turns(row.get("completion"), noted, "completion")
    if prompt is None or completion is None:
        return None
    turns = prompt + completion
    note_turns(turns, noted, needs_answer=True)
    _note_tools(row, turns, noted)
    if answer_start(turns) != len(prompt):
        noted.error(
            "bad-split",
            "the completion does not begin with the first answer to the last user's message",
            "move the messages between prompt and completion",
        )
        return None
    return Example(messages=turns, **common_fields(row, {"prompt", "completion"}, noted))


def write_conversational(example: Example) -> dict[str, Any]:
    """The row of `read_conversational`: what follows the last question is the completion."""
    start = answer_start(example.messages)
    return {
        "prompt": write_turns(example.messages[:start]),
        "completion": write_turns(example.messages[start:]),
        **common_keys(example),
    }


def answer_start(turns: Sequence[Turn]) -> int:
    """Where the answer to the last message that nobody generated begins."""
    asked = [i for i, t in enumerate(turns) if t.role not in ("assistant", "tool", "function")]
    return asked[-1] + 1 if asked else 0


def common_fields(row: Mapping[str, Any], taken: set[str], noted: Noted) -> dict[str, Any]:
    """Line, id, tools and the extra keys of a row, for the shapes that may have tools."""
    fields: dict[str, Any] = {"line": noted.line}
    used = set(taken)
    tools = row.get("tools")
    if isinstance(tools, list) and tools and all(isinstance(tool, dict) for tool in tools):
        fields["tools"] = tuple(tools)
        used.add("tools")
    if "id" not in taken and isinstance(row.get("id"), str):
        fields["id"] = row["id"]
        used.add("id")
    extra = {key: value for key, value in row.items() if key not in used}
    if extra:
        fields["extra"] = extra
    return fields


def common_keys(example: Example) -> dict[str, Any]:
    """The keys of `common_fields`, as they stood in the row."""
    keys = dict(example.extra)
    if example.tools:
        keys["tools"] = list(example.tools)
    if example.id is not None:
        keys["id"] = example.id
    return keys


def note_extra_columns(unknown: set[str] | frozenset[str], noted: Noted) -> None:
    """Keys of a row that its shape does not know."""
    if unknown:
        names = ", ".join(sorted(map(str, unknown)))
        noted.warning(
            "extra-column",
            f"the row has keys that its shape does not know: {names}",
            "remove them: a platform may refuse the file",
        )


def note_turns(turns: Sequence[Turn], noted: Noted, *, needs_answer: bool) -> None:
    """Which roles are missing; a missing answer is an error where it `needs_answer`."""
    roles = {turn.role for turn in turns}
    if not roles & SYSTEM_ROLES:
        noted.info("no-system-turn", "no system message")
    if "user" not in roles:
        noted.info("no-user-turn", "no user message")
    if "assistant" not in roles:
        note = noted.error if needs_answer else noted.info
        note(
            "no-assistant-turn",
            "no assistant message",
            "add the answer that is to be learned" if needs_answer else "",
        )
    if turns[-1].role != "assistant":
        noted.info("last-turn-not-assistant", f"the last message is of the role {turns[-1].role!r}")


def _read(row: Mapping[str, Any], noted: Noted) -> Example | None:
    if "messages" not in row:
        noted.error("missing-messages-list", "the row has no 'messages'", sample=dict(row))
        return None
    turns = read_turns(row["messages"], noted)
    if turns is None:
        return None
    if row.keys() == {"messages"}:
        return Example(line=noted.line, messages=turns)
    return Example(messages=turns, **common_fields(row, {"messages"}, noted))


def _note_tools(row: Mapping[str, Any], turns: Sequence[Turn], noted: Noted) -> None:
    old = bool(row.get("functions")) or any(turn.extra.get("function_call") for turn in turns)
    if old:
        noted.info(
            "deprecated-function-call",
            "function_call and functions are deprecated",
            "write tool_calls and tools",
        )
    if not (row.get("tools") or row.get("functions")) and any(map(calls_functions, turns)):
        noted.warning(
            "tool-calls-without-tools",
            "a tool is called that the row does not declare",
            "add 'tools' as they will stand in the request",
        )
