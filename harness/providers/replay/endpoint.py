"""Endpoints that answer from recordings: alone, or in front of a live one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Self

from harness.values.endpoint import Endpoint
from harness.values.reply import Answer, Failure, Reply
from harness.values.request import Request

Lookup = Callable[[Request], Reply | None]

NOT_RECORDED = "not recorded"


class ReplayEndpoint:
    """Answers from recordings only. `misses` counts the requests that have none."""

    server = ""

    def __init__(self, lookup: Lookup) -> None:
        self.misses = 0
        self._lookup = lookup

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        return None

    async def complete(self, request: Request) -> Reply:
        """The recorded reply, or a harness failure that says there is none."""
        reply = self._lookup(request)
        if reply is None:
            self.misses += 1
            return Failure("harness", NOT_RECORDED)
        return reply


class RecordingEndpoint:
    """Answers from recordings where there are any, and asks a live endpoint for the rest.

    A recorded failure is asked again: its cause may be gone. The live endpoint is made and opened
    at the first miss: a run that misses nothing starts no server and needs no key. `recalled` holds
    the keys of the requests that recordings answered.
    """

    def __init__(self, lookup: Lookup, make_live: Callable[[], Endpoint]) -> None:
        self.recalled: set[str] = set()
        self._lookup = lookup
        self._make_live = make_live
        self._opening = asyncio.Lock()
        self._live: Endpoint | None = None

    @property
    def server(self) -> str:
        """The live endpoint's, once it has been asked."""
        return self._live.server if self._live is not None else ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._live is not None:
            await self._live.__aexit__(*exc)

    async def complete(self, request: Request) -> Reply:
        """The recorded reply, or the live one."""
        reply = self._lookup(request)
        if isinstance(reply, Answer):
            self.recalled.add(request.recall.key if request.recall else "")
            return reply
        live = self._live or await self._open()
        return await live.complete(request)

    async def _open(self) -> Endpoint:
        async with self._opening:
            if self._live is None:
                self._live = await self._make_live().__aenter__()
            return self._live
