"""A fake of OpenAI's and Anthropic's servers on loopback, with their failures; for tests alone.

The model's name chooses what happens: see `FAILURES`; any other name is answered. `received` holds
(path, headers, body) of every request, so that tests can look at what went on the wire.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

KEY = "sk-fake-0123456789abcdef"
ANSWER = "Paris"


class FakeServer:
    """One running server: `url` without a path."""

    def __init__(self) -> None:
        self.url = ""
        self.received: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.stop = asyncio.Event()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Any POST: fail as the model's name says, else answer in the shape of the path."""
        body = json.loads(await request.read())
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.received.append((request.path, headers, body))
        fail = echo if body["model"] == "echo" else FAILURES.get(body["model"])
        if fail is not None:
            return await fail(self, request)
        return web.json_response(SHAPES[request.path](body), headers={"server": "fake/1"})


@asynccontextmanager
async def fake_server() -> AsyncIterator[FakeServer]:
    """A server that listens on a free port of 127.0.0.1 until the block ends."""
    fake = FakeServer()
    app = web.Application()
    app.router.add_post("/{path:.*}", fake.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield fake
    finally:
        fake.stop.set()
        await runner.cleanup()


def chat(body: dict[str, Any]) -> dict[str, Any]:
    """A chat completion."""
    return {
        "id": "chatcmpl-1",
        "model": f"{body['model']}-2026",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": ANSWER, "refusal": None},
                "finish_reason": "stop",
                "logprobs": None,
            }
        ],
        "usage": {
            "prompt_tokens": 12,
            "completion_tokens": 3,
            "prompt_tokens_details": {"cached_tokens": 4, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 1},
        },
    }


def completion(body: dict[str, Any]) -> dict[str, Any]:
    """A text completion with logprobs in the old shape."""
    logprobs = {"tokens": ["Par", "is"], "token_logprobs": [-0.1, -0.2], "top_logprobs": None}
    return {
        "model": body["model"],
        "choices": [{"text": ANSWER, "finish_reason": "length", "logprobs": logprobs}],
        "usage": {"prompt_tokens": 5, "completion_tokens": 2},
    }


def responses(body: dict[str, Any]) -> dict[str, Any]:
    """A response that was cut."""
    return {
        "model": body["model"],
        "status": "incomplete",
        "error": None,
        "incomplete_details": {"reason": "max_output_tokens"},
        "output": [
            {"type": "reasoning", "id": "rs_1", "summary": []},
            {"type": "message", "content": [{"type": "output_text", "text": ANSWER}]},
        ],
        "usage": {"input_tokens": 9, "output_tokens": 8, "input_tokens_details": None},
    }


def message(body: dict[str, Any]) -> dict[str, Any]:
    """Anthropic's message."""
    return {
        "type": "message",
        "model": body["model"],
        "content": [{"type": "text", "text": ANSWER}],
        "stop_reason": "end_turn",
        "usage": {
            "input_tokens": 7,
            "output_tokens": 2,
            "cache_creation_input_tokens": 20,
            "cache_read_input_tokens": 100,
        },
    }


SHAPES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "/v1/chat/completions": chat,
    "/v1/completions": completion,
    "/v1/responses": responses,
    "/v1/messages": message,
}

Fail = Callable[[FakeServer, web.Request], Awaitable[web.StreamResponse]]


def error(status: int, text: str, *, code: Any = None, **headers: str) -> Fail:
    """An error object in OpenAI's shape; header names are written with underscores."""

    async def fail(_fake: FakeServer, _request: web.Request) -> web.StreamResponse:
        body = {"error": {"message": text, "type": "error", "param": None, "code": code}}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.json_response(body, status=status, headers=named)

    return fail


def raw(status: int, body: bytes, content_type: str = "application/json") -> Fail:
    """These bytes as the body."""

    async def fail(_fake: FakeServer, _request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=body, content_type=content_type)

    return fail


def cut(sent: bytes) -> Fail:
    """These bytes on the wire, then the connection closes."""

    async def fail(_fake: FakeServer, request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.write(sent)
        request.transport.close()
        return web.Response()

    return fail


async def silence(fake: FakeServer, _request: web.Request) -> web.StreamResponse:
    """No answer before the test ends."""
    await fake.stop.wait()
    return web.Response()


async def redirect(_fake: FakeServer, _request: web.Request) -> web.StreamResponse:
    """A redirect to a host that must never see the key."""
    return web.Response(status=307, headers={"location": "https://elsewhere.example/v1"})


async def redirect_nowhere(_fake: FakeServer, _request: web.Request) -> web.StreamResponse:
    """A redirect whose target is no URL."""
    return web.Response(status=302, headers={"location": "http://[bad"})


async def echo(_fake: FakeServer, request: web.Request) -> web.StreamResponse:
    """An answer in every field of which the key of the request stands."""
    body = json.loads(await request.read())
    answer = json.dumps(SHAPES[request.path](body | {"model": KEY})).replace(ANSWER, f"a {KEY} b")
    return web.Response(body=answer.encode(), headers={"server": f"echo/{KEY}"})


DEEP = b"[" * 20_000 + b"]" * 20_000


FAILURES: dict[str, Fail] = {
    "429-wait": error(429, "Rate limit reached", code="rate_limit_exceeded", retry_after="7"),
    "429-ms": error(429, "Slow down", retry_after_ms="250", retry_after="9"),
    "429-bare": error(429, "Rate limit reached", code="rate_limit_exceeded"),
    "429-quota": error(429, "You exceeded your current quota", code="insufficient_quota"),
    "429-final": error(429, "Never again", x_should_retry="false"),
    "500": error(500, "The server had an error"),
    "503": raw(503, b"<html><head><style>b{}</style></head><h1>Bad  gateway</h1>", "text/html"),
    "400": error(400, "Unsupported value: 'seed'", code="unsupported_value"),
    "400-filter": error(400, "Your prompt was filtered", code="content_filter"),
    "401": error(401, f"Incorrect API key provided: {KEY}. Bearer {KEY}", code="invalid_api_key"),
    "404": error(404, "The model does not exist", code="model_not_found"),
    "200-429": error(200, "Upstream is busy", code=429, retry_after="9"),
    "garbage": raw(200, b'{"id": "x", "choices": [{"index": 0, "mess'),
    "text": raw(200, b"hello", "text/plain"),
    "empty": raw(200, b""),
    "no-choices": raw(200, b'{"choices": [], "content": 3, "output": 3}'),
    "200-utf8": raw(200, b'{"choices": [{"message": {"content": "\xff\xfe"}}], "output": "\xff"}'),
    "200-surrogate": raw(200, b'{"choices": [{"message": {"content": "a \\ud800 b"}}]}'),
    "200-deep": raw(200, b'{"choices": [], "output": [], "usage": ' + DEEP + b"}"),
    "500-utf8": raw(500, b'{"error": {"message": "\xff\xfe"}}'),
    "400-deep": raw(400, DEEP),
    "half": cut(
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"
    ),
    "closed": cut(b""),
    "not-http": cut(b"* OK IMAP4 ready\r\n\r\n"),
    "silence": silence,
    "redirect": redirect,
    "redirect-nowhere": redirect_nowhere,
}
