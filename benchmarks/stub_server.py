"""A STUB of an OpenAI-compatible chat server for benchmarks: requests in, made-up answers out.

No model is behind it. The answer to a request is the text between the last `[[` and the following
`]]` of its body: a function of the prompt alone, so that repeated and faulty runs must agree. It
names itself `stub` in its model, its ids and its server header.

It speaks just enough HTTP/1.1 to be fast: POST bodies with a Content-Length, kept-alive
connections, no chunked requests, no TLS, 127.0.0.1 only. `POST /v1/chat/completions` answers,
`GET /stats` counts since the last `POST /reset`, which also begins the seeded faults anew.

Faults are drawn per request from one seeded generator: 429 with Retry-After, 500, or a connection
closed without an answer, after the same latency as an answer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
from random import Random
from typing import Literal, cast

import uvloop

Fault = Literal["429", "500", "disconnect"]

HEAD_END = b"\r\n\r\n"
CHAT = b"POST /v1/chat/completions "
CHARACTERS_PER_TOKEN = 4

_LENGTH = b"\r\ncontent-length:"
_JSON_HEAD = b"server: stub\r\ncontent-type: application/json\r\n"
_ANSWER = (
    b'{"id":"stub-%d","object":"chat.completion","created":0,"model":"stub","choices":[{"index":0,'
    b'"message":{"role":"assistant","content":"%b","refusal":null},"logprobs":null,'
    b'"finish_reason":"stop"}],"usage":{"prompt_tokens":%d,"completion_tokens":%d,'
    b'"total_tokens":%d,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},'
    b'"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}},'
    b'"service_tier":"default","system_fingerprint":"stub"}'
)


class Counters:
    """What has happened since the start or the last reset."""

    def __init__(self) -> None:
        self.requests = 0
        self.answered = 0
        self.abandoned = 0
        self.unknown = 0
        self.connections = 0
        self.most_in_flight = 0
        self.faults: dict[Fault, int] = {"429": 0, "500": 0, "disconnect": 0}
        self.asked: dict[bytes, int] = {}

    def as_json(self, in_flight: int) -> bytes:
        """All of them; `repeats` are requests beyond the first for an answer."""
        shown = {name: value for name, value in vars(self).items() if name != "asked"}
        shown |= {"in_flight": in_flight, "distinct": len(self.asked)}
        shown["repeats"] = sum(self.asked.values()) - len(self.asked)
        return json.dumps(shown).encode()


class Behaviour:
    """How the server behaves, and what it has counted. Times in seconds, rates in [0, 1]."""

    def __init__(
        self,
        *,
        latency: float = 0.0,
        jitter: float = 0.0,
        rates: dict[Fault, float] | None = None,
        retry_after: int = 1,
        seed: int = 0,
    ) -> None:
        self.counters = Counters()
        self.in_flight = 0
        self._latency = latency
        self._jitter = jitter
        self._rates = {fault: rate for fault, rate in (rates or {}).items() if rate > 0}
        self._seed = seed
        self._random = Random(seed)
        self._faulty: dict[Fault, bytes] = {
            "429": _reply(
                b"429 Too Many Requests",
                b'{"error":{"message":"slow down (stub)","type":"requests","code":"rate_limit"}}',
                b"retry-after: %d\r\n" % retry_after,
            ),
            "500": _reply(
                b"500 Internal Server Error",
                b'{"error":{"message":"broken (stub)","type":"server_error","code":null}}',
            ),
            "disconnect": b"",
        }

    def reset(self) -> None:
        """Count from nothing and draw the same faults again."""
        self.counters = Counters()
        self._random.seed(self._seed)

    def begin(self, body: bytes) -> tuple[Fault | None, bytes, float]:
        """Count one request: its fault, the bytes to send, and the seconds to wait before."""
        counters = self.counters
        counters.requests += 1
        self.in_flight += 1
        counters.most_in_flight = max(counters.most_in_flight, self.in_flight)
        label = label_of(body)
        counters.asked[label] = counters.asked.get(label, 0) + 1
        delay = self._latency
        if self._jitter:
            delay = max(0.0, delay + self._random.uniform(-self._jitter, self._jitter))
        fault = self._draw() if self._rates else None
        if fault is not None:
            return fault, self._faulty[fault], delay
        sent, written = len(body) // CHARACTERS_PER_TOKEN, 1 + len(label) // CHARACTERS_PER_TOKEN
        answer = _ANSWER % (counters.requests, label, sent, written, sent + written)
        return None, _reply(b"200 OK", answer), delay

    def end(self, fault: Fault | None, *, gone: bool) -> None:
        """Count what became of a request; `gone` means that nobody waits for it any more."""
        self.in_flight -= 1
        if gone:
            self.counters.abandoned += 1
        elif fault is None:
            self.counters.answered += 1
        else:
            self.counters.faults[fault] += 1

    def _draw(self) -> Fault | None:
        drawn = self._random.random()
        for fault, rate in self._rates.items():
            drawn -= rate
            if drawn < 0:
                return fault
        return None


def label_of(body: bytes) -> bytes:
    """The text between the last `[[` and the `]]` after it; `none` where there is none."""
    start = body.rfind(b"[[")
    end = body.find(b"]]", start + 2)
    return body[start + 2 : end] if 0 <= start < end else b"none"


def _reply(status: bytes, body: bytes, headers: bytes = b"") -> bytes:
    return b"HTTP/1.1 %b\r\n%b%bcontent-length: %d\r\n\r\n%b" % (
        status,
        _JSON_HEAD,
        headers,
        len(body),
        body,
    )


class Connection(asyncio.Protocol):
    """One client connection; requests on it are answered in order, one at a time."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._loop = asyncio.get_running_loop()
        self._buffer = b""
        self._busy = False
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)
        self._behaviour.counters.connections += 1

    def data_received(self, data: bytes) -> None:
        """Take requests out of the stream; most come in one piece."""
        self._buffer = self._buffer + data if self._buffer else data
        while self._buffer and not self._busy and self._take():
            pass

    def _take(self) -> bool:
        """Serve the first request of the buffer, if all of it is there."""
        head_end = self._buffer.find(HEAD_END)
        if head_end < 0:
            return False
        body_start = head_end + len(HEAD_END)
        body_end = body_start + content_length(self._buffer[:head_end])
        if len(self._buffer) < body_end:
            return False
        request, self._buffer = self._buffer[:body_end], self._buffer[body_end:]
        if request.startswith(CHAT):
            self._chat(request[body_start:])
        else:
            self._transport.write(self._other(request))
        return True

    def _chat(self, body: bytes) -> None:
        fault, reply, delay = self._behaviour.begin(body)
        if delay:
            self._busy = True
            self._loop.call_later(delay, self._finish, fault, reply)
        else:
            self._finish(fault, reply)

    def _finish(self, fault: Fault | None, reply: bytes) -> None:
        self._busy = False
        gone = self._transport.is_closing()
        self._behaviour.end(fault, gone=gone)
        if fault == "disconnect":
            self._transport.abort()
        elif not gone:
            self._transport.write(reply)
            if self._buffer:
                self.data_received(b"")

    def _other(self, request: bytes) -> bytes:
        if request.startswith(b"GET /stats "):
            counters = self._behaviour.counters
            return _reply(b"200 OK", counters.as_json(self._behaviour.in_flight))
        if request.startswith(b"POST /reset "):
            self._behaviour.reset()
            return _reply(b"200 OK", b"{}")
        self._behaviour.counters.unknown += 1
        return _reply(b"404 Not Found", b'{"error":{"message":"no such route (stub)"}}')


def content_length(head: bytes) -> int:
    """The declared length of a request's body; 0 where none is declared."""
    lowered = head.lower()
    start = lowered.find(_LENGTH)
    if start < 0:
        return 0
    end = lowered.find(b"\r\n", start + len(_LENGTH))
    return int(lowered[start + len(_LENGTH) : end if end >= 0 else None])


async def serve(behaviour: Behaviour, port: int) -> None:
    """Serve until SIGTERM or SIGINT; the first line on stdout is the port."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Connection(behaviour), "127.0.0.1", port, backlog=4096
    )
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    print(server.sockets[0].getsockname()[1], flush=True)
    await stopped.wait()
    server.close()


def main() -> None:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--latency-ms", type=float, default=0.0)
    parser.add_argument("--jitter-ms", type=float, default=0.0, help="uniform, up and down")
    parser.add_argument("--rate-429", type=float, default=0.0)
    parser.add_argument("--rate-500", type=float, default=0.0)
    parser.add_argument("--rate-disconnect", type=float, default=0.0)
    parser.add_argument("--retry-after", type=int, default=1, help="seconds, sent with each 429")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    rates: dict[Fault, float] = {
        "429": given.rate_429,
        "500": given.rate_500,
        "disconnect": given.rate_disconnect,
    }
    behaviour = Behaviour(
        latency=given.latency_ms / 1000,
        jitter=given.jitter_ms / 1000,
        rates=rates,
        retry_after=given.retry_after,
        seed=given.seed,
    )
    uvloop.run(serve(behaviour, given.port))


if __name__ == "__main__":
    main()
