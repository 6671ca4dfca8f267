"""The two transports of the OpenAI endpoint, side by side: requests per second and CPU."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from functools import partial
from typing import Literal

import msgspec

from benchmarks.measure import Claim, Section, alternate, command_line, spend
from benchmarks.serving import stub
from benchmarks.suites import case

REQUESTS, REQUESTS_QUICK = 4_000, 50
IN_FLIGHT = 64
ROUNDS = 3
TRANSPORTS = ("fast", "sdk")

_TEXT = (
    "{requests:,} requests through the endpoint alone (`complete`, no runner), {in_flight} in "
    "flight, a server without latency. `fast` is aiohttp and msgspec, `sdk` the official `openai` "
    "client; both send the same bytes and share one decoder. Start is the time until the endpoint "
    "is open, imports included. Medians of {rounds} alternating rounds."
)


class _Rates(msgspec.Struct):
    """What one measured process prints: requests a second, CPU seconds, seconds to start."""

    rate: float
    cpu: float
    start: float


def measure(quick: bool) -> Section:
    """Both transports, alternating."""
    requests = REQUESTS_QUICK if quick else REQUESTS
    rounds = 1 if quick else ROUNDS
    with stub() as server:
        command = [sys.executable, "-m", "benchmarks.transports", "--requests", str(requests)]
        command += ["--ask", server.base_url]
        sides = {name: partial(spend, [*command, name]) for name in TRANSPORTS}
        costs = alternate(sides, rounds)
    rates = {
        name: sorted(
            (msgspec.json.decode(cost.stdout, type=_Rates) for cost in found),
            key=lambda rates: rates.rate,
        )[rounds // 2]
        for name, found in costs.items()
    }
    rows = tuple(
        (name, f"{r.rate:,.0f}", f"{r.cpu / requests * 1e6:.0f}", f"{r.start:.2f}")
        for name, r in rates.items()
    )
    head = ("transport", "requests/s", "CPU microseconds per request", "start s")
    text = _TEXT.format(requests=requests, in_flight=IN_FLIGHT, rounds=rounds)
    what = "requests/s of `fast` against `sdk`"
    claims = (Claim(what, rates["fast"].rate / rates["sdk"].rate, 1.0, "x", "at least"),)
    return Section("Transports", "transports", text, head, rows, claims, quick)


async def ask(base_url: str, transport: Literal["fast", "sdk"], requests: int) -> _Rates:
    """Ask so many requests through one transport; the side that is measured."""
    started = time.perf_counter()
    from harness.providers.openai.endpoint import open_endpoint
    from harness.values.endpoint import OpenAISpec
    from harness.values.reply import Answer
    from harness.values.request import Message, ModelIdentity, Request, Sampling

    spec = OpenAISpec(
        base_url=base_url,
        key_env="",
        concurrency=IN_FLIGHT,
        transport=transport,
    )
    numbers = iter(range(requests))

    async def work() -> None:
        for number in numbers:
            note = case(number)["input"]["note"]
            request = Request(
                form="chat",
                model=ModelIdentity("stub"),
                messages=(Message("user", note),),
                sampling=Sampling(temperature=0.0, max_tokens=16),
            )
            reply = await endpoint.complete(request)
            if not isinstance(reply, Answer):
                raise TypeError(f"no answer: {reply!r}")

    async with open_endpoint(spec) as endpoint:
        opened, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
        wall, used = time.perf_counter() - opened, time.process_time() - cpu
    return _Rates(requests / wall, used, opened - started)


def main() -> None:
    """Measure, or with --ask be the side that is measured."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--ask", nargs=2)
    parser.add_argument("--requests", type=int)
    given, _ = parser.parse_known_args()
    if given.ask is None:
        command_line(measure)
        return
    import uvloop

    base_url, transport = given.ask
    rates = uvloop.run(ask(base_url, transport, given.requests))
    print(json.dumps(msgspec.to_builtins(rates)))


if __name__ == "__main__":
    main()
