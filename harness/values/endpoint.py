"""Endpoints: plain specifications that can travel, and the one method they must have. Pure."""

from __future__ import annotations

from typing import Annotated, Literal, Protocol, Self, TypeAlias

import msgspec
from msgspec import Meta

from harness.values.reply import Reply
from harness.values.request import Count, Request

# A finite positive number: seconds, or requests and tokens per minute.
Amount = Annotated[float, Meta(gt=0.0, le=1e12)]
Concurrency = Annotated[int, Meta(ge=1, le=10_000)]


class _Limits(
    msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True
):
    """What every hosted endpoint may declare. Times in seconds."""

    concurrency: Concurrency | None = None
    rpm: Amount | None = None
    tpm: Amount | None = None
    timeout: Amount = 120.0
    attempts: Count = 8
    deadline: Amount = 600.0


class OpenAISpec(
    _Limits,
    frozen=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="openai",
):
    """OpenAI, Azure's v1 URL or any compatible server.

    `key_env` names the environment variable that holds the key; a server without keys takes
    `key_env = ""`. `base_url` falls back to OPENAI_BASE_URL. `token_field` is the chat form's
    output limit: many compatible servers know only `max_tokens`.
    """

    base_url: str | None = None
    key_env: str = "OPENAI_API_KEY"
    transport: Literal["fast", "sdk"] = "fast"
    token_field: Literal["max_completion_tokens", "max_tokens"] = "max_completion_tokens"  # noqa: S105 - the name of a field, no secret


class AnthropicSpec(
    _Limits,
    frozen=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="anthropic",
):
    """The Anthropic Messages API, or a server that speaks it."""

    base_url: str = "https://api.anthropic.com"
    key_env: str = "ANTHROPIC_API_KEY"
    version: str = "2023-06-01"


class LocalSpec(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag_field="kind",
    tag="local",
):
    """A GGUF model served on loopback by llama.cpp for the length of one run.

    `gguf` is a path; unset means the packaged Gemma 3 270M. Slots, threads and `swa_full` change
    what the model says in the last digit, so they belong to its identity.
    """

    gguf: str | None = None
    slots: Count = 1
    threads: Count = 2
    context: Count = 4096
    swa_full: bool = True
    timeout: Amount = 120.0
    attempts: Count = 2
    deadline: Amount = 300.0
    protocol: Literal["openai", "anthropic"] = "openai"


class ScriptedSpec(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag_field="kind",
    tag="scripted",
):
    """A shipped fake: answers by rules, for trying a suite out without any model.

    Each rule is a pair (regular expression, answer); the first that is found in the last message
    or the prompt answers, else `default`. `fail` maps a text found there to a failure kind.
    """

    rules: tuple[tuple[str, str], ...] = ()
    default: str = ""
    fail: dict[str, str] = {}


class ClassicalSpec(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="classical",
):
    """No language model: a classifier fitted on the training split, in process."""


class HuggingFaceSpec(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag_field="kind",
    tag="huggingface",
):
    """A Hugging Face model on this machine, in process, with or without a PEFT adapter.

    `path` is the folder of a model (config, weights, tokenizer) and `gguf` the name of a GGUF file
    in it to load instead of its weights; without a path, the packaged Gemma 3 270M. `adapter` is
    the folder of a PEFT adapter. Nothing is ever downloaded. `batch` requests are answered
    together; `device` auto takes a GPU where there is one. Precision and device change what
    the model says in the last digit, so they belong to its identity.
    """

    path: str | None = None
    gguf: str | None = None
    adapter: str | None = None
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    dtype: Literal["float32", "bfloat16", "float16"] = "float32"
    batch: Count = 8
    context: Count = 4096
    attempts: Count = 1
    deadline: Amount = 600.0


class RecordedSpec(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="recorded",
):
    """A model that cannot be asked here, or no longer anywhere: only its recordings answer."""


EndpointSpec: TypeAlias = (
    OpenAISpec
    | AnthropicSpec
    | LocalSpec
    | HuggingFaceSpec
    | RecordedSpec
    | ScriptedSpec
    | ClassicalSpec
)


class Endpoint(Protocol):
    """One model behind one method. The runner alone retries, backs off and counts attempts."""

    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *exc: object) -> None: ...
    async def complete(self, request: Request) -> Reply:
        """ONE attempt; never raises for anything a model or a server does."""
        ...

    @property
    def server(self) -> str:
        """What answered, as well as it says so itself: 'llama.cpp b7000'. May be empty."""
        ...
