"""One row of training data, whatever shape its file had. Pure."""

from __future__ import annotations

from typing import Any

import msgspec

from harness.values.request import ToolCall


class Turn(msgspec.Struct, frozen=True, omit_defaults=True):
    """One message of a conversation to learn from.

    `weight` 0 means that nothing is learned from it; None that the file did not say. `extra` holds
    the keys of the row that have no field here, as they stood.
    """

    role: str
    content: str | list[dict[str, Any]] | None = None
    name: str | None = None
    weight: float | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None
    extra: dict[str, Any] = {}


class Example(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a model is shown and what it should answer.

    Completion shapes have `prompt` and `completion`; chat shapes have `messages`, the answers among
    them; preference shapes have `messages` (or `prompt`) and the two answers `preferred` and
    `rejected`; reinforcement shapes have `messages` without an answer, and what a grader needs
    in `extra`. `line` is the line (or row) of the file, from 1; 0 where there is no file.
    """

    line: int = 0
    id: str | None = None
    prompt: str | None = None
    completion: str | None = None
    messages: tuple[Turn, ...] = ()
    preferred: tuple[Turn, ...] = ()
    rejected: tuple[Turn, ...] = ()
    tools: tuple[dict[str, Any], ...] = ()
    extra: dict[str, Any] = {}
