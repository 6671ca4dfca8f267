"""Cases of a page as they are packed in, one line that says how far it is out, while it is made."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from harness.reports.progress import REFRESHES_PER_S, PlainLines
from harness.reports.wording import clock_time

if TYPE_CHECKING:
    from rich.console import Console


Clock = Callable[[], float]


class CaseTally:
    """Counts cases that are packed. Pure but for its clock; `planned` are all of them."""

    def __init__(self, planned: int, clock: Clock = time.monotonic) -> None:
        self._planned = planned
        self._clock = clock
        self._since = clock()
        self._first: float | None = None
        self._done = 0

    def packed(self, cases: int) -> None:
        """Count so many more."""
        if self._first is None:
            self._first = self._clock()
        self._done += cases

    def line(self) -> str:
        """'reading replies, 0:03', then '12,000/100,000 cases, 5,100 per s, 0:17 left'."""
        now = self._clock()
        if self._first is None:
            return f"reading replies, {clock_time(now - self._since)}"
        parts = [f"{self._done:,}/{self._planned:,} cases"]
        if now > self._first:
            rate = self._done / (now - self._first)
            parts.append(f"{rate:,.0f} per s")
            if self._done < self._planned:
                parts.append(f"{clock_time((self._planned - self._done) / rate)} left")
        return ", ".join(parts)


class LiveLine:
    """The line of a tally, redrawn in place on a terminal and gone at the end."""

    def __init__(self, tally: CaseTally, console: Console) -> None:
        from rich.live import Live
        from rich.text import Text

        self._live = Live(
            console=console,
            get_renderable=lambda: Text(tally.line(), style="dim"),
            refresh_per_second=REFRESHES_PER_S,
            transient=True,
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()


def page_progress(tally: CaseTally, console: Console) -> LiveLine | PlainLines:
    """What suits the console: one line that changes on a terminal, plain lines elsewhere."""
    if console.is_terminal and not console.is_dumb_terminal:
        return LiveLine(tally, console)
    return PlainLines(tally.line, lambda line: console.print(line, markup=False, soft_wrap=True))
