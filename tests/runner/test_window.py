"""The adaptive window against the rules of its docstring."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.runner.window import (
    CEILING,
    DEBOUNCE_S,
    FIRST,
    GROWTH_PAUSE_S,
    HISTORY,
    USED_SHARE,
    Window,
)
from harness.values.reply import Failure, Reply

from .simulation import answer, failure

OK = answer()
LIMITED = failure("rate_limited")
FAILING = [failure(kind) for kind in ("server_error", "overloaded")]

replies = st.one_of(
    st.just(OK),
    st.builds(lambda wait: failure("rate_limited", wait), st.none() | st.floats(0, 60)),
    st.sampled_from([*FAILING, failure("timeout"), failure("connection"), failure("bad_request")]),
)
events = st.lists(
    st.tuples(st.floats(0, 20), st.integers(0, 300), replies), min_size=1, max_size=300
)
declared_sizes = st.none() | st.integers(1, 300)

Story = list[tuple[float, int, Reply]]
Moment = tuple[float, Window, int, float, Reply]


def play(declared: int | None, story: Story) -> Iterator[Moment]:
    """After each reply: time, window, how many were in flight, the size before, the reply."""
    now = 0.0
    window = Window(declared, now)
    for pause, wanted, reply in story:
        now += pause
        window.in_flight = max(1, min(wanted, int(window.size)))
        used, before = window.in_flight, window.size
        window.settle(reply, now)
        assert window.in_flight == used - 1
        yield now, window, used, before, reply


def settle(window: Window, reply: Reply, now: float, used: int | None = None) -> float:
    """One reply to a window of which `used` (by default all) places are taken."""
    window.in_flight = int(window.size) if used is None else used
    window.settle(reply, now)
    return window.size


@given(declared_sizes, events)
def test_size_stays_in_its_bounds(declared: int | None, story: Story) -> None:
    """Never below 1 and never above the declared concurrency, or the ceiling where none is."""
    for _, window, *_ in play(declared, story):
        assert 1 <= window.size <= (declared or CEILING)


@given(declared_sizes, events)
def test_no_two_cuts_within_a_debounce(declared: int | None, story: Story) -> None:
    """After a cut the size cannot fall before Retry-After, or 15 s without one, is over."""
    quiet_until = 0.0
    for now, window, _, before, reply in play(declared, story):
        if window.size < before:
            assert now >= quiet_until
        cut_due = isinstance(reply, Failure) and reply.kind == "rate_limited"
        if cut_due and now >= quiet_until:
            wait = reply.retry_after if isinstance(reply, Failure) else None
            quiet_until = now + (DEBOUNCE_S if wait is None else wait)


@given(declared_sizes, events)
def test_growth_only_when_used_and_answered(declared: int | None, story: Story) -> None:
    """The size rises only at an answer, with 80 % of it in use, by at most one."""
    for _, window, used, before, reply in play(declared, story):
        if window.size > before:
            assert reply is OK
            assert used >= USED_SHARE * int(before)
            assert window.size - before <= 1


@given(declared_sizes, events)
def test_only_rate_limits_cut(declared: int | None, story: Story) -> None:
    """No other failure makes the window smaller."""
    for _, window, _, before, reply in play(declared, story):
        if window.size < before:
            assert isinstance(reply, Failure)
            assert reply.kind == "rate_limited"


@pytest.mark.parametrize("trouble", FAILING)
def test_a_troubled_round_pauses_growth(trouble: Reply) -> None:
    """More than a twentieth of a round ended in 5xx: no growth for 5 s, then on as before."""
    window = Window(None, 0.0)
    size = settle(window, trouble, 1.0)
    assert settle(window, OK, 1.0 + GROWTH_PAUSE_S / 2) == size
    assert settle(window, OK, 1.0 + GROWTH_PAUSE_S) == size + 1


def test_a_rare_5xx_pauses_nothing() -> None:
    """One among a hundred is no trouble: a large window goes on growing."""
    window = Window(None, 0.0)
    while window.size < 100:
        settle(window, OK, 1.0)
    size = settle(window, FAILING[0], 1.0)
    assert settle(window, OK, 1.0) == size + 1


def test_a_cut_does_not_stop_growth() -> None:
    """The debounce is of cuts: what a server refuses now and then is won back meanwhile."""
    window = Window(100, 0.0)
    size = settle(window, failure("rate_limited", 60.0), 1.0)
    assert size < 100
    assert settle(window, OK, 1.1) > size


def test_slow_start_then_additive() -> None:
    """By one per reply until the first cut, then by one per round."""
    window = Window(None, 0.0)
    assert settle(window, OK, 1.0) == FIRST + 1
    size = settle(window, failure("rate_limited", 0.0), 1.0)
    assert settle(window, OK, 2.0) == pytest.approx(size + 1 / size)


def test_a_round_of_429_halves() -> None:
    """All replies of the last round limited: the window halves at the next one."""
    window = Window(16, 0.0)
    first = settle(window, LIMITED, 0.0)
    for _ in range(20):
        settle(window, LIMITED, 1.0)
    assert settle(window, LIMITED, DEBOUNCE_S) == pytest.approx(first / 2)


def test_a_few_429_cost_little() -> None:
    """One limited reply of a round of 16 costs a thirty-second."""
    window = Window(16, 0.0)
    for _ in range(15):
        settle(window, OK, 0.0)
    assert settle(window, LIMITED, 1.0) == pytest.approx(16 * (1 - 1 / 32))


def test_old_replies_do_not_soften_a_cut() -> None:
    """Only the last round counts: a thousand answers before the trouble change nothing."""
    sizes = []
    for answers in (0, 1000):
        window = Window(8, 0.0)
        for _ in range(answers):
            settle(window, OK, 0.0)
        settle(window, LIMITED, 1.0)
        for _ in range(10):
            settle(window, LIMITED, 2.0)
        sizes.append(settle(window, LIMITED, 1.0 + DEBOUNCE_S))
    assert sizes[0] == sizes[1]


def test_unused_window_does_not_grow() -> None:
    """What is not used is not known to be bearable."""
    window = Window(None, 0.0)
    assert settle(window, OK, 1.0, used=12) == FIRST
    assert settle(window, OK, 1.0, used=13) == FIRST + 1


def test_growth_waits_after_a_cut() -> None:
    """Until Retry-After is over the window does not grow either."""
    window = Window(None, 0.0)
    size = settle(window, failure("rate_limited", 3.0), 0.0)
    assert settle(window, OK, 2.9) == size
    assert settle(window, OK, 3.0) > size


def test_open_counts_whole_places() -> None:
    """A window of 1.9 has one place."""
    window = Window(1, 0.0)
    window.size = 1.9
    assert window.open
    window.in_flight = 1
    assert not window.open


def test_history_explains_and_is_bounded() -> None:
    """Start, ceiling and cuts are noted with seconds since the start; never more than 500."""
    window = Window(2, 10.0)
    settle(window, failure("rate_limited", 0.0), 11.5)
    settle(window, OK, 12.0)
    settle(window, OK, 12.0)
    assert [(change.at, change.reason) for change in window.history] == [
        (0.0, "start"),
        (1.5, "429"),
        (2.0, "ceiling"),
    ]
    for second in range(2 * HISTORY):
        settle(window, failure("rate_limited", 0.0), 20.0 + second)
    assert len(window.history) == HISTORY
