"""From a LocalSpec to an Endpoint: a server of its own, asked over one of the hosted wires."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import msgspec

from harness.errors import UsageError
from harness.providers.local.model import file_digest, readable_gguf
from harness.providers.local.server import LocalServer
from harness.values.endpoint import AnthropicSpec, Endpoint, LocalSpec, OpenAISpec
from harness.values.reply import Failure, Reply
from harness.values.request import Request

TAIL_WORDS = 8
TAIL_CHARACTERS = 256
"""Either is eight tokens or more: in Gemma's vocabulary no token holds parts of two words, and the
longest has 31 characters (scripts without spaces need the second)."""

_encode = msgspec.json.Encoder().encode


class LocalEndpoint:
    """The embedded model as an Endpoint; the server lives as long as the `async with`.

    `adapters` are LoRA files; `request.model.adapter` chooses one by its digest, None is the base.
    With one slot a reply depends on its request alone: never on what was asked before.

    Raises:
        DataError: an adapter cannot be read.
        UsageError: adapters over the Anthropic protocol, which cannot choose one.
    """

    def __init__(self, spec: LocalSpec, adapters: Sequence[str | Path] = ()) -> None:
        if adapters and spec.protocol == "anthropic":
            raise UsageError("adapters need protocol = 'openai': /v1/messages cannot choose one")
        files = [readable_gguf(path) for path in adapters]
        self._spec = spec
        self._adapters = {file_digest(path): number for number, path in enumerate(files)}
        self._server = LocalServer(spec, files)
        self._turn = asyncio.Semaphore(spec.slots)
        self._previous = ""

    @property
    def server(self) -> str:
        """The library and its version, once started."""
        return self._server.version

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._server.spawn)
        try:
            await asyncio.to_thread(self._server.wait_ready)
            self._wire = _wire(self._spec, self._server)
            await self._wire.__aenter__()
        except BaseException:
            self._server.stop()
            raise
        return self

    async def __aexit__(self, *exc: object) -> None:
        try:
            await self._wire.__aexit__(*exc)
        finally:
            self._server.stop()

    async def complete(self, request: Request) -> Reply:
        """ONE attempt, when a slot is free; latency does not count the wait for it."""
        adapter = request.model.adapter
        if adapter is not None and adapter not in self._adapters:
            known = ", ".join(self._adapters) or "none"
            return Failure(
                "not_found", f"no adapter has the digest {adapter!r}; there are: {known}"
            )
        async with self._turn:
            extra = lora(self._adapters, adapter) | self._cache(request) | request.extra
            return await self._wire.complete(msgspec.structs.replace(request, extra=extra))

    def _cache(self, request: Request) -> dict[str, Any]:
        """Whether the slot may go on from the prompt it holds; several slots choose themselves."""
        if self._spec.slots > 1:
            return {}
        previous, self._previous = self._previous, asked_text(request)
        return {"cache_prompt": may_reuse(previous, self._previous)}


def lora(adapters: Mapping[str, int], chosen: str | None) -> dict[str, Any]:
    """llama.cpp's switch for each adapter of the server: 1 for the chosen one, 0 for the rest."""
    if not adapters:
        return {}
    return {
        "lora": [
            {"id": number, "scale": 1.0 if digest == chosen else 0.0}
            for digest, number in adapters.items()
        ]
    }


def asked_text(request: Request) -> str:
    """What the model is shown, in the order in which it is shown."""
    return request.prompt or _encode(request.messages).decode()


def may_reuse(previous: str, asked: str) -> bool:
    """Whether computing only what is new after `previous` gives the same reply as computing all.

    It does when eight tokens or more are computed together: llama.cpp multiplies fewer by another
    kernel, whose last digits differ (measured). And when nothing is taken from the previous ANSWER,
    whose tokens were computed one by one: the texts must part before `previous` ends.
    """
    shared = _shared(previous, asked)
    tail = asked[shared:]
    long_enough = len(tail) >= TAIL_CHARACTERS or len(tail.split()) >= TAIL_WORDS
    return shared < len(previous) and long_enough


def _shared(one: str, other: str) -> int:
    """How many characters both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _wire(spec: LocalSpec, server: LocalServer) -> Endpoint:
    if spec.protocol == "anthropic":
        from harness.providers.anthropic.endpoint import AnthropicEndpoint

        hosted = AnthropicSpec(base_url=server.base_url, timeout=spec.timeout)
        return AnthropicEndpoint(hosted, server.key)
    from harness.providers.openai.credentials import Access
    from harness.providers.openai.fast import FastEndpoint

    known = OpenAISpec(timeout=spec.timeout, token_field="max_tokens")  # noqa: S106 - no secret
    return FastEndpoint(known, Access(f"{server.base_url}/v1", server.key))
