"""The fast transport: aiohttp below, msgspec above; one attempt for each request."""

from __future__ import annotations

from time import time
from typing import Self

from harness.providers.credentials import server_name
from harness.providers.http import HttpClient
from harness.providers.openai.credentials import Access
from harness.providers.openai.wire import decode, encode
from harness.values.endpoint import OpenAISpec
from harness.values.reply import Failure, Reply
from harness.values.request import Request


class FastEndpoint:
    """An Endpoint over one pool of connections."""

    def __init__(self, spec: OpenAISpec, access: Access) -> None:
        self._token_field = spec.token_field
        self._key = access.key
        self._http = HttpClient(access.base_url, access.headers, spec.timeout, spec.concurrency)
        self.server = ""

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._http.__aexit__(*exc)

    async def complete(self, request: Request) -> Reply:
        """ONE attempt; never raises for anything a model or a server does."""
        path, body = encode(request, self._token_field)
        got = await self._http.post(path, body)
        if isinstance(got, Failure):
            return got
        self.server = self.server or server_name(got.headers, self._key)
        return decode(
            request.form, got.status, got.headers, got.body, got.latency, now=time(), key=self._key
        )
