"""The official client with the harness's patience: a call in; its answer, or a Trouble, out.

The client itself never retries. Calls that spend nothing are repeated here, after growing pauses or
as long as the server asks; a call that buys something is made once.
"""

from __future__ import annotations

import os
import ssl
import time
from collections.abc import Callable
from functools import cache
from typing import Self, TypeVar
from urllib.parse import urlsplit

import httpx2
import openai

from harness.errors import UsageError
from harness.providers.http import is_loopback
from harness.providers.openai.credentials import OPENAI_URL, Access, read_access
from harness.providers.openai.tuning_errors import Place, Trouble, trouble_of, words_of
from harness.providers.openai.tuning_recipe import platform_of
from harness.values.endpoint import OpenAISpec
from harness.values.reply import RETRIED_KINDS

T = TypeVar("T")

PAUSES_S = (1.0, 2.0, 4.0, 8.0, 16.0)
LONGEST_ASKED_S = 120.0
_NO_OBJECT = "the answer is no JSON object of the API"


class Service:
    """One platform, entered for as long as calls are made.

    Raises UsageError on entering where the key's variable is unset or the base URL is none.
    """

    def __init__(self, spec: OpenAISpec, folder: str, pause: Callable[[float], None]) -> None:
        self._spec, self._folder, self.pause = spec, folder, pause

    def __enter__(self) -> Self:
        self._access = read_access(self._spec, os.environ)
        url = urlsplit(self._access.base_url)
        if url.scheme not in {"http", "https"} or not url.hostname:
            raise UsageError(f"base_url {self._access.base_url!r} is not an http(s) URL")
        self._client = _client(self._access, self._spec.timeout)
        return self

    def __exit__(self, *exc: object) -> None:
        self._client.close()

    @property
    def place(self) -> Place:
        """Where the calls go, also before it is entered: no key is read."""
        url = self._spec.base_url or os.environ.get("OPENAI_BASE_URL") or OPENAI_URL
        return Place(platform_of(url), url, self._spec.key_env, self._folder)

    def once(self, call: Callable[[openai.OpenAI], T]) -> T | Trouble:
        """ONE attempt; whatever the platform does is a value."""
        key, timeout = self._access.key, self._spec.timeout
        try:
            answer = call(self._client)
        except openai.APIError as error:
            return trouble_of(error, timeout=timeout, key=key, now=time.time())
        except (ValueError, AttributeError):  # a page of a proxy, or half an answer
            return Trouble("garbage", _NO_OBJECT)
        if isinstance(answer, str | bytes):
            return Trouble("garbage", _NO_OBJECT)
        return answer

    def patiently(self, call: Callable[[openai.OpenAI], T]) -> T | Trouble:
        """A call that spends nothing: repeated while the network or the platform is at fault."""
        for pause in PAUSES_S:
            got = self.once(call)
            if not isinstance(got, Trouble) or not passes(got):
                return got
            self.pause(pause if got.retry_after is None else got.retry_after)
        return self.once(call)

    def surely(self, call: Callable[[openai.OpenAI], T], doing: str) -> T:
        """As `patiently`, with a Trouble raised as UsageError or DataError in words."""
        got = self.patiently(call)
        if isinstance(got, Trouble):
            raise words_of(got, self.place, doing)
        return got


def passes(trouble: Trouble) -> bool:
    """Whether it may be over at the next attempt."""
    if (trouble.retry_after or 0.0) > LONGEST_ASKED_S:
        return False
    return trouble.kind in RETRIED_KINDS


def _client(access: Access, timeout: float) -> openai.OpenAI:
    """Uploads choose their own content type; a redirect would send the key to another host."""
    headers = {name: value for name, value in access.headers.items() if name != "Content-Type"}
    proxied = not is_loopback(access.base_url)
    return openai.OpenAI(
        api_key=access.key or "none",
        base_url=access.base_url,
        max_retries=0,
        timeout=timeout,
        default_headers=headers,
        http_client=openai.DefaultHttpxClient(
            follow_redirects=False,
            trust_env=proxied,
            verify=_certificates(),
            event_hooks={} if access.key else {"request": [_without_key]},
        ),
    )


def _without_key(request: httpx2.Request) -> None:
    """The client insists on a key; a server that wants none gets none."""
    request.headers.pop("Authorization", None)


@cache
def _certificates() -> ssl.SSLContext:
    """Read once: that takes longer than a call, and each look at a job opens a client."""
    return httpx2.create_ssl_context()


def version() -> str:
    """The version of the official client."""
    return openai.__version__
