"""Recordings in place of a model, and in front of one."""

from __future__ import annotations

import asyncio
from typing import Self

import msgspec
import pytest

from harness.errors import UsageError
from harness.providers.replay.endpoint import NOT_RECORDED, RecordingEndpoint, ReplayEndpoint
from harness.values.reply import Answer, Failure, Reply, assistant
from harness.values.request import ModelIdentity, Recall, Replicate, Request, request_key

KNOWN = Answer(assistant("recorded"))
LIVE = Answer(assistant("live"))


def request(prompt: str) -> Request:
    """A question with the place of its recording, as a run asks it."""
    asked = Request(form="completion", model=ModelIdentity("m"), prompt=prompt)
    place = Recall("case", "digest", Replicate(), request_key(asked))
    return msgspec.structs.replace(asked, recall=place)


def key_of(request: Request) -> str:
    assert request.recall is not None
    return request.recall.key


RECORDED = {key_of(request("known")): KNOWN}


def recorded(request: Request) -> Reply | None:
    return RECORDED.get(key_of(request))


class Live:
    """A live endpoint that says when it is opened and closed."""

    server = "live/1"

    def __init__(self, error: Exception | None = None) -> None:
        self.events: list[str] = []
        self._error = error

    async def __aenter__(self) -> Self:
        await asyncio.sleep(0)
        if self._error is not None:
            raise self._error
        self.events.append("open")
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.events.append("close")

    async def complete(self, request: Request) -> Reply:
        self.events.append(str(request.prompt))
        return LIVE


async def test_replay_answers_and_counts_misses() -> None:
    """What is recorded comes back as it was; what is not is a harness failure, and counted."""
    async with ReplayEndpoint(recorded) as replay:
        assert await replay.complete(request("known")) == KNOWN
        assert replay.misses == 0
        assert await replay.complete(request("new")) == Failure("harness", NOT_RECORDED)
        assert replay.misses == 1


async def test_nothing_missing_opens_nothing() -> None:
    """A run that misses nothing needs neither a server nor a key."""
    live = Live()
    async with RecordingEndpoint(recorded, lambda: live) as endpoint:
        assert await endpoint.complete(request("known")) == KNOWN
        assert endpoint.server == ""
    assert live.events == []


async def test_the_first_miss_opens_and_the_end_closes() -> None:
    """Only what is missing is asked; the live endpoint is opened once and closed once."""
    live = Live()
    async with RecordingEndpoint(recorded, lambda: live) as endpoint:
        await endpoint.complete(request("known"))
        assert live.events == []
        assert await endpoint.complete(request("a")) == LIVE
        await endpoint.complete(request("known"))
        await endpoint.complete(request("b"))
        assert endpoint.server == "live/1"
        assert endpoint.recalled == set(RECORDED)
    assert live.events == ["open", "a", "b", "close"]


async def test_misses_at_once_open_once() -> None:
    """Many workers that miss together wait for the one that opens."""
    live = Live()
    async with RecordingEndpoint(recorded, lambda: live) as endpoint:
        await asyncio.gather(*(endpoint.complete(request(text)) for text in "abcd"))
    assert live.events == ["open", "a", "b", "c", "d", "close"]


async def test_what_could_not_be_opened_is_not_closed() -> None:
    """The error of opening comes out as it is."""
    live = Live(UsageError("no key"))
    with pytest.raises(UsageError, match="no key"):
        async with RecordingEndpoint(recorded, lambda: live) as endpoint:
            await endpoint.complete(request("a"))
    assert live.events == []
