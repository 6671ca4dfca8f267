"""The page of 100,000 cases and four arms: time to build, size, and what Chromium makes of it."""

from __future__ import annotations

import gc
import tempfile
import time
from pathlib import Path

from benchmarks.measure import Claim, Section, command_line
from benchmarks.page.browser import CHROMIUM, timings
from benchmarks.page.synthetic import ARMS, PAIR, synthetic_cases
from harness.reports.page.document import page_html
from harness.reports.page.values import Page

SMALL, LARGE = 1_000, 100_000
SMALL_QUICK, LARGE_QUICK = 20, 200
MB = 1_000_000
_TEXT = (
    "{large:,} cases with the replies of four arms, words drawn by Zipf's law out of real texts, "
    "prompts with up to eight shots, which one arm has chosen for every case anew. Building is the "
    "time from values in memory to the bytes of the file, two threads deflating. Chromium without "
    "a window opens the file from disk: usable is when the rows stand there and answer, searchable "
    "when all texts are unpacked in the background. A filter is timed from its event until the new "
    "rows stand in the page."
)


def measure(quick: bool) -> Section:
    """Build both pages, and open the large one."""
    small, large = (SMALL_QUICK, LARGE_QUICK) if quick else (SMALL, LARGE)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        _, small_mb = _built(path, small)
        seconds, large_mb = _built(path, large)
        found = timings(path) if CHROMIUM else {}
    slowest = max((value for name, value in found.items() if name not in _SECONDS), default=None)
    rows = [
        ("build, s", f"{seconds:.1f}"),
        ("file, MB", f"{large_mb:.1f}"),
        (f"file of {small:,} cases, MB", f"{small_mb:.2f}"),
    ]
    for name, value in found.items():
        rows.append(
            (f"{name}, s", f"{value:.2f}") if name in _SECONDS else (f"{name}, ms", f"{value:.0f}")
        )
    claims = [
        Claim("build", seconds, 20.0, " s", digits=1),
        Claim("size", large_mb, 60.0, " MB", digits=1),
        Claim(f"size of {small:,} cases", small_mb, 3.0, " MB"),
    ]
    if slowest is not None:
        claims.append(Claim("usable after", found["usable"], 2.0, " s"))
        claims.append(Claim("slowest filter", slowest, 200.0, " ms", digits=0))
    text = _TEXT.format(large=large)
    return Section("The page", "page", text, ("what", "value"), tuple(rows), tuple(claims), quick)


_SECONDS = ("usable", "searchable")


def _built(path: Path, count: int) -> tuple[float, float]:
    """Seconds and MB of a page whose cases were there before."""
    cases = list(synthetic_cases(count))
    gc.collect()
    gc.freeze()  # a report reads its cases one after the other and never holds them all
    page = Page(title="Synthetic", finding="Nothing is compared here.")
    started = time.perf_counter()
    with path.open("wb") as file:
        file.writelines(piece.encode() for piece in page_html(page, ARMS, cases, pair=PAIR))
    seconds = time.perf_counter() - started
    gc.unfreeze()
    return seconds, path.stat().st_size / MB


if __name__ == "__main__":
    command_line(measure)
