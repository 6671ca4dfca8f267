"""One HTTP session: a path and bytes in; status, headers, body and seconds out, or a Failure."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from io import BytesIO
from time import perf_counter
from typing import Self
from urllib.request import getproxies, proxy_bypass

import aiohttp
import msgspec
from yarl import URL

from harness.errors import UsageError
from harness.providers.bodies import LARGEST_BODY
from harness.providers.failures import REDIRECT, oversized, redirected, unreached
from harness.values.reply import Failure

LARGE_BODY = 1_000_000
"""Bytes above which aiohttp wants a stream, so that writing does not block the loop."""


LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class HttpReply(msgspec.Struct, frozen=True, gc=False):
    """A whole answer. `headers` ignores the case of names; `latency` is in seconds."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    latency: float


class HttpClient:
    """A pool of connections to one server.

    Headers are sent with every call; `timeout` (seconds) covers a whole call. `concurrency` is the
    most connections that are open at once; None sets no limit. Proxies and CA files come from the
    environment. Raises UsageError when `base_url` is not an http(s) URL.
    """

    def __init__(
        self,
        base_url: str,
        headers: Mapping[str, str],
        timeout: float,
        concurrency: int | None = None,
    ) -> None:
        self._base = _parse(base_url)
        self._proxy = _proxy(self._base)
        self._headers = dict(headers)
        self._timeout = timeout
        self._concurrency = concurrency
        self._urls: dict[str, URL] = {}

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            headers=self._headers,
            timeout=aiohttp.ClientTimeout(total=self._timeout),
            connector=aiohttp.TCPConnector(
                limit=self._concurrency or 0,
                ssl=_tls() if self._base.scheme == "https" else True,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._session.close()

    async def post(self, path: str, body: bytes) -> HttpReply | Failure:
        """ONE attempt; whatever the server does is a value, cancellation passes through.

        A redirect is not followed: it is a Failure, as are more than LARGEST_BODY bytes.
        """
        url = self._urls.get(path) or self._url(path)
        data = body if len(body) < LARGE_BODY else BytesIO(body)
        started = perf_counter()
        try:
            async with self._session.post(
                url, data=data, allow_redirects=False, proxy=self._proxy
            ) as response:
                content = await _read(response)
        except (aiohttp.ClientError, OSError) as error:
            failure = unreached(error, self._timeout)
            return msgspec.structs.replace(failure, latency=perf_counter() - started)
        latency = perf_counter() - started
        if content is None:
            return msgspec.structs.replace(oversized(response.status), latency=latency)
        if response.status in REDIRECT:
            failure = redirected(response.status, response.headers)
            return msgspec.structs.replace(failure, latency=latency)
        return HttpReply(response.status, response.headers, content, latency)

    def _url(self, path: str) -> URL:
        base = self._base
        url = base.with_path(base.raw_path.rstrip("/") + path, encoded=True)
        return self._urls.setdefault(path, url.with_query(base.query))


async def _read(response: aiohttp.ClientResponse) -> bytes | None:
    """The body, unpacked; None, with the connection closed, as soon as it is too large."""
    chunks, size = [], 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > LARGEST_BODY:
            response.close()
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _parse(base_url: str) -> URL:
    try:
        url = URL(base_url)
    except ValueError as error:
        raise UsageError(f"base_url {base_url!r} is not a URL: {error}") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise UsageError(f"base_url {base_url!r} must begin with http:// or https:// and a host")
    if url.user or url.password:
        raise UsageError("base_url must hold no user or password: name the key's variable instead")
    return url


def is_loopback(base_url: str) -> bool:
    """Whether a server is on this machine, where no proxy can reach it for us."""
    return URL(base_url).host in LOOPBACK


def _proxy(url: URL) -> str | None:
    """The proxy that the environment names for this server; never one for this machine itself.

    Looked up once: aiohttp's own `trust_env` asks a thread on every call, which costs more than
    the call, and refuses an Authorization header beside a netrc entry.
    """
    if is_loopback(str(url)) or proxy_bypass(url.host or ""):
        return None
    proxies = getproxies()
    return proxies.get(url.scheme) or proxies.get("all")


def _tls() -> ssl.SSLContext:
    """Certificates of SSL_CERT_FILE or SSL_CERT_DIR where set, else the system's."""
    cafile = os.environ.get("SSL_CERT_FILE") or None
    capath = None if cafile else os.environ.get("SSL_CERT_DIR") or None
    try:
        return ssl.create_default_context(cafile=cafile, capath=capath)
    except OSError as error:
        place = f"SSL_CERT_FILE={cafile!r}" if cafile else f"SSL_CERT_DIR={capath!r}"
        raise UsageError(f"cannot read the certificates of {place}: {error}") from error
