"""A slow server: the wall time of a run against the ideal, and what starting up costs."""

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
from benchmarks.serving import stub
from benchmarks.suites import Endpoint, temporary_suite

LATENCY_S, LATENCY_S_QUICK = 0.2, 0.02
IN_FLIGHT = 128
SIZES, SIZES_QUICK = (2_000, 10_000), (256,)
SMALL = 10
ROUNDS, ROUNDS_STARTING = 3, 9

_TEXT = (
    "Every answer takes {latency:.0f} ms, {in_flight} requests in flight; whole processes. "
    "The ideal is cases / {in_flight} x {latency:.0f} ms. Below, what it costs to start: a run of "
    "{small} cases on the same server, and `harness --help` beside the import of the HTTP client "
    "alone. Medians of {rounds} rounds, of {starting} for the last three."
)


def measure(quick: bool) -> Section:
    """Long runs against the ideal, then the start."""
    latency = LATENCY_S_QUICK if quick else LATENCY_S
    rounds, starting = (1, 1) if quick else (ROUNDS, ROUNDS_STARTING)
    sizes = SIZES_QUICK if quick else SIZES
    rows: list[tuple[str, ...]] = []
    with stub(latency_ms=latency * 1000) as server:
        endpoint = Endpoint(server.base_url, IN_FLIGHT)
        for cases in sizes:
            with temporary_suite(cases, endpoint) as suite:
                wall = median([_run(suite) for _ in range(rounds)])
            ideal = cases / IN_FLIGHT * latency
            rows.append((f"{cases:,} cases", f"{wall:.2f}", f"{ideal:.2f}", f"{wall / ideal:.2f}"))
        what = f"wall against the ideal, {sizes[-1]:,} cases"
        claims = [Claim(what, wall / ideal, 1.15, "x")]
        with temporary_suite(SMALL, endpoint) as suite:
            costs = alternate(
                {
                    f"{SMALL} cases": lambda: _run(suite),
                    "harness --help": lambda: spend([*HARNESS, "--help"]),
                    "python -c 'import aiohttp'": lambda: _python("import aiohttp"),
                },
                starting,
            )
    rows += [(name, f"{median(found):.3f}", "", "") for name, found in costs.items()]
    small, helping, importing = costs.values()
    claims.append(Claim(f"a run of {SMALL} cases", median(small), 1.2, " s"))
    what = "`harness --help` against `import aiohttp`"
    claims.append(Claim(what, ratio(helping, importing), 0.5, "x"))
    text = _TEXT.format(
        latency=latency * 1000, in_flight=IN_FLIGHT, small=SMALL, rounds=rounds, starting=starting
    )
    head = ("process", "wall s", "ideal s", "wall / ideal")
    return Section("Latency and start", "latency", text, head, tuple(rows), tuple(claims), quick)


def _run(suite: Path) -> Cost:
    return spend([*HARNESS, "run", str(suite), "--live"])


def _python(statement: str) -> Cost:
    return spend([sys.executable, "-c", statement])


if __name__ == "__main__":
    command_line(measure)
