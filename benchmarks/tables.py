"""A run of 100,000 records on disk: load it and print its tables, slices included."""

from __future__ import annotations

import sys

import msgspec

from benchmarks.measure import HARNESS, Claim, Section, command_line, median, spend
from benchmarks.serving import stub
from benchmarks.suites import Endpoint, journal_of, temporary_suite

RECORDS, RECORDS_QUICK = 100_000, 1_000
ASKED, ASKED_QUICK = 1_000, 100
ARMS = ("plain", "brief")
ROUNDS = 3

_TEXT = (
    "A run of {records:,} records, two arms with six slices each, made by repeating the journal of "
    "a run of {asked:,} records under new case ids. `harness.load_run` and the tables of accuracy, "
    "tokens and slices with their intervals, as text; the seconds are those within the process, "
    "with all imports. Medians of {rounds} rounds."
)
_CALL = """
import io, json, time
started = time.perf_counter()
import harness
run = harness.load_run({run!r})
loaded = time.perf_counter()
from rich.console import Console
from harness.reports.detail import slice_table
from harness.reports.table import accuracy_table, spend_table
from harness.reports.terminal import print_tables
tables = [make(run.info, run.arms) for make in (accuracy_table, spend_table, slice_table)]
print_tables(Console(file=io.StringIO()), "run", tables)
ended = time.perf_counter()
records = sum(map(len, run.arms.values()))
print(json.dumps({{"records": records, "load": loaded - started, "all": ended - started}}))
"""


class _Times(msgspec.Struct):
    """What the measured process prints: a count and seconds."""

    records: int
    load: float
    all: float


def measure(quick: bool) -> Section:
    """Make the run, then read it."""
    records, asked = (RECORDS_QUICK, ASKED_QUICK) if quick else (RECORDS, ASKED)
    rounds = 1 if quick else ROUNDS
    with (
        stub() as server,
        temporary_suite(asked // len(ARMS), Endpoint(server.base_url), arms=ARMS) as suite,
    ):
        spend([*HARNESS, "run", str(suite), "--live"])
        journal = journal_of(suite)
        lines = journal.read_bytes()
        with journal.open("ab") as file:
            for copy in range(1, records // asked):
                file.write(lines.replace(b'"case":"test-', b'"case":"test-%d-' % copy))
        command = [sys.executable, "-c", _CALL.format(run=str(journal.parent))]
        costs = [spend(command) for _ in range(rounds)]
    times = sorted(
        (msgspec.json.decode(cost.stdout, type=_Times) for cost in costs), key=lambda t: t.all
    )[rounds // 2]
    row = (
        f"{times.records:,}",
        f"{times.load:.2f}",
        f"{times.all - times.load:.2f}",
        f"{median(costs):.2f}",
        f"{median(costs, 'peak_mb'):.0f}",
    )
    head = ("records", "load s", "tables s", "whole process s", "peak MB")
    claims = (Claim(f"load and tables, {times.records:,} records", times.all, 5.0, " s"),)
    text = _TEXT.format(records=records, asked=asked, rounds=rounds)
    return Section("Tables", "tables", text, head, (row,), claims, quick)


if __name__ == "__main__":
    command_line(measure)
