"""The forms chat and completion: a Request to a body, a body to an Answer. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from harness.providers.usage import ChatUsage, usage_or_none
from harness.values.reply import Answer, Finish
from harness.values.request import Message, Request, Sampling, ToolCall

_FINISH: Mapping[str | None, Finish] = {
    "stop": "stop",
    "eos": "stop",
    "eos_token": "stop",
    "stop_sequence": "stop",
    "end_turn": "stop",
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "content_filter": "filter",
    "tool_calls": "tool",
    "function_call": "tool",
}


class _Function(msgspec.Struct, frozen=True):
    name: str
    arguments: Any = ""


class _Call(msgspec.Struct, frozen=True):
    function: _Function
    id: str | None = None


class _ChatMessage(msgspec.Struct, frozen=True):
    content: str | list[dict[str, Any]] | None = None
    refusal: str | None = None
    tool_calls: list[_Call] | None = None


class _ChatChoice(msgspec.Struct, frozen=True):
    message: _ChatMessage
    finish_reason: str | None = None
    logprobs: dict[str, Any] | None = None


class _Chat(msgspec.Struct, frozen=True):
    choices: list[_ChatChoice]
    model: str | None = None
    usage: Any = None


class _TextChoice(msgspec.Struct, frozen=True):
    text: str
    finish_reason: str | None = None
    logprobs: dict[str, Any] | None = None


class _Completion(msgspec.Struct, frozen=True):
    choices: list[_TextChoice]
    model: str | None = None
    usage: Any = None


class _OldLogprobs(msgspec.Struct, frozen=True):
    """Lists of one length, an entry for each token."""

    tokens: list[Any] | None = None
    token_logprobs: list[Any] | None = None
    top_logprobs: list[dict[str, Any] | None] | None = None


_decode_chat = msgspec.json.Decoder(_Chat).decode
_decode_completion = msgspec.json.Decoder(_Completion).decode


def chat_body(request: Request, token_field: str) -> dict[str, Any]:
    """The JSON object for /chat/completions; `token_field` names the output limit."""
    body: dict[str, Any] = {
        "model": request.model.name,
        "messages": [_message(message) for message in request.messages],
    }
    sampling = request.sampling
    add_sampling(body, sampling, token_field)
    if sampling.logprobs is not None:
        body["logprobs"] = True
        body["top_logprobs"] = sampling.logprobs
    if request.reasoning_effort is not None:
        body["reasoning_effort"] = request.reasoning_effort
    return body


def completion_body(request: Request) -> dict[str, Any]:
    """The JSON object for /completions."""
    body: dict[str, Any] = {"model": request.model.name, "prompt": request.prompt or ""}
    add_sampling(body, request.sampling, "max_tokens")
    if request.sampling.logprobs is not None:
        body["logprobs"] = request.sampling.logprobs
    if request.reasoning_effort is not None:
        body["reasoning_effort"] = request.reasoning_effort
    return body


def add_sampling(body: dict[str, Any], sampling: Sampling, token_field: str) -> None:
    """Put the set fields into `body`, all but `logprobs`, whose shape differs by form."""
    if sampling.max_tokens is not None:
        body[token_field] = sampling.max_tokens
    for name in _PLAIN:
        value = getattr(sampling, name)
        if value is not None:
            body[name] = value


_PLAIN = tuple(
    field for field in Sampling.__struct_fields__ if field not in {"max_tokens", "logprobs"}
)


def _message(message: Message) -> dict[str, Any]:
    sent: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        sent["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in message.tool_calls
        ]
    return sent


def read_chat(body: bytes, latency: float) -> Answer:
    """The first choice. Raises msgspec.DecodeError where there is none."""
    reply = _decode_chat(body)
    if not reply.choices or reply.choices[0].finish_reason == "error":
        raise msgspec.ValidationError("no choice has an answer")
    choice = reply.choices[0]
    message = choice.message
    calls = message.tool_calls
    return Answer(
        message=Message(
            "assistant", message.content or "", tuple(map(_call, calls)) if calls else ()
        ),
        finish=_FINISH.get(choice.finish_reason, "other"),
        usage=usage_or_none(ChatUsage, reply.usage),
        model=reply.model or "",
        latency=latency,
        refusal=message.refusal,
        logprobs=_logprobs(choice.logprobs) if choice.logprobs else None,
    )


def read_completion(body: bytes, latency: float) -> Answer:
    """The first choice. Raises msgspec.DecodeError where there is none."""
    reply = _decode_completion(body)
    if not reply.choices or reply.choices[0].finish_reason == "error":
        raise msgspec.ValidationError("no choice has an answer")
    choice = reply.choices[0]
    return Answer(
        message=Message("assistant", choice.text),
        finish=_FINISH.get(choice.finish_reason, "other"),
        usage=usage_or_none(ChatUsage, reply.usage),
        model=reply.model or "",
        latency=latency,
        logprobs=_logprobs(choice.logprobs) if choice.logprobs else None,
    )


def _call(call: _Call) -> ToolCall:
    arguments = call.function.arguments
    if not isinstance(arguments, str):
        arguments = msgspec.json.encode(arguments).decode()
    return ToolCall(call.id or "", call.function.name, arguments)


def _logprobs(found: Mapping[str, Any]) -> list[Any] | None:
    """One entry a token, `{token, logprob, top_logprobs: [{token, logprob}]}`, for both forms."""
    if "tokens" not in found:
        content = found.get("content")
        return content if isinstance(content, list) else None
    old = msgspec.convert(found, _OldLogprobs)
    tokens, values = old.tokens or [], old.token_logprobs or []
    tops = old.top_logprobs or [None] * len(tokens)
    return [
        {
            "token": token,
            "logprob": value,
            "top_logprobs": [{"token": t, "logprob": v} for t, v in (top or {}).items()],
        }
        for token, value, top in zip(tokens, values, tops, strict=False)
    ]
