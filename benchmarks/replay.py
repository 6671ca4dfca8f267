"""Recorded suites replayed on one core: cases per second, loading and scoring included."""

from __future__ import annotations

import json
import os
import statistics
import sys
from pathlib import Path

from benchmarks.measure import HARNESS, Claim, Section, command_line, median, spend
from benchmarks.serving import stub
from benchmarks.suites import Endpoint, temporary_suite

CASES, CASES_QUICK = 20_000, 200
ROUNDS = 5

_TEXT = (
    "{cases:,} recorded replies, replayed on one core: the suite is read and checked, its "
    "fixtures are loaded, every request is built and looked up, every answer scored, the journal "
    "written. The rate is of the call `harness.run(suite)` with all its imports; beside it stands "
    "the whole process of `harness run`, with the interpreter's start and the table. Medians of "
    "{rounds} rounds."
)
_CALL = """
import time
started = time.perf_counter()
import harness
run = harness.run({suite!r})
print(len(next(iter(run.arms.values()))) / (time.perf_counter() - started))
"""


def measure(quick: bool) -> Section:
    """Zero-shot and six shots."""
    cases = CASES_QUICK if quick else CASES
    rounds = 1 if quick else ROUNDS
    core = min(os.sched_getaffinity(0))
    rows: list[tuple[str, ...]] = []
    claims: list[Claim] = []
    with stub() as server:
        for name, shots, target in (("zero-shot", False, 20_000), ("6 shots", True, 8_000)):
            with temporary_suite(cases, Endpoint(server.base_url), shots=shots) as suite:
                spend([*HARNESS, "run", str(suite), "--record"])
                rate = statistics.median(_rates(suite, core, rounds))
                whole = [spend([*HARNESS, "run", str(suite)], core) for _ in range(rounds)]
            cells = (f"{rate:,.0f}", f"{median(whole):.2f}", f"{cases / median(whole):,.0f}")
            rows.append((name, *cells, f"{median(whole, 'peak_mb'):.0f}"))
            claims.append(Claim(f"replay, {name}", rate, target, " cases/s", "at least", 0))
    head = ("suite", "cases/s", "whole process: wall s", "cases/s", "peak MB")
    text = _TEXT.format(cases=cases, rounds=rounds)
    return Section("Replay", "replay", text, head, tuple(rows), tuple(claims), quick)


def _rates(suite: Path, core: int, rounds: int) -> list[float]:
    command = [sys.executable, "-c", _CALL.format(suite=str(suite))]
    return [float(json.loads(spend(command, core).stdout)) for _ in range(rounds)]


if __name__ == "__main__":
    command_line(measure)
