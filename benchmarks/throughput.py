"""`harness run` as a whole process against the bare loop, over the same requests, zero latency."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.measure import (
    HARNESS,
    Claim,
    Cost,
    Section,
    alternate,
    command_line,
    median,
    ratio,
    spend,
)
from benchmarks.serving import Stub, stub
from benchmarks.suites import Endpoint, temporary_suite

CASES, CASES_QUICK = 20_000, 200
PEER_CASES = 2_000
IN_FLIGHT = 64
ROUNDS = 5
FLOOR = "floor, hand-written"

_TEXT = (
    "A server without latency, {in_flight} requests in flight. `harness run` is the whole process: "
    "start-up, reading and checking the suite, requests, scoring, journal, table. The floor is "
    "`benchmarks/floor.py`: read a case, post it with aiohttp, parse, compare; *hand-written* uses "
    "asyncio and json, *fastest* uvloop and msgspec. Medians of {rounds} alternating rounds; the "
    "ratio is the median of the rounds' own ratios. The server shares the machine with its client."
)


def measure(quick: bool) -> Section:
    """Large and small suites, each against both floors."""
    sizes = (CASES_QUICK,) if quick else (CASES, PEER_CASES)
    rounds = 1 if quick else ROUNDS
    rows: list[tuple[str, ...]] = []
    claims: list[Claim] = []
    with stub() as server:
        for cases in sizes:
            costs = _compare(server, cases, rounds)
            rows += [_row(cases, name, found, costs) for name, found in costs.items()]
            if cases == sizes[0]:
                against = ratio(costs["harness run"], costs[FLOOR])
                what = f"wall against the hand-written loop, {cases:,} cases"
                claims.append(Claim(what, against, 2.0, "x"))
    text = _TEXT.format(in_flight=IN_FLIGHT, rounds=rounds)
    head = ("cases, process", "wall s", "cases/s", "CPU s", "peak MB", "wall / hand-written loop")
    return Section("Throughput", "throughput", text, head, tuple(rows), tuple(claims), quick)


def _compare(server: Stub, cases: int, rounds: int) -> dict[str, list[Cost]]:
    endpoint = Endpoint(server.base_url, IN_FLIGHT)
    with temporary_suite(cases, endpoint) as suite:

        def run() -> Cost:
            return spend([*HARNESS, "run", str(suite), "--live"])

        return alternate(
            {
                "harness run": run,
                FLOOR: lambda: _floor(suite, server),
                "floor, fastest": lambda: _floor(suite, server, "--fast"),
            },
            rounds,
        )


def _floor(suite: Path, server: Stub, *options: str) -> Cost:
    cases = str(suite / "data" / "test.jsonl")
    command = [sys.executable, "-m", "benchmarks.floor", cases, server.base_url]
    return spend([*command, "--concurrency", str(IN_FLIGHT), *options])


def _row(cases: int, name: str, found: list[Cost], costs: dict[str, list[Cost]]) -> tuple[str, ...]:
    return (
        f"{cases:,}, {name}",
        f"{median(found):.2f}",
        f"{cases / median(found):,.0f}",
        f"{median(found, 'cpu'):.2f}",
        f"{median(found, 'peak_mb'):.0f}",
        f"{ratio(found, costs[FLOOR]):.2f}",
    )


if __name__ == "__main__":
    command_line(measure)
