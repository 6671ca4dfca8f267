"""A faulty server and a killed run: what is lost, what is repeated, what it costs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from benchmarks.measure import HARNESS, Claim, Cost, Section, alternate, command_line, median
from benchmarks.measure import ratio as wall_ratio
from benchmarks.measure import spend
from benchmarks.serving import ROOT, Stub, stub
from benchmarks.suites import Endpoint, journal_of, run_folders, temporary_suite

CASES, CASES_QUICK = 10_000, 400
LATENCY_MS, LATENCY_MS_QUICK = 200, 20
IN_FLIGHT = 128
ROUNDS = 3
FAULTS = {"rate_429": 0.05, "rate_500": 0.02, "rate_disconnect": 0.01, "retry_after": 1}
GIVE_UP_S = 300.0

_TEXT = (
    "{cases:,} cases, {latency} ms latency, {in_flight} in flight. The faulty server answers 5 % of "
    "requests with 429 and Retry-After 1 s, 2 % with 500, and closes 1 % of connections without an "
    "answer; the other has no faults. Medians of {rounds} alternating rounds. Then, without faults, "
    "`kill -9` when the server has answered half, and `--resume`: a repeated request is one that "
    "the server has seen before, and had either lost its client when the run was killed (in "
    "flight) or been answered without reaching the journal."
)


def measure(quick: bool) -> Section:  # noqa: FBT001 - every benchmark has this one switch
    """A faulty run against a clean one; a killed and resumed one."""
    cases, latency = (CASES_QUICK, LATENCY_MS_QUICK) if quick else (CASES, LATENCY_MS)
    rounds = 1 if quick else ROUNDS
    with (
        stub(latency_ms=latency) as clean,
        stub(latency_ms=latency, **FAULTS) as faulty,
        temporary_suite(cases, Endpoint(clean.base_url, IN_FLIGHT)) as clean_suite,
        temporary_suite(cases, Endpoint(faulty.base_url, IN_FLIGHT)) as faulty_suite,
    ):
        sides = {"no faults": (clean, clean_suite), "faults": (faulty, faulty_suite)}
        costs = alternate(
            {name: lambda side=side: _run(*side) for name, side in sides.items()}, rounds
        )
        found = {name: _outcome(*side) for name, side in sides.items()}
        clean.reset()
        killed = _kill_and_resume(clean, clean_suite, cases)
    rows = [_row(name, median(costs[name]), found[name]) for name in sides]
    rows.append(("killed at half, resumed", "", *killed.cells()))
    ratio = wall_ratio(costs["faults"], costs["no faults"])
    claims = (
        Claim("cases without an answer, faults", cases - found["faults"].answered, 0, digits=0),
        Claim("accuracy off the fault-free run's", _difference(found), 0, digits=4),
        Claim("wall against the fault-free run", ratio, 1.25, "x"),
        Claim("requests repeated after kill -9", killed.repeats, killed.in_flight, digits=0),
    )
    text = _TEXT.format(cases=cases, latency=latency, in_flight=IN_FLIGHT, rounds=rounds)
    head = ("run", "wall s", "answered", "correct", "requests", "429 / 500 / closed", "repeats")
    return Section("Faults", "faults", text, head, tuple(rows), claims, quick)
