"""Endpoints that answer from recordings: alone, or in front of a live one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Self

from harness.values.endpoint import Endpoint
from harness.values.reply import Failure, Reply
from harness.values.request import Request, request_key

Lookup = Callable[[str], Reply | None]

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
        reply = self._lookup(request_key(request))
        if reply is None:
            self.misses += 1
            return Failure("harness", NOT_RECORDED)
        return reply


class RecordingEndpoint:
    """Answers from recordings where there are any, and asks `live` for the rest.

    The live endpoint is opened at the first miss: a run that misses nothing starts no server and
    needs no key. `recalled` holds the keys of the requests that recordings answered.
    """

    def __init__(self, lookup: Lookup, live: Endpoint) -> None:
        self.recalled: set[str] = set()
        self._lookup = lookup
        self._live = live
        self._opening = asyncio.Lock()
        self._opened = False

    @property
    def server(self) -> str:
        """The live endpoint's, once it has been asked."""
        return self._live.server if self._opened else ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._opened:
            await self._live.__aexit__(*exc)

    async def complete(self, request: Request) -> Reply:
        """The recorded reply, or the live one."""
        key = request_key(request)
        reply = self._lookup(key)
        if reply is not None:
            self.recalled.add(key)
            return reply
        if not self._opened:
            async with self._opening:
                if not self._opened:
                    await self._live.__aenter__()
                    self._opened = True
        return await self._live.complete(request)
