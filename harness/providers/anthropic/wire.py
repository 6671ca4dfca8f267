"""Anthropic's wire: a Request to a body; status, headers and body to a Reply. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from harness.providers.bodies import UNREADABLE
from harness.providers.credentials import without
from harness.providers.failures import SUCCESS, failure_of
from harness.providers.usage import AnthropicUsage, usage_or_none
from harness.values.reply import Answer, Finish, Reply
from harness.values.request import Message, Request, Sampling, ToolCall

PATH = "/v1/messages"
DEFAULT_MAX_TOKENS = 1024

_FINISH: Mapping[str | None, Finish] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool",
    "refusal": "filter",
}
_SYSTEM = frozenset({"system", "developer"})
_NAMES = {"stop": "stop_sequences"}


class _Block(msgspec.Struct, frozen=True):
    """A content block; thinking and others have no field that matters here."""

    type: str
    text: str | None = None
    id: str | None = None
    name: str | None = None
    input: Any = None


class _StopDetails(msgspec.Struct, frozen=True):
    explanation: str | None = None


class _Reply(msgspec.Struct, frozen=True):
    content: list[_Block]
    stop_reason: str | None = None
    stop_details: _StopDetails | None = None
    model: str | None = None
    usage: Any = None


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Reply).decode


def encode(request: Request) -> bytes:
    """The JSON body for /v1/messages.

    System messages are lifted out; `max_tokens` is required, hence the default. Sampling fields
    that the API lacks (`seed`) go under their usual name: Anthropic refuses them aloud.
    """
    sampling = request.sampling
    body: dict[str, Any] = {
        "model": request.model.name,
        "max_tokens": DEFAULT_MAX_TOKENS if sampling.max_tokens is None else sampling.max_tokens,
        "messages": [_message(m) for m in request.messages if m.role not in _SYSTEM],
    }
    system = _system([m for m in request.messages if m.role in _SYSTEM])
    if system:
        body["system"] = system
    for name in Sampling.__struct_fields__:
        value = getattr(sampling, name)
        if value is not None:
            body[_NAMES.get(name, name)] = value
    if request.reasoning_effort is not None:
        body["output_config"] = {"effort": request.reasoning_effort}
    return _encode({**body, **request.extra})


def _system(messages: list[Message]) -> str | list[dict[str, Any]]:
    """Texts are joined by an empty line; parts make a list of blocks of everything."""
    if all(isinstance(message.content, str) for message in messages):
        return "\n\n".join(str(message.content) for message in messages)
    return [block for message in messages for block in _blocks(message)]


def _message(message: Message) -> dict[str, Any]:
    if not message.tool_calls:
        return {"role": message.role, "content": message.content}
    calls = [
        {"type": "tool_use", "id": c.id, "name": c.name, "input": _arguments(c.arguments)}
        for c in message.tool_calls
    ]
    return {"role": message.role, "content": [*_blocks(message), *calls]}


def _blocks(message: Message) -> list[dict[str, Any]]:
    if not isinstance(message.content, str):
        return message.content
    return [{"type": "text", "text": message.content}] if message.content else []


def _arguments(text: str) -> Any:
    try:
        return msgspec.json.decode(text or "{}")
    except UNREADABLE:
        return {"arguments": text}


def decode(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    latency: float,
    *,
    now: float | None = None,
    key: str = "",
) -> Reply:
    """The Answer, or the Failure that status or body make it; units as in OpenAI's wire.

    Nothing shows `key`.
    """
    reason = ""
    if status in SUCCESS:
        try:
            return _answer(_decode(without(key, body)), latency)
        except UNREADABLE as error:
            reason = str(error)
    return failure_of(status, headers, body, latency=latency, now=now, reason=reason, key=key)


def _answer(reply: _Reply, latency: float) -> Answer:
    text = "".join(block.text or "" for block in reply.content if block.type == "text")
    calls = tuple(
        ToolCall(block.id or "", block.name or "", _encode(block.input).decode())
        for block in reply.content
        if block.type == "tool_use"
    )
    return Answer(
        message=Message("assistant", text, calls),
        finish=_FINISH.get(reply.stop_reason, "other"),
        usage=usage_or_none(AnthropicUsage, reply.usage),
        model=reply.model or "",
        latency=latency,
        refusal=_refusal(reply, text) if reply.stop_reason == "refusal" else None,
    )


def _refusal(reply: _Reply, text: str) -> str:
    explained = reply.stop_details.explanation if reply.stop_details else None
    return explained or text or "refusal"
