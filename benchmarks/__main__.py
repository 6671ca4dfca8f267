"""Runs every benchmark, each in a process of its own, and writes docs/performance.md."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from benchmarks.measure import Section
from benchmarks.serving import ROOT

MODULES = (
    "throughput",
    "latency",
    "replay",
    "memory",
    "faults",
    "tables",
    "comparing",
    "page",
    "order",
    "transports",
)
PAGE = ROOT / "docs" / "performance.md"
QUICK_AT_ONCE = 2
GB = 1 << 30

_HEAD = """# Performance

Written by `python -m benchmarks` on {date}; every number below comes from that run. Do not edit
this page: run it again. The machine: {machine}. Other work on it makes numbers worse, so compare
ratios rather than seconds. Everything runs on 127.0.0.1 against `benchmarks/stub_server.py`, which
has no model behind it, with cases of about 540 characters.

{summary}
"""
_PEERS = """## What other harnesses reach

Measured apart from the run above, on 2026-11-21, on the same class of machine (2 shared cores),
with suites and a stub server of the same kind; medians of interleaved rounds, noise of about a
quarter: compare ratios. 2,000 cases, whole processes; the slow server takes 200 ms, with 128 in
flight, so that 3.1 s is ideal; the last seconds are of a second run from the harness's own cache.

| harness | wall s | cases/s | slow server s | 10 cases s | from own cache s | peak MB |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
| bare aiohttp loop | 1.0 | 2,000 | 4.0 | 0.6 |  | 39 |
| pydantic-evals 2.62 | 9.1 | 220 | 11.2 | 3.7 |  | 96 |
| langsmith 0.15 | 9.8 | 204 | 14.5 | 3.3 |  | 101 |
| deepeval 4.3 | 14.0 | 143 | 15.4 | 4.6 |  | 126 |
| lm-eval 0.4.13 | 19.4 | 103 | 29.0 | 16.7 | 18.6 | 328 |
| promptfoo 0.123 | 19.9 | 101 | 26.4 | 2.3 | 14.2 | 396 |
| inspect 0.3.285 | 52.7 | 38 | 62.3 | 9.3 | 35.4 | 224 |
| openai/evals 3.0.1 | 79.2 | 25 |  | 4.0 |  | 664 |

With the faults of the section above, of 2,000 cases: inspect answers all; pydantic-evals loses 2
(and leaves them out of its accuracy), langsmith 1, promptfoo 35; lm-eval stops after 1,982 without
a result (one run each). Killed at half and resumed, requests repeated: inspect 8, lm-eval 30,
promptfoo 59. Bytes on disk per case: deepeval 915, openai/evals 1,293, lm-eval 1,752, inspect
2,797, promptfoo 11,234. `inspect --help` takes 5.0 s, `promptfoo --help` 1.7 s.
"""


def run_module(name: str, *, quick: bool) -> Section:
    """One benchmark in a process of its own, so that its memory is nobody else's.

    Raises:
        RuntimeError: it failed; the message has what it printed.
    """
    command = [sys.executable, "-m", f"benchmarks.{name}", "--json", *(["--quick"] * quick)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"benchmarks.{name} failed:\n{done.stderr[-4000:]}")
    return msgspec.json.decode(done.stdout, type=Section)


def machine() -> str:
    """Cores, memory and Python in general words."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / GB
    python = f"{platform.python_implementation()} {platform.python_version()}"
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores, {memory:.0f} GB of memory, {platform.system()}, {python}"


def page(sections: list[Section], when: datetime) -> str:
    """docs/performance.md as a whole."""
    claims = [claim for section in sections for claim in section.claims]
    missed = [claim.what for claim in claims if not claim.reached]
    summary = f"{len(claims) - len(missed)} of {len(claims)} targets are reached"
    summary += f"; not reached: {'; '.join(missed)}." if missed else "."
    head = _HEAD.format(date=when.date().isoformat(), machine=machine(), summary=summary)
    return "\n".join([head, *(section.as_markdown() for section in sections), _PEERS])


def main() -> None:
    """Run what is asked for and print it; write the page after a full run of everything."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("modules", nargs="*", help=f"default: {' '.join(MODULES)}")
    parser.add_argument("--quick", action="store_true", help="a smoke test; numbers mean nothing")
    parser.add_argument("--page", type=Path, help="where to write the page; default: docs/")
    given = parser.parse_args()
    if unknown := set(given.modules) - set(MODULES):
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}")
    names = given.modules or list(MODULES)
    sections = []
    with ThreadPoolExecutor(QUICK_AT_ONCE if given.quick else 1) as pool:
        for section in pool.map(lambda name: run_module(name, quick=given.quick), names):
            print(section.as_text(), flush=True)
            sections.append(section)
    whole = not given.quick and names == list(MODULES)
    path = given.page or (PAGE if whole else None)
    if path is not None:
        path.write_text(page(sections, datetime.now(UTC)), encoding="utf-8")


if __name__ == "__main__":
    main()
