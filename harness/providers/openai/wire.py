"""OpenAI's wire: a Request to path and body; status, headers and body to a Reply. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from harness.providers.bodies import LARGEST_BODY, UNREADABLE, storable
from harness.providers.credentials import without
from harness.providers.failures import SUCCESS, failure_of, oversized
from harness.providers.openai import chat, responses
from harness.values.reply import Reply
from harness.values.request import Form, Request

TokenField = Literal["max_completion_tokens", "max_tokens"]

_PATHS: Mapping[Form, str] = {
    "chat": "/chat/completions",
    "completion": "/completions",
    "responses": "/responses",
}
_READERS = {
    "chat": chat.read_chat,
    "completion": chat.read_completion,
    "responses": responses.read,
}
_encode = msgspec.json.Encoder().encode


def encode(request: Request, token_field: TokenField) -> tuple[str, bytes]:
    """The path below the base URL and the JSON body.

    Unset fields are not sent, `extra` is merged last as it stands, `trial` never goes on the wire.
    A field that a form lacks at OpenAI (`seed` for responses) is sent under its usual name: a
    compatible server may know it, and OpenAI refuses it aloud.
    """
    if request.form == "responses":
        body = responses.body(request)
    elif request.form == "completion":
        body = chat.completion_body(request)
    else:
        body = chat.chat_body(request, token_field)
    if request.extra:
        body.update(request.extra)
    return _PATHS[request.form], _encode(body)


def decode(
    form: Form,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    latency: float,
    *,
    now: float | None = None,
    key: str = "",
) -> Reply:
    """The Answer, or the Failure that status or body make it.

    `headers` must be found by lower-case names; `latency` is in seconds; `now` (seconds since
    1970) makes sense of a Retry-After that is a date; neither shows `key`.
    """
    if len(body) > LARGEST_BODY:
        return msgspec.structs.replace(oversized(status), latency=latency)
    reason = ""
    if status in SUCCESS:
        try:
            return storable(_READERS[form](without(key, body), latency))
        except UNREADABLE as error:
            reason = str(error)
    return failure_of(status, headers, body, latency=latency, now=now, reason=reason, key=key)
