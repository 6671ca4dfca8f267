"""What commands show: progress while they run, tables or JSON when they are done."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from harness.store.runs import Run
from harness.store.suite import Suite
from harness.values.case import UNLABELLED
from harness.values.price import Price
from harness.values.record import Record

if TYPE_CHECKING:
    from rich.console import Console

    from harness.reports.page.progress import CaseTally

PLAIN_WIDTH = 110
LONG = (
    2000  # replayed records, or cases of a page, from which a progress display is worth its flicker
)


class Watcher:
    """Shows a run's progress on stderr once it has begun; nothing for a short replay."""

    def __init__(self, prices: Mapping[str, Price], stack: ExitStack, *, live: bool) -> None:
        self._prices = prices
        self._stack = stack
        self._live = live
        self._settled = _ignore

    def began(self, planned: Mapping[str, int], done: Mapping[str, int]) -> None:
        """Start the display."""
        if not self._live and sum(planned.values()) < LONG:
            return
        from harness.reports.progress import Tally, progress

        shown = progress(Tally(planned, done=done, prices=self._prices), console(error=True))
        self._stack.enter_context(shown)
        self._settled = shown.settled

    def settled(self, record: Record) -> None:
        """Count one record."""
        self._settled(record)


def _ignore(record: Record) -> None:
    del record


class PageWatcher:
    """Shows on stderr how far a page of many cases is; nothing for a small one."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._tally: CaseTally | None = None

    def began(self, cases: int) -> None:
        """Start the display."""
        if cases < LONG:
            return
        from harness.reports.page.progress import CaseTally, page_progress

        self._tally = CaseTally(cases)
        self._stack.enter_context(page_progress(self._tally, console(error=True)))

    def packed(self, cases: int) -> None:
        """Count so many more cases."""
        if self._tally is not None:
            self._tally.packed(cases)


@contextmanager
def watching(suite: Suite, *, live: bool, quiet: bool) -> Iterator[list[Watcher]]:
    """Observers for a run; the display ends with the block."""
    from harness.workflows.prices import arm_price

    known = {name: arm_price(suite, arm) for name, arm in suite.arms.items()}
    prices = {name: price for name, price in known.items() if price is not None}
    with ExitStack() as stack:
        yield [] if quiet else [Watcher(prices, stack, live=live)]


def console(*, error: bool = False) -> Console:
    """A console that keeps to plain text where there is no terminal."""
    from rich.console import Console

    class PipedConsole(Console):
        """Rich ends a process whose reader went away with 1, which is a verdict's."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    terminal = (sys.stderr if error else sys.stdout).isatty()
    width = None if terminal or "COLUMNS" in os.environ else PLAIN_WIDTH
    return PipedConsole(stderr=error, highlight=False, width=width)


def print_run(run: Run, suite: Suite, *, as_json: bool) -> None:
    """The tables of a run, or its numbers; for a live run how far it repeats the recordings."""
    from harness.workflows.agreement import agreement

    if as_json:
        from harness.reports.json import run_json

        numbers = run_json(run.info, run.arms)
        if run.info.mode == "live":
            numbers["agreement"] = msgspec.to_builtins(agreement(run, suite))
        click.echo(json.dumps(numbers, indent=1))
        return
    from harness.reports.table import accuracy_table, spend_table
    from harness.reports.terminal import print_tables
    from harness.reports.training import training_table

    heading = f"{run.info.title} ({run.info.suite}, {run.info.split})"
    tables = [spend_table(run.info, run.arms)]
    if run.info.split != UNLABELLED:
        tables.insert(0, accuracy_table(run.info, run.arms))
    trained = training_table(run.info)
    tables += [trained] if trained else []
    print_tables(console(), heading, tables)
    for arm, a in agreement(run, suite).items() if run.info.mode == "live" else ():
        click.echo(f"{arm}: {a.equal:,} of {a.compared:,} live answers equal the recorded ones")
    click.echo(f"\n{from_here(run.path)}")


def from_here(path: Path) -> Path:
    """A path as short as it can be written from the current folder."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
