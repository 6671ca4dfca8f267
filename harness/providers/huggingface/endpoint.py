"""From a HuggingFaceSpec to an Endpoint: the model in this process, several requests at a time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Self

import msgspec

from harness.providers.huggingface.batching import Batcher
from harness.providers.huggingface.files import adapter_digest, adapter_folder, model_folder
from harness.providers.huggingface.model import Loaded, check_packages, load
from harness.providers.huggingface.prompts import refusal, room, token_ids
from harness.values.digest import digest
from harness.values.endpoint import HuggingFaceSpec
from harness.values.reply import Answer, Failure, Reply, Usage, assistant
from harness.values.request import Request

if TYPE_CHECKING:
    from harness.providers.huggingface.generation import Asked, Generated


class HuggingFaceEndpoint:
    """A Hugging Face model as an Endpoint; it is in memory as long as the `async with`.

    Greedy where no temperature is set. What a request draws depends on the request alone.
    `latency` is that of the call which answered it, together with up to `spec.batch` others.

    Raises:
        DataError: a folder is not there or has no model or adapter in it.
        MissingExtraError: torch, transformers, peft or gguf is not installed.
    """

    def __init__(self, spec: HuggingFaceSpec) -> None:
        check_packages(spec)
        model_folder(spec)
        if spec.adapter is not None:
            adapter_folder(spec.adapter)
        self._spec = spec
        self._loaded: Loaded | None = None
        self._server = ""
        self._adapter: str | None = None

    @property
    def server(self) -> str:
        """The libraries and their versions, once loaded."""
        return self._server

    async def __aenter__(self) -> Self:
        self._adapter = await asyncio.to_thread(adapter_digest, self._spec.adapter)
        self._loaded = await asyncio.to_thread(load, self._spec)
        self._server = self._loaded.server
        self._halted = threading.Event()
        self._batcher: Batcher[Request, Reply] = Batcher(self._answer, self._spec.batch, settings)
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._halted.set()  # a batch whose waiters are gone ends at its next token
        await self._batcher.close()
        self._loaded = None

    async def complete(self, request: Request) -> Reply:
        """ONE attempt, together with others that wait; latency does not count the wait."""
        failure = refusal(request) or self._wrong_adapter(request.model.adapter)
        return failure or await self._batcher.submit(request)

    def _wrong_adapter(self, asked: str | None) -> Failure | None:
        if asked == self._adapter:
            return None
        detail = f"the arm asks for the adapter {asked}, and this endpoint has {self._adapter}"
        return Failure("not_found", f"{detail}: name its folder as `adapter` in harness.toml")

    def _answer(self, requests: Sequence[Request]) -> list[Reply]:
        """Replies to one batch, in order; runs in the batcher's thread."""
        from harness.providers.huggingface.generation import generate_fitting

        if self._loaded is None:
            return [Failure("harness", "the endpoint is closed")] * len(requests)
        start = time.perf_counter()
        prepared = [prepare(request, self._loaded) for request in requests]
        asked = [one for one in prepared if not isinstance(one, Failure)]
        found = iter(generate_fitting(self._loaded, asked, self._halted) if asked else [])
        latency = round(time.perf_counter() - start, 6)
        return [
            one
            if isinstance(one, Failure)
            else reply(next(found), len(one.ids), self._loaded.name, latency)
            for one in prepared
        ]


def settings(request: Request) -> Hashable:
    """What requests answered together must have in common: how tokens are drawn, but the seed."""
    return msgspec.structs.replace(request.sampling, seed=None)


def prepare(request: Request, loaded: Loaded) -> Asked | Failure:
    """A request as tokens with its limit and its seed, or why it cannot be asked."""
    from harness.providers.huggingface.generation import Asked

    ids = token_ids(request, loaded.tokenizer)
    if isinstance(ids, Failure):
        return ids
    left = room(len(ids), request.sampling, loaded.context)
    return left if isinstance(left, Failure) else Asked(ids, request.sampling, left, seed(request))


def seed(request: Request) -> str:
    """The source of a request's chance: what is asked, how, and which trial it is.

    Without the model, so that an adapter and its merged weights draw alike.
    """
    asked = [request.form, request.messages, request.prompt, request.extra]
    return digest([*asked, request.sampling, request.trial])


def reply(found: Generated | Failure, asked: int, model: str, latency: float) -> Reply:
    """The reply to one request, from what was generated and the tokens of its prompt."""
    if isinstance(found, Failure):
        return msgspec.structs.replace(found, latency=latency)
    return Answer(
        assistant(found.text),
        finish=found.finish,
        usage=Usage(input=asked, output=found.tokens),
        model=model,
        latency=latency,
        logprobs=found.logprobs,
    )
