"""Records as they settle in, a live display or plain lines on a console out.

Counting a record is a few increments; a thread of its own reads the counters and draws. A count
that is read between two increments is off by one record for a moment, which nobody sees.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeAlias

import msgspec

from harness.reports.wording import UNKNOWN, clock_time
from harness.text.wording import NOTHING, counted, percent
from harness.values.price import Price, cost
from harness.values.record import Record
from harness.values.reply import Answer, Usage
from harness.values.score import Outcome

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

REFRESHES_PER_S = 5.0
PLAIN_EVERY_S = 10.0
RATE_OVER_S = 30.0
_BAR_WIDTH = 16
_ROOM_FOR_BAR = 100
_NO_TOKENS = Usage()
_CORRECT = Outcome.CORRECT  # looked up once: an attribute of an enum is slow for a hot path

Clock = Callable[[], float]
Spend: TypeAlias = tuple[str, float | None]


class Pace(msgspec.Struct, frozen=True):
    """One line of a display. `rate` in records per second, `left` in seconds; None: not known.

    `spend` is currency and money, None without a price; the money is None where usage is unknown.
    """

    name: str
    done: int
    planned: int
    rate: float | None
    correct: float | None
    input: int
    output: int
    spend: Spend | None

    @property
    def left(self) -> float | None:
        """Seconds until all is done at this rate."""
        return (self.planned - self.done) / self.rate if self.rate else None


class _Count:
    """What one arm has done in this process; `before` are the records of an earlier one.

    `money` is what its replies cost one by one, because long ones may have another price; None
    from the first on whose cost is unknown.
    """

    __slots__ = ("before", "correct", "done", "input", "money", "output", "planned")

    def __init__(self, planned: int, before: int) -> None:
        self.planned = planned
        self.before = before
        self.done = self.correct = self.input = self.output = 0
        self.money: float | None = 0.0

    def pay(self, answer: Answer, price: Price) -> None:
        """Add what one answer cost."""
        if answer.usage is None and price.by_token:
            self.money = None
        elif self.money is not None:
            self.money += cost(answer.usage or _NO_TOKENS, price, answer.latency)


class Tally:
    """Counts settled records per arm and says how fast they come. Pure but for its clock.

    `planned` are the records of each arm, `done` those that an earlier process has finished,
    `prices` are by arm, where they are known.
    """

    def __init__(
        self,
        planned: Mapping[str, int],
        *,
        done: Mapping[str, int] | None = None,
        prices: Mapping[str, Price] | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        before = done or {}
        self._prices = prices or {}
        self._clock = clock
        self._counts = {arm: _Count(total, before.get(arm, 0)) for arm, total in planned.items()}
        self._samples = {arm: deque([(clock(), 0)]) for arm in planned}
        self._all = deque([(clock(), 0)])

    @property
    def priced(self) -> bool:
        """Whether any arm has a price."""
        return bool(self._prices)

    def settled(self, record: Record) -> None:
        """Count one record."""
        count = self._counts[record.arm]
        count.done += 1
        if record.outcome is _CORRECT:
            count.correct += 1
        if not record.exchanges:
            return
        reply = record.exchanges[-1].reply
        if type(reply) is not Answer:
            return
        if (usage := reply.usage) is not None:
            count.input += usage.input
            count.output += usage.output
        if (price := self._prices.get(record.arm)) is not None:
            count.pay(reply, price)

    def paces(self) -> list[Pace]:
        """Where every arm stands now. One thread at a time."""
        now = self._clock()
        return [self._pace(arm, count, now) for arm, count in self._counts.items()]

    def left(self) -> float | None:
        """Seconds until all arms are done, at the rate of all of them together."""
        now = self._clock()
        counts = self._counts.values()
        rate = _rate(self._all, now, sum(count.done for count in counts))
        missing = sum(count.planned - count.before - count.done for count in counts)
        return missing / rate if rate else None

    def _pace(self, arm: str, count: _Count, now: float) -> Pace:
        done = count.done
        return Pace(
            name=arm,
            done=count.before + done,
            planned=count.planned,
            rate=_rate(self._samples[arm], now, done),
            correct=count.correct / done if done else None,
            input=count.input,
            output=count.output,
            spend=_spend(count, self._prices.get(arm)),
        )


def _rate(samples: deque[tuple[float, int]], now: float, done: int) -> float | None:
    """Per second over the last half minute; adds this moment to the samples."""
    samples.append((now, done))
    while now - samples[0][0] > RATE_OVER_S and len(samples) > 2:  # noqa: PLR2004 - from, to
        samples.popleft()
    since, earlier = samples[0]
    return (done - earlier) / (now - since) if now > since and done > earlier else None


class LiveProgress:
    """One line per arm, redrawn in place on a terminal. A context manager; an observer of a run."""

    def __init__(self, tally: Tally, console: Console) -> None:
        from rich.live import Live

        self.settled = tally.settled
        self._tally = tally
        self._live = Live(
            console=console,
            get_renderable=lambda: pace_grid(
                tally.paces(), tally.left(), console.width, priced=tally.priced
            ),
            refresh_per_second=REFRESHES_PER_S,
            vertical_overflow="visible",
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


class PlainLines:
    """A line every ten seconds, for a log."""

    def __init__(self, line: Callable[[], str], write: Callable[[str], None]) -> None:
        self._line = line
        self._write = write
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="progress", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(PLAIN_EVERY_S):
            self._write(self._line())


class PlainProgress(PlainLines):
    """A line for all arms every ten seconds and at the end. Used like LiveProgress."""

    def __init__(self, tally: Tally, write: Callable[[str], None]) -> None:
        super().__init__(lambda: pace_line(tally.paces(), tally.left()), write)
        self.settled = tally.settled

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        super().__exit__(kind, error, trace)
        self._write(self._line())


def progress(tally: Tally, console: Console) -> LiveProgress | PlainProgress:
    """What suits the console: a live display on a terminal, plain lines elsewhere."""
    if console.is_terminal and not console.is_dumb_terminal:
        return LiveProgress(tally, console)
    return PlainProgress(tally, lambda line: console.print(line, markup=False, soft_wrap=True))


def pace_grid(paces: list[Pace], left: float | None, width: int, *, priced: bool) -> RenderableType:
    """The live display: a heading and one line per arm, with a bar where there is room."""
    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    wide = width >= _ROOM_FOR_BAR
    grid.add_column("arm", no_wrap=True, overflow="ellipsis", max_width=24)
    if wide:
        grid.add_column("", width=_BAR_WIDTH, no_wrap=True)
    headings = ["done", "per s", "correct", "tokens in", "out", *(["spend"] if priced else [])]
    for heading in [*headings, "left"]:
        grid.add_column(heading, justify="right", no_wrap=True)
    for pace in paces:
        bar = ProgressBar(total=max(pace.planned, 1), completed=pace.done, width=_BAR_WIDTH)
        spend = [_money(pace.spend)] if priced else []
        cells = (_done(pace), *_numbers(pace), *spend, _left(pace))
        grid.add_row(Text(pace.name), *([bar] if wide else []), *map(Text, cells))
    if len(paces) > 1 and left is not None:
        done, planned = sum(pace.done for pace in paces), sum(pace.planned for pace in paces)
        total = f"{done:,}/{planned:,} in all, {clock_time(left)} left"
        return Group(grid, Text(total, style="dim"))
    return grid


def pace_line(paces: list[Pace], left: float | None) -> str:
    """All arms in one plain line: '120/360 done, 12.3 per s, …'."""
    rates = [pace.rate for pace in paces if pace.rate]
    done, planned = sum(pace.done for pace in paces), sum(pace.planned for pace in paces)
    tokens = sum(pace.input + pace.output for pace in paces)
    parts = [
        f"{done:,}/{planned:,} done",
        f"{sum(rates):.1f} per s",
        f"{counted(tokens, 'token')}",
        *_spends(paces),
        *([f"{clock_time(left)} left"] if left and done < planned else []),
        *(f"{pace.name} {percent(pace.correct)}" for pace in paces if pace.correct is not None),
    ]
    return ", ".join(parts)


def _spend(count: _Count, price: Price | None) -> Spend | None:
    return None if price is None else (price.currency, count.money)


def _spends(paces: list[Pace]) -> list[str]:
    """One sum per currency; one that lacks what an arm has spent says so."""
    spends = [pace.spend for pace in paces if pace.spend is not None]
    totals: dict[str, float] = {}
    for currency, money in spends:
        totals[currency] = totals.get(currency, 0.0) + (money or 0.0)
    least = {currency for currency, money in spends if money is None}
    return [
        f"{'≥' if currency in least else ''}{_money((currency, total))} spent"
        for currency, total in totals.items()
    ]


def _done(pace: Pace) -> str:
    return f"{pace.done:,}/{pace.planned:,}"


def _numbers(pace: Pace) -> tuple[str, str, str, str]:
    rate = NOTHING if pace.rate is None else f"{pace.rate:.1f}"
    correct = NOTHING if pace.correct is None else percent(pace.correct)
    return rate, correct, f"{pace.input:,}", f"{pace.output:,}"


def _money(spend: Spend | None) -> str:
    if spend is None:
        return NOTHING
    currency, money = spend
    return UNKNOWN if money is None else f"{currency} {money:.4f}"


def _left(pace: Pace) -> str:
    if pace.done >= pace.planned:
        return "done"
    return NOTHING if pace.left is None else clock_time(pace.left)
