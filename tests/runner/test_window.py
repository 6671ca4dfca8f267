"""The adaptive window against the rules of its docstring."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.runner.window import (
    CEILING,
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
def test_no_cut_within_a_pause(declared: int | None, story: Story) -> None:
    """What was asked before the server was known flooded cannot cut the window once more."""
    paused_until = 0.0
    for now, window, _, before, _ in play(declared, story):
        if window.size < before:
            assert now >= paused_until
        paused_until = window.paused_until


@given(declared_sizes, st.lists(st.sampled_from([OK, LIMITED]), max_size=300))
def test_cuts_are_debounced(declared: int | None, story: list[Reply]) -> None:
    """At one moment, without Retry-After: one cut for a few 429 and one for a flood at most."""
    window = Window(declared, 0.0)
    floods = cuts = 0
    for reply in story:
        window.in_flight = int(window.size)
        before = window.size
        flooded = window.settle(reply, 1.0)
        floods += flooded
        cuts += window.size < before and not flooded
    assert cuts <= 1
    assert floods <= 1


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
    """Where none was among the replies, nothing has made the window smaller."""
    limited = 0
    for _, window, _, before, reply in play(declared, story):
        limited += isinstance(reply, Failure) and reply.kind == "rate_limited"
        assert window.size >= before or limited


@pytest.mark.parametrize("trouble", FAILING)
def test_a_troubled_round_pauses_growth(trouble: Reply) -> None:
    """More than a tenth of a round ended in 5xx: no growth for 5 s, then on as before."""
    window = Window(None, 0.0)
    settle(window, trouble, 1.0)
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


def a_round(window: Window, limited: int, now: float, wait: float | None = None) -> float:
    """A round whose last replies are 429."""
    replies = max(8, math.ceil(window.size))
    for number in range(replies):
        last = replies - number <= limited
        settle(window, failure("rate_limited", wait) if last else OK, now)
    return window.size


def test_a_few_429_cost_little() -> None:
    """One limited reply of a round of 100 costs half a percent, at its end and not before."""
    window = Window(100, 0.0)
    assert settle(window, LIMITED, 1.0) == 100
    for _ in range(98):
        settle(window, OK, 1.0)
    assert settle(window, OK, 1.0) == pytest.approx(99.5)


def test_a_cut_does_not_stop_growth() -> None:
    """The debounce is of cuts: what a server refuses now and then is won back meanwhile."""
    window = Window(100, 0.0)
    size = a_round(window, 4, 1.0, 60.0)
    assert size == pytest.approx(98)
    assert settle(window, OK, 1.1) == pytest.approx(size + 1 / size)


def test_a_flood_halves_as_soon_as_it_is_certain() -> None:
    """A quarter of a round is enough, wherever in it; three 429 at least."""
    window = Window(40, 0.0)
    for _ in range(9):
        assert settle(window, LIMITED, 1.0) == 40
    assert settle(window, LIMITED, 1.0) == 20
    small = Window(2, 0.0)
    for _ in range(2):
        assert settle(small, LIMITED, 1.0) == 2
    assert settle(small, LIMITED, 1.0) == 1


def test_a_flood_after_a_cut_is_not_debounced() -> None:
    """The 15 s after a proportional cut do not hide that the server has had enough."""
    window = Window(100, 0.0)
    a_round(window, 4, 1.0)
    assert a_round(window, 50, 2.0) < 51


@pytest.mark.parametrize(
    ("waits", "pause"),
    [([None, None, None], 1.0), ([30.0, 5.0, None], 5.0), ([0.0, 0.0, 0.0], 1.0)],
)
def test_the_pause_of_a_flood(waits: list[float | None], pause: float) -> None:
    """The shortest Retry-After of the round; a second where it is none worth the name."""
    window = Window(8, 10.0)
    flooded = [window.settle(failure("rate_limited", wait), 10.0) for wait in waits]
    assert flooded == [False, False, True]
    assert window.paused_until == 10.0 + pause


def flood(window: Window, now: float, wait: float | None = None) -> float:
    """429 until the window sees a flood; its pause."""
    while not window.settle(failure("rate_limited", wait), now):
        pass
    return window.paused_until - now


def test_pauses_double_from_flood_to_flood() -> None:
    """Up to 15 s where the server names no time; a round without a flood starts anew."""
    window = Window(256, 0.0)
    for pause in (1.0, 2.0, 4.0, 8.0, 15.0, 15.0):
        assert flood(window, window.paused_until) == pause
    a_round(window, 0, window.paused_until)
    assert flood(window, window.paused_until) == 1.0


def test_one_place_on_trial() -> None:
    """Where one place was still too much, the first 429 of the next round is a flood again."""
    window = Window(1, 0.0)
    assert [window.settle(LIMITED, 0.0) for _ in range(3)] == [False, False, True]
    assert window.settle(LIMITED, 1.0)


def test_old_replies_do_not_soften_a_cut() -> None:
    """Only the last round counts: a thousand answers before the trouble change nothing."""
    sizes = []
    for answers in (0, 1000):
        window = Window(8, 0.0)
        for _ in range(answers):
            settle(window, OK, 0.0)
        sizes.append([settle(window, LIMITED, 1.0) for _ in range(4)])
    assert sizes[0] == sizes[1]


def test_slow_start_then_additive() -> None:
    """By one per reply until the first cut, then by one per round."""
    window = Window(None, 0.0)
    assert settle(window, OK, 1.0) == FIRST + 1
    settle(window, LIMITED, 1.0)
    while window.history[-1].reason != "429":
        settle(window, OK, 1.0)
    size = window.size
    assert settle(window, OK, 2.0) == pytest.approx(size + 1 / size)


def test_unused_window_does_not_grow() -> None:
    """What is not used is not known to be bearable."""
    window = Window(None, 0.0)
    assert settle(window, OK, 1.0, used=12) == FIRST
    assert settle(window, OK, 1.0, used=13) == FIRST + 1


def test_growth_waits_after_a_flood() -> None:
    """The round after a flood shows whether the half is bearable; only then it grows."""
    window = Window(32, 0.0)
    flood(window, 0.0, 3.0)
    assert a_round(window, 0, 3.0) == 16
    assert settle(window, OK, 3.1) > 16


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
    a_round(window, 1, 11.5, 0.0)
    settle(window, OK, 12.0)
    settle(window, OK, 12.0)
    assert [(change.at, change.reason) for change in window.history] == [
        (0.0, "start"),
        (1.5, "429"),
        (2.0, "ceiling"),
    ]
    for minute in range(1, 2 * HISTORY):
        a_round(window, 1, 60.0 * minute)
    assert len(window.history) == HISTORY
