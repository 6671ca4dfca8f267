"""A request: everything that decides what a model is asked, and nothing else. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import force_setattr

from harness.values.digest import DIGEST_BYTES

KEY_VERSION = 1

Form = Literal["chat", "completion", "responses"]

# The upper ends keep out what JSON cannot carry: infinity and integers of more than 64 bits.
Count = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Seed = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
_Temperature = Annotated[float, Meta(ge=0.0, le=100.0)]
_Share = Annotated[float, Meta(gt=0.0, le=1.0)]
_Penalty = Annotated[float, Meta(ge=-100.0, le=100.0)]


class ToolCall(msgspec.Struct, frozen=True):
    """A call of a tool that an assistant message holds; `arguments` is the JSON text as sent."""

    id: str
    name: str
    arguments: str


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """One turn of a conversation. `content` is text, or provider-shaped parts passed through."""

    role: str
    content: str | list[dict[str, Any]] = ""
    tool_calls: tuple[ToolCall, ...] = ()


class Sampling(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How tokens are drawn. A field left unset is not sent."""

    max_tokens: Count | None = None
    temperature: _Temperature | None = None
    top_p: _Share | None = None
    stop: tuple[str, ...] | None = None
    seed: Seed | None = None
    presence_penalty: _Penalty | None = None
    frequency_penalty: _Penalty | None = None
    logprobs: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = None


_UNSET = Sampling()


class ModelIdentity(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which weights answer: name on the wire, adapter digest, settings that change the output."""

    name: str
    adapter: str | None = None
    settings: dict[str, Any] = {}


class Replicate(msgspec.Struct, frozen=True, omit_defaults=True, order=True):
    """Which repetition of a case this is: the seed that chose its shots, and the trial."""

    shot_seed: int = 0
    trial: int = 0


class Recall(msgspec.Struct, frozen=True, omit_defaults=True):
    """The place of a reply among the recordings of an arm, and the key of what is asked there."""

    case: str
    input_digest: str
    replicate: Replicate
    key: str = ""


class Request(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One question to one model. `messages` for chat and responses, `prompt` for completion.

    `extra` is JSON merged into the body as it stands. `trial` tells repeated identical questions
    apart: it is part of the key, so that K trials are K recordings, and it never goes on the wire.
    `recall` says where a recording of it would stand. It is given once the key is known, and is
    never on the wire; of a frozen arm the request is nothing else.
    """

    form: Form
    model: ModelIdentity
    messages: tuple[Message, ...] = ()
    prompt: str | None = None
    sampling: Sampling = _UNSET
    reasoning_effort: str | None = None
    extra: dict[str, Any] = {}
    trial: int = 0
    recall: Recall | None = None

    def __post_init__(self) -> None:
        """Equal requests have equal keys: a default is omitted only where it is the same object."""
        if self.sampling == _UNSET:
            force_setattr(self, "sampling", _UNSET)


def recall_request(case: str, input_digest: str, replicate: Replicate) -> Request:
    """The request of a frozen arm: whatever was recorded for this case, input and replicate."""
    return Request(
        form="completion",
        model=ModelIdentity("recorded"),
        recall=Recall(case, input_digest, replicate),
    )


_encode_sorted = msgspec.json.Encoder(order="sorted").encode


def request_key(request: Request) -> str:
    """The name under which a reply to this request is recorded: 24 hex digits.

    BLAKE2b over the canonical JSON of the request; unset fields are omitted, so that a new
    optional field leaves old keys valid. `KEY_VERSION` names this recipe in every fixture line.
    """
    return blake2b(_encode_sorted(request), digest_size=DIGEST_BYTES).hexdigest()


class KeyPattern:
    """The keys of requests that differ in some texts alone; what they share is hashed once.

    `request` has each of `marks` where such a text stands. A mark is nothing that a text of the
    request holds otherwise, and begins and ends with a control character.
    """

    def __init__(self, request: Request, marks: Iterable[str]) -> None:
        by_bytes = {_within_json(mark): mark for mark in marks}
        pattern = b"(" + b"|".join(map(re.escape, by_bytes)) + b")" if by_bytes else b"(?!)()"
        first, *pieces = re.split(pattern, _encode_sorted(request))
        self._shared = blake2b(first, digest_size=DIGEST_BYTES)
        names = [by_bytes[piece] for piece in pieces[::2]]
        self._pieces = list(zip(names, pieces[1::2], strict=True))

    def key(self, texts: Mapping[str, str]) -> str:
        """The `request_key` of the request that has these texts in place of the marks."""
        state = self._shared.copy()
        for mark, piece in self._pieces:
            state.update(_within_json(texts[mark]))
            state.update(piece)
        return state.hexdigest()


def _within_json(text: str) -> bytes:
    """A text as it stands within JSON, without its quotation marks."""
    return _encode_sorted(text)[1:-1]
