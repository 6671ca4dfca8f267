"""From a spec and the environment to an Endpoint on the Messages API."""

from __future__ import annotations

import os
from time import time
from typing import Self

from harness.providers.anthropic.wire import PATH, decode, encode
from harness.providers.credentials import read_key, server_name
from harness.providers.http import HttpClient
from harness.values.endpoint import AnthropicSpec, Endpoint
from harness.values.reply import Failure, Reply
from harness.values.request import Request


class AnthropicEndpoint:
    """An Endpoint over one pool of connections; knows the form chat alone."""

    def __init__(self, spec: AnthropicSpec, key: str) -> None:
        headers = {"Content-Type": "application/json", "anthropic-version": spec.version}
        if key:
            headers["x-api-key"] = key
        self._key = key
        self._http = HttpClient(spec.base_url, headers, spec.timeout, spec.concurrency)
        self.server = ""

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._http.__aexit__(*exc)

    async def complete(self, request: Request) -> Reply:
        """ONE attempt; never raises for anything a model or a server does."""
        if request.form != "chat":
            return Failure(
                "bad_request",
                detail=f"the Messages API has no form {request.form!r}: write form = 'chat'",
            )
        got = await self._http.post(PATH, encode(request))
        if isinstance(got, Failure):
            return got
        self.server = self.server or server_name(got.headers, self._key)
        return decode(got.status, got.headers, got.body, got.latency, now=time(), key=self._key)


def open_endpoint(spec: AnthropicSpec) -> Endpoint:
    """The endpoint, not yet entered. Raises UsageError where the key's variable is unset."""
    return AnthropicEndpoint(spec, read_key(spec.key_env, os.environ))
