"""A faulty server and a killed run: what is lost, what is repeated, what it costs."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path
from typing import Any, NamedTuple

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
from benchmarks.serving import ROOT, Stub, stub
from benchmarks.suites import Endpoint, journal_of, temporary_suite

CASES, CASES_QUICK = 10_000, 400
LATENCY_MS, LATENCY_MS_QUICK = 200, 20
IN_FLIGHT = 128
ROUNDS = 3
FAULTS = {"rate_429": 0.05, "rate_500": 0.02, "rate_disconnect": 0.01, "retry_after": 1}
GIVE_UP_S = 300.0

_TEXT = (
    "{cases:,} cases, {latency} ms latency, {in_flight} in flight. The faulty server answers 5 % "
    "of requests with 429 and Retry-After 1 s, 2 % with 500, and closes 1 % of connections without "
    "an answer; the other has no faults. Medians of {rounds} alternating rounds. Then, without "
    "any, `kill -9` when the server has answered half, and `--resume`: a repeated request is one "
    "that the server had seen before the kill, which is what was in flight then."
)


def measure(quick: bool) -> Section:
    """A faulty run against a clean one; a killed and resumed one."""
    cases, latency = (CASES_QUICK, LATENCY_MS_QUICK) if quick else (CASES, LATENCY_MS)
    rounds = 1 if quick else ROUNDS
    with (
        stub(latency_ms=latency) as clean,
        stub(latency_ms=latency, **FAULTS) as faulty,
        temporary_suite(cases, Endpoint(clean.base_url, IN_FLIGHT)) as clean_suite,
        temporary_suite(cases, Endpoint(faulty.base_url, IN_FLIGHT)) as faulty_suite,
    ):
        costs = alternate(
            {
                "no faults": lambda: _run(clean, clean_suite),
                "faults": lambda: _run(faulty, faulty_suite),
            },
            rounds,
        )
        without, despite = _found(clean, clean_suite), _found(faulty, faulty_suite)
        resumed = _kill_and_resume(clean, clean_suite, cases)
    rows = (
        ("no faults", f"{median(costs['no faults']):.2f}", *without.cells()),
        ("faults", f"{median(costs['faults']):.2f}", *despite.cells()),
        ("killed at half, resumed", "", *resumed.cells()),
    )
    against = ratio(costs["faults"], costs["no faults"])
    claims = (
        Claim("cases without an answer, faults", cases - despite.answered, 0, digits=0),
        Claim("correct cases off the run without faults", _off(without, despite), 0, digits=0),
        Claim("wall against the run without faults", against, 1.25, "x"),
        Claim("requests repeated after `kill -9`", resumed.repeats, IN_FLIGHT, digits=0),
        Claim("correct cases off it, killed and resumed", _off(without, resumed), 0, digits=0),
    )
    text = _TEXT.format(cases=cases, latency=latency, in_flight=IN_FLIGHT, rounds=rounds)
    head = ("run", "wall s", "answered", "correct", "requests", "429 / 500 / closed", "repeats")
    return Section("Faults", "faults", text, head, rows, claims, quick)


def _off(one: Found, other: Found) -> int:
    return abs(one.correct - other.correct)


class Found(NamedTuple):
    """What a run's journal and the server's counters say."""

    answered: int
    correct: int
    requests: int
    faults: str
    repeats: int

    def cells(self) -> tuple[str, ...]:
        """As columns of the table."""
        counts = (self.answered, self.correct, self.requests)
        return (*(f"{count:,}" for count in counts), self.faults, f"{self.repeats:,}")


def _run(server: Stub, suite: Path) -> Cost:
    server.reset()
    return spend([*HARNESS, "run", str(suite), "--live"])


def _found(server: Stub, suite: Path) -> Found:
    """Of the newest run; a later record of a case replaces an earlier one."""
    last: dict[str, dict[str, Any]] = {}
    with journal_of(suite).open("rb") as file:
        for line in file:
            record = json.loads(line)
            last[record["case"]] = record
    stats = server.stats()
    return Found(
        answered=sum(r["exchanges"][-1]["reply"]["type"] == "answer" for r in last.values()),
        correct=sum(record["outcome"] == "correct" for record in last.values()),
        requests=stats["requests"],
        faults=" / ".join(str(count) for count in stats["faults"].values()),
        repeats=stats["repeats"],
    )


def _kill_and_resume(server: Stub, suite: Path, cases: int) -> Found:
    server.reset()
    command = [*HARNESS, "run", str(suite), "--live"]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(server, cases // 2)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    spend([*command, "--resume"])
    return _found(server, suite)


def _wait_for(server: Stub, answers: int) -> None:
    give_up = time.monotonic() + GIVE_UP_S
    while server.stats()["answered"] < answers:
        if time.monotonic() > give_up:
            raise RuntimeError(f"no {answers:,} answers within {GIVE_UP_S:.0f} s")
        time.sleep(0.01)


if __name__ == "__main__":
    command_line(measure)
