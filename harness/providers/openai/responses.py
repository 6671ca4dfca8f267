"""The form responses: a Request to a body, a body to an Answer. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from harness.providers.openai.chat import add_sampling
from harness.providers.usage import ResponsesUsage, usage_or_none
from harness.values.reply import Answer, Finish
from harness.values.request import Message, Request, ToolCall

_CUT: Mapping[str | None, Finish] = {"max_output_tokens": "length", "content_filter": "filter"}


class _Part(msgspec.Struct, frozen=True):
    type: str = "output_text"
    text: str | None = None
    refusal: str | None = None
    logprobs: list[Any] | None = None


class _Item(msgspec.Struct, frozen=True):
    """An output item; only messages and function calls have fields that matter here."""

    type: str
    content: list[_Part] | None = None
    call_id: str | None = None
    name: str | None = None
    arguments: str | None = None


class _Incomplete(msgspec.Struct, frozen=True):
    reason: str | None = None


class _Response(msgspec.Struct, frozen=True):
    output: list[_Item]
    status: str | None = None
    incomplete_details: _Incomplete | None = None
    model: str | None = None
    usage: Any = None


_decode = msgspec.json.Decoder(_Response).decode


def body(request: Request) -> dict[str, Any]:
    """The JSON object for /responses; a system message at the start becomes `instructions`."""
    messages = request.messages
    sent: dict[str, Any] = {"model": request.model.name}
    if messages and messages[0].role == "system" and isinstance(messages[0].content, str):
        sent["instructions"] = messages[0].content
        messages = messages[1:]
    sent["input"] = [item for message in messages for item in _items(message)]
    add_sampling(sent, request.sampling, "max_output_tokens")
    if request.sampling.logprobs is not None:
        sent["top_logprobs"] = request.sampling.logprobs
        sent["include"] = ["message.output_text.logprobs"]
    if request.reasoning_effort is not None:
        sent["reasoning"] = {"effort": request.reasoning_effort}
    return sent


def _items(message: Message) -> Iterable[dict[str, Any]]:
    if message.content or not message.tool_calls:
        # OpenAI does not need the type; llama.cpp refuses an assistant's message without it.
        yield {"type": "message", "role": message.role, "content": message.content}
    for call in message.tool_calls:
        yield {
            "type": "function_call",
            "call_id": call.id,
            "name": call.name,
            "arguments": call.arguments,
        }


def read(body: bytes, latency: float) -> Answer:
    """All messages of the output as one text. Raises msgspec.DecodeError where there is none."""
    reply = _decode(body)
    if reply.status in {"failed", "cancelled"}:
        raise msgspec.ValidationError(f"the response is {reply.status}")
    parts = [part for item in reply.output if item.type == "message" for part in item.content or ()]
    calls = tuple(
        ToolCall(item.call_id or "", item.name or "", item.arguments or "")
        for item in reply.output
        if item.type == "function_call"
    )
    text = "".join(part.text or "" for part in parts if part.type == "output_text")
    refusal = "".join(part.refusal or "" for part in parts if part.type == "refusal")
    return Answer(
        message=Message("assistant", text, calls),
        finish=_finish(reply, calls),
        usage=usage_or_none(ResponsesUsage, reply.usage),
        model=reply.model or "",
        latency=latency,
        refusal=refusal or None,
        logprobs=[entry for part in parts for entry in part.logprobs or ()] or None,
    )


def _finish(reply: _Response, calls: tuple[ToolCall, ...]) -> Finish:
    if reply.status == "incomplete":
        details = reply.incomplete_details
        return _CUT.get(details.reason if details else None, "other")
    if reply.status not in {"completed", None}:
        return "other"
    return "tool" if calls else "stop"
