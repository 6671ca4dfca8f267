"""A reply: an answer, or a failure as a value. Pure."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, get_args

import msgspec

from harness.values.digest import digest
from harness.values.request import Message

Finish = Literal["stop", "length", "filter", "tool", "other"]

FailureKind = Literal[
    "rate_limited",
    "overloaded",
    "server_error",
    "timeout",
    "connection",
    "garbage",
    "bad_request",
    "auth",
    "quota",
    "not_found",
    "filtered",
    "harness",
]
FAILURE_KINDS: tuple[str, ...] = get_args(FailureKind)
RETRIED_KINDS = frozenset(
    {"rate_limited", "overloaded", "server_error", "timeout", "connection", "garbage"}
)
ARM_ENDING_KINDS = frozenset({"auth", "quota", "not_found"})


class Usage(msgspec.Struct, frozen=True, omit_defaults=True):
    """Tokens of one call, in one shape for all providers.

    `input` includes `cached` (read from a cache) and `cache_write`; `output` includes `reasoning`.
    `estimated` marks numbers that the server did not report.
    """

    input: int = 0
    cached: int = 0
    cache_write: int = 0
    output: int = 0
    reasoning: int = 0
    estimated: bool = False


class Answer(msgspec.Struct, frozen=True, omit_defaults=True, tag="answer"):
    """A model's answer. `latency` is the seconds of the last attempt alone, without queueing.

    `scores` are what another tool gave it, by the name of its scorer, each from 0 to 1; only
    imported answers have any.
    """

    message: Message
    finish: Finish = "stop"
    usage: Usage | None = None
    model: str = ""
    latency: float = 0.0
    refusal: str | None = None
    logprobs: list[Any] | None = None
    scores: dict[str, float] = {}

    @property
    def text(self) -> str:
        """The message's text; parts are joined."""
        content = self.message.content
        if isinstance(content, str):
            return content
        return "".join(str(part.get("text", "")) for part in content)


class Failure(msgspec.Struct, frozen=True, omit_defaults=True, tag="failure"):
    """Why there is no answer. `retry_after` is in seconds, as the server asked."""

    kind: FailureKind
    detail: str = ""
    status: int | None = None
    retry_after: float | None = None
    latency: float = 0.0


Reply: TypeAlias = Answer | Failure


def reply_digest(reply: Reply) -> str:
    """Over what was said and how it ended, not over tokens, seconds and the server's own name."""
    if isinstance(reply, Failure):
        return digest([reply.kind])
    return digest([reply.message, reply.finish, reply.refusal])


def assistant(text: str) -> Message:
    """The message of a plain text answer."""
    return Message("assistant", text)
