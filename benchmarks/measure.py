"""Commands in, what their processes cost out; numbers in, a section of the report out."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Literal

import msgspec

from benchmarks.serving import ROOT

HARNESS = (sys.executable, "-m", "harness")
_LAST_LINES = 2000


@dataclass(frozen=True)
class Cost:
    """What a whole process took: seconds of wall and CPU, MB of peak resident memory."""

    wall: float
    cpu: float
    peak_mb: float
    stdout: str


def spend(command: Sequence[str], core: int | None = None) -> Cost:
    """Run a command to its end, on one core if asked.

    The peak is the kernel's `ru_maxrss`, which for a child counts the moment before exec too: it
    is never below this process's own peak, which is why benchmarks keep their own memory small.

    Raises:
        RuntimeError: the command failed; the message has the end of what it printed.
    """
    environment = os.environ | {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    allowed = os.sched_getaffinity(0)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        os.sched_setaffinity(0, allowed if core is None else {core})
        try:
            started = time.perf_counter()
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=err)
        finally:
            os.sched_setaffinity(0, allowed)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        printed = _all_of(out)
        if process.returncode != 0:
            end = (printed + _all_of(err))[-_LAST_LINES:]
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{end}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, printed)


def _all_of(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


def alternate(sides: Mapping[str, Callable[[], Cost]], rounds: int) -> dict[str, list[Cost]]:
    """Run A B A B: what the machine does meanwhile then happens to all sides alike."""
    costs: dict[str, list[Cost]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, run in sides.items():
            costs[name].append(run())
    return costs


def median(costs: Sequence[Cost], field: Literal["wall", "cpu", "peak_mb"] = "wall") -> float:
    """The median of one number over rounds."""
    values: list[float] = [getattr(cost, field) for cost in costs]
    return statistics.median(values)


def ratio(costs: Sequence[Cost], base: Sequence[Cost]) -> float:
    """The median over rounds of wall / wall of the same round."""
    return statistics.median(a.wall / b.wall for a, b in zip(costs, base, strict=True))


class Claim(msgspec.Struct, frozen=True):
    """One number beside its target; `unit` is printed after both."""

    what: str
    value: float
    target: float
    unit: str = ""
    sense: Literal["at most", "at least"] = "at most"
    digits: int = 2

    @property
    def reached(self) -> bool:
        """Whether the value is on the right side of its target."""
        if self.sense == "at most":
            return self.value <= self.target
        return self.value >= self.target

    def cells(self) -> tuple[str, ...]:
        """What, measured, target, reached."""
        return (
            self.what,
            f"{self.value:,.{self.digits}f}{self.unit}",
            f"{self.sense} {self.target:,.10g}{self.unit}",
            "yes" if self.reached else "NO",
        )


class Section(msgspec.Struct, frozen=True):
    """One benchmark's result: a heading, what was done, a table, claims."""

    title: str
    module: str
    text: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    claims: tuple[Claim, ...] = ()
    quick: bool = False

    def as_text(self) -> str:
        """For a terminal."""
        parts = [self.title + (" (quick: no measurement)" if self.quick else ""), ""]
        parts.append(text_table(self.head, self.rows))
        if self.claims:
            parts += ["", text_table(CLAIM_HEAD, [claim.cells() for claim in self.claims])]
        return "\n".join(parts) + "\n"

    def as_markdown(self) -> str:
        """For docs/performance.md."""
        parts = [f"## {self.title}", "", self.text, "", markdown_table(self.head, self.rows)]
        if self.claims:
            parts += ["", markdown_table(CLAIM_HEAD, [claim.cells() for claim in self.claims])]
        parts += ["", f"Repeat with `python -m benchmarks.{self.module}`."]
        return "\n".join(parts) + "\n"


CLAIM_HEAD = ("claim", "measured", "target", "reached")


def text_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Aligned columns; the first leans left, the others right."""
    lines = [head, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join(
        "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip()
        for line in lines
    )


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The same as Markdown."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, rule, *rows])


def command_line(measure: Callable[[bool], Section]) -> None:
    """The command line of every benchmark: measure, then print."""
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, one round: a smoke test")
    parser.add_argument("--json", action="store_true", help="print the section as JSON")
    given = parser.parse_args()
    section = measure(given.quick)
    if given.json:
        print(msgspec.json.encode(section).decode())
    else:
        print(section.as_text())
