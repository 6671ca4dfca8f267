"""The page of 100,000 cases and four arms: time of the command, size, what Chromium makes of it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.measure import HARNESS, Claim, Cost, Section, command_line, spend
from benchmarks.page.browser import CHROMIUM, timings
from benchmarks.page.repository import write_repository

SMALL, LARGE = 1_000, 100_000
SMALL_QUICK, LARGE_QUICK = 20, 200
MB = 1_000_000
_TEXT = (
    "`harness report SUITE --run newest --html FILE`, the whole command: start-up, reading a "
    "journal of {large:,} cases with the replies of four arms, every comparison and figure, and "
    "the file. Words are drawn by Zipf's law out of real texts; two arms have eight shots in their "
    "prompts, which the suite makes again. Large pages are packed by as many processes as there "
    "are processors; CPU seconds are of all of them, the peak is of the first. Chromium without a "
    "window opens the file from disk: usable is when the rows stand there and answer, searchable "
    "when all texts are unpacked in the background. A filter is timed from its event until the new "
    "rows stand in the page."
)
_SECONDS = ("usable", "searchable")


def measure(quick: bool) -> Section:
    """Write both pages, and open the large one."""
    small, large = (SMALL_QUICK, LARGE_QUICK) if quick else (SMALL, LARGE)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        few, few_mb = _written(path, Path(folder) / "small", small)
        many, many_mb = _written(path, Path(folder) / "large", large)
        found = timings(path) if CHROMIUM else {}
    slowest = max((value for name, value in found.items() if name not in _SECONDS), default=None)
    rows = [
        ("command, s", f"{many.wall:.1f}"),
        ("CPU, s", f"{many.cpu:.1f}"),
        ("peak memory, MB", f"{many.peak_mb:.0f}"),
        ("file, MB", f"{many_mb:.1f}"),
        (f"command with {small:,} cases, s", f"{few.wall:.1f}"),
        (f"file of {small:,} cases, MB", f"{few_mb:.2f}"),
    ]
    for name, value in found.items():
        rows.append(
            (f"{name}, s", f"{value:.2f}") if name in _SECONDS else (f"{name}, ms", f"{value:.0f}")
        )
    claims = [
        Claim("command", many.wall, 20.0, " s", digits=1),
        Claim("size", many_mb, 60.0, " MB", digits=1),
        Claim(f"size of {small:,} cases", few_mb, 3.0, " MB"),
    ]
    if slowest is not None:
        claims.append(Claim("usable after", found["usable"], 2.0, " s"))
        claims.append(Claim("slowest filter", slowest, 200.0, " ms", digits=0))
    text = _TEXT.format(large=large)
    return Section("The page", "page", text, ("what", "value"), tuple(rows), tuple(claims), quick)


def _written(path: Path, root: Path, count: int) -> tuple[Cost, float]:
    """What the command took, and the MB of its page."""
    suite = write_repository(root, count)
    cost = spend([*HARNESS, "report", str(suite), "--run", "newest", "--html", str(path)])
    return cost, path.stat().st_size / MB


if __name__ == "__main__":
    command_line(measure)
