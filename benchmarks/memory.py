"""Peak memory of live runs of two sizes, and the journal's bytes per case."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.measure import HARNESS, Claim, Cost, Section, command_line, spend
from benchmarks.serving import stub
from benchmarks.suites import Endpoint, journal_of, temporary_suite

SIZES, SIZES_QUICK = (2_000, 200_000), (100, 400)
IN_FLIGHT = 64
KB = 1024

_TEXT = (
    "Live runs of two sizes on a server without latency: peak resident memory of the whole "
    "process, and the journal on disk. 'Beside the text' leaves out the answer's own text, which "
    "every journal must keep. One run each."
)


def measure(quick: bool) -> Section:
    """Both sizes; the claims are about what an extra case costs."""
    small, large = SIZES_QUICK if quick else SIZES
    rows: list[tuple[str, ...]] = []
    peaks: dict[int, float] = {}
    with stub() as server:
        for cases in (small, large):
            with temporary_suite(cases, Endpoint(server.base_url, IN_FLIGHT)) as suite:
                cost = spend([*HARNESS, "run", str(suite), "--live"])
                journal, text = _journal_bytes(journal_of(suite))
            peaks[cases] = cost.peak_mb
            beside = (journal - text) / cases
            rows.append(_row(cases, cost, journal, beside))
    growth = (peaks[large] - peaks[small]) * KB / (large - small)
    claims = (
        Claim("peak memory for each extra case", growth, 0.5, " KB"),
        Claim("journal for each case, beside the text", beside / KB, 1.2, " KB"),
    )
    head = ("cases", "peak MB", "wall s", "journal MB", "journal bytes per case beside the text")
    return Section("Memory and disk", "memory", _TEXT, head, tuple(rows), claims, quick)


def _row(cases: int, cost: Cost, journal: int, beside: float) -> tuple[str, ...]:
    size = f"{journal / KB / KB:.1f}"
    return (f"{cases:,}", f"{cost.peak_mb:.0f}", f"{cost.wall:.1f}", size, f"{beside:.0f}")


def _journal_bytes(path: Path) -> tuple[int, int]:
    """Of the whole file, and of the answers' texts in it."""
    text = 0
    with path.open("rb") as file:
        for line in file:
            message = json.loads(line)["exchanges"][0]["reply"]["message"]
            text += len(message["content"].encode())
    return path.stat().st_size, text


if __name__ == "__main__":
    command_line(measure)
