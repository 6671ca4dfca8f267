"""Budgets: what is admitted, what it costs, and that arms stay together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.runner.budget import Budget
from harness.values.price import Price, Tier
from harness.values.reply import Usage

PRICE = Price(input=2.0, output=10.0, cached=0.5, as_of="2026-01-01", source="list")


def admitted(budget: Budget, costs: dict[str, int], positions: int) -> int:
    """How many whole cases a budget lets through when each is finished before the next."""
    for position in range(positions):
        if not budget.admits(position):
            return position
        for arm, tokens in costs.items():
            budget.pay(arm, Usage(input=tokens))
    return positions


@given(
    st.integers(0, 100_000),
    st.dictionaries(st.sampled_from("abc"), st.integers(1, 5000), min_size=1),
)
def test_constant_costs_fit_exactly(limit: int, costs: dict[str, int]) -> None:
    """As many whole cases as fit are asked, not one more and not one less; the first always is."""
    budget = Budget(limit, dict.fromkeys(costs, 1))
    each = sum(costs.values())
    count = admitted(budget, costs, 1000)
    assert count == min(1000, max(1, limit // each))
    assert budget.spent == count * each
    assert budget.spent <= max(limit, each)
    assert budget.exhausted == (count < 1000)


@given(st.integers(1, 50), st.integers(1, 20), st.data())
def test_replies_in_flight_are_counted(limit: int, ahead: int, data: st.DataObject) -> None:
    """Asking ahead of the replies admits no more than asking one after the other."""
    budget = Budget(float(limit), {"a": 2})
    assert budget.admits(0)
    budget.pay("a", Usage(output=1))
    budget.pay("a", Usage(output=1))
    running = 0
    for position in range(1, 100):
        if not budget.admits(position):
            break
        running += 2
        if running >= ahead:
            for _ in range(data.draw(st.integers(0, running))):
                budget.pay("a", Usage(output=1))
                running -= 1
    assert budget.spent + running <= max(limit, 2)


def test_once_refused_always_refused() -> None:
    """A cheaper case later does not reopen the budget: that would choose cases by their cost."""
    budget = Budget(100, {"a": 1})
    budget.admits(0)
    budget.pay("a", Usage(input=90))
    assert not budget.admits(1)
    budget.pay("a", Usage(input=0))
    assert not budget.admits(1)
    assert budget.exhausted


def test_every_arm_gets_what_one_has_got() -> None:
    """A position that was admitted once is admitted for a slower arm too, whatever was spent."""
    budget = Budget(100, {"fast": 1, "slow": 1})
    budget.admits(0)
    budget.pay("fast", Usage(input=10))
    budget.pay("slow", Usage(input=10))
    assert budget.admits(3)
    budget.pay("slow", Usage(input=500))
    assert not budget.admits(4)
    assert budget.admits(3)


def test_failures_do_not_look_cheap() -> None:
    """A row that failed costs nothing and does not lower what the others are expected to cost."""
    budget = Budget(100, {"a": 1})
    budget.admits(0)
    budget.pay("a", Usage(input=50))
    budget.pay("a", None)
    assert budget.admits(2)
    assert not budget.admits(3)


def test_recordings_show_a_price_and_cost_nothing() -> None:
    """A recalled row is not spent, and what it had cost is expected of the others."""
    budget = Budget(100, {"a": 1})
    budget.admits(0)
    budget.recall("a", Usage(input=40))
    assert budget.spent == 0
    assert budget.admits(2)
    assert not budget.admits(3)


def test_money() -> None:
    """With prices the limit is money."""
    budget = Budget(1.0, {"a": 1}, {"a": PRICE})
    budget.admits(0)
    budget.pay("a", Usage(input=100_000, output=10_000))
    assert budget.spent == pytest.approx(0.3)
    assert budget.admits(2)
    assert not budget.admits(3)


def test_free_arms_are_not_counted() -> None:
    """A classical or replayed arm spends nothing."""
    budget = Budget(10, {"a": 1})
    budget.pay("classical", Usage(input=1000))
    assert budget.spent == 0
    assert budget.charges("a")
    assert not budget.charges("classical")


def test_tiers_and_hours_in_a_budget() -> None:
    """A long request costs what its tier says, and a machine what its seconds take."""
    tier = Tier(above=100, input=20.0, output=100.0)
    price = Price(
        input=2.0, output=10.0, tiers=(tier,), per_hour=36.0, as_of="2026-01-01", source="list"
    )
    budget = Budget(1.0, {"a": 1}, {"a": price})
    budget.pay("a", Usage(input=100, output=1), 2.0)
    assert budget.spent == pytest.approx((100 * 2 + 10) / 1e6 + 2 * 0.01)
    budget.pay("a", Usage(input=101, output=1), 1.0)
    assert budget.spent == pytest.approx((100 * 2 + 10 + 101 * 20 + 100) / 1e6 + 3 * 0.01)


def test_a_machine_by_the_hour_ends_a_budget() -> None:
    """36 an hour, 10 s a reply: 0.1 each, so that a budget of 0.5 holds five."""
    price = Price(per_hour=36.0, as_of="2026-01-01", source="list")
    budget = Budget(0.5000001, {"a": 1}, {"a": price})
    done = 0
    while budget.admits(done):
        budget.pay("a", Usage(input=10), 10.0)
        done += 1
    assert done == 5
