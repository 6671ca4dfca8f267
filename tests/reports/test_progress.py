from __future__ import annotations

import io
import threading

import pytest
from rich.console import Console

from harness.reports import progress as module
from harness.reports.progress import (
    LiveProgress,
    PlainProgress,
    Tally,
    pace_grid,
    pace_line,
    progress,
)
from harness.values.price import Price, Tier
from harness.values.reply import Usage
from harness.values.score import Outcome

from .runs import record

PRICE = Price(input=2.0, cached=0.5, output=8.0, as_of="2026-11-21", source="a table")


class Clock:
    """Time that passes when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def half_done() -> tuple[Tally, Clock]:
    """Ten of twenty records in five seconds, one in two of them correct."""
    clock = Clock()
    tally = Tally({"a": 20, "b": 5}, prices={"a": PRICE}, clock=clock)
    for case in range(10):
        outcome = (Outcome.CORRECT, Outcome.PROVIDER_ERROR)[case % 2]
        tally.settled(record(case, outcome, arm="a", usage=Usage(100, cached=40, output=10)))
    clock.now = 5.0
    return tally, clock


def test_a_pace_says_rate_share_tokens_and_time_left():
    """Errors count as done and not as correct; only answers have tokens."""
    tally, _ = half_done()
    pace, idle = tally.paces()
    assert (pace.done, pace.planned, pace.rate, pace.correct) == (10, 20, 2.0, 0.5)
    assert (pace.input, pace.output, pace.left) == (500, 50, 5.0)
    assert (idle.rate, idle.correct, idle.left, idle.spend) == (None, None, None, None)


def test_spend_bills_cached_tokens_at_their_own_price():
    """5 answers: 300 fresh, 200 cached, 50 out."""
    pace = half_done()[0].paces()[0]
    assert pace.spend == ("USD", pytest.approx((300 * 2 + 200 * 0.5 + 50 * 8) / 1e6))


def test_a_resumed_run_starts_where_it_stopped_but_not_faster():
    """What an earlier process did is done, and says nothing about the rate of this one."""
    clock = Clock()
    tally = Tally({"a": 20}, done={"a": 15}, clock=clock)
    tally.settled(record(0, arm="a"))
    clock.now = 1.0
    (pace,) = tally.paces()
    assert (pace.done, pace.rate, pace.left) == (16, 1.0, 4.0)


def test_the_rate_is_that_of_the_last_half_minute():
    """A slow start is forgotten."""
    clock = Clock()
    tally = Tally({"a": 1000}, clock=clock)
    for second in range(100):
        clock.now = float(second)
        if second >= 60:
            tally.settled(record(second, arm="a"))
        (pace,) = tally.paces()
    assert pace.rate == pytest.approx(1.0, abs=0.05)


def test_the_time_left_is_that_of_all_arms_together():
    """Arms that run one after the other: those that have not begun count too."""
    clock = Clock()
    tally = Tally({"a": 10, "b": 90}, clock=clock)
    for second in range(1, 11):
        clock.now = float(second)
        tally.settled(record(second, arm="a"))
    assert tally.left() == pytest.approx(90.0)


@pytest.mark.parametrize("width", [80, 110])
def test_the_live_display_fits(width, snapshot):
    """One line per arm; the bar needs room."""
    file = io.StringIO()
    console = Console(file=file, width=width)
    console.print(pace_grid(half_done()[0].paces(), half_done()[0].left(), width, priced=True))
    lines = [line.rstrip() for line in file.getvalue().split("\n")]
    assert max(map(len, lines)) <= width
    assert "\n".join(lines) == snapshot


def test_the_plain_line_reads_alone(snapshot):
    """A log has it every ten seconds."""
    assert pace_line(half_done()[0].paces(), half_done()[0].left()) == snapshot


def test_plain_progress_writes_on_its_own_thread_and_at_the_end(monkeypatch):
    """Lines come while the run goes on, without anybody asking, and one when it is over."""
    monkeypatch.setattr(module, "PLAIN_EVERY_S", 0.01)
    written: list[str] = []
    wrote = threading.Event()

    def write(line: str) -> None:
        written.append(line)
        wrote.set()

    with PlainProgress(Tally({"a": 2}), write) as watching:
        watching.settled(record(0, arm="a"))
        assert wrote.wait(5)
        watching.settled(record(1, arm="a"))
    assert written[-1].startswith("2/2 done")
    assert not watching._thread.is_alive()


def test_live_progress_leaves_its_last_state_on_the_screen():
    """After the run the counts stay readable."""
    file = io.StringIO()
    console = Console(file=file, width=100, force_terminal=True, color_system=None)
    with LiveProgress(Tally({"a": 1}), console) as watching:
        watching.settled(record(0, arm="a"))
    assert "1/1" in file.getvalue().rsplit("\x1b[2K", 1)[-1]


@pytest.mark.parametrize(("terminal", "kind"), [(True, LiveProgress), (False, PlainProgress)])
def test_the_console_decides_between_display_and_lines(terminal, kind):
    """A log file gets lines, a terminal a display."""
    console = Console(file=io.StringIO(), force_terminal=terminal, _environ={"TERM": "xterm"})
    assert isinstance(progress(Tally({"a": 1}), console), kind)


def test_spend_of_long_replies_and_of_a_machine():
    """Each reply by its own tier and seconds; one whose usage is unknown makes the sum so."""
    price = Price(
        input=1.0,
        output=1.0,
        tiers=(Tier(above=100, input=5.0, output=5.0),),
        per_hour=3.6,
        as_of="2026-11-21",
        source="a table",
    )
    tally = Tally({"a": 5}, prices={"a": price}, clock=Clock())
    for tokens in (60, 60, 200):
        tally.settled(record(0, arm="a", usage=Usage(tokens), latency=2.0))
    money = (60 + 60 + 200 * 5) / 1e6 + 3 * 0.002
    assert tally.paces()[0].spend == ("USD", pytest.approx(money))
    tally.settled(record(0, arm="a", usage=None))
    assert tally.paces()[0].spend == ("USD", None)
    assert "≥USD 0.0000 spent" in pace_line(tally.paces(), None)
