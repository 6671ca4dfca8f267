"""The transport of the official client: the same bytes, the same decoder, one attempt."""

from __future__ import annotations

import asyncio
from time import perf_counter, time
from typing import Self

import httpx2
import msgspec
import openai

from harness.providers.credentials import server_name
from harness.providers.failures import unreached
from harness.providers.http import is_loopback
from harness.providers.openai.credentials import Access
from harness.providers.openai.wire import decode, encode
from harness.values.endpoint import OpenAISpec
from harness.values.reply import Reply
from harness.values.request import Request


class SdkEndpoint:
    """An Endpoint on openai.AsyncOpenAI, which neither retries nor follows redirects here."""

    def __init__(self, spec: OpenAISpec, access: Access) -> None:
        self._spec, self._key, self.server = spec, access.key, ""
        keyless = {} if access.key else {"Authorization": openai.Omit()}
        self._headers: dict[str, str | openai.Omit] = {**access.headers, **keyless}
        proxied = not is_loopback(access.base_url)
        self._client = openai.AsyncOpenAI(
            api_key=access.key or "none",
            base_url=access.base_url,
            max_retries=0,
            http_client=openai.DefaultAsyncHttpxClient(follow_redirects=False, trust_env=proxied),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._client.close()

    async def complete(self, request: Request) -> Reply:
        """ONE attempt; never raises."""
        path, body = encode(request, self._spec.token_field)
        started = perf_counter()
        try:
            async with asyncio.timeout(self._spec.timeout):
                got = await self._client.post(
                    path, cast_to=httpx2.Response, content=body, options={"headers": self._headers}
                )
        except openai.APIStatusError as error:
            got = error.response
        except (openai.APIConnectionError, httpx2.HTTPError, OSError) as error:
            failure = unreached(error, self._spec.timeout)
            return msgspec.structs.replace(failure, latency=perf_counter() - started)
        self.server = self.server or server_name(got.headers, self._key)
        answered = (request.form, got.status_code, got.headers, got.content)
        return decode(*answered, perf_counter() - started, now=time(), key=self._key)
