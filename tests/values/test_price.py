"""Prices: what a call costs, by hand."""

from __future__ import annotations

import pytest

from harness.values.price import Price, Tier, cost
from harness.values.reply import Usage

PRICE = Price(input=2.0, output=10.0, cached=0.5, as_of="2026-01-01", source="list")


def test_price() -> None:
    """Fresh input, cached input and output have their own prices, per million tokens."""
    usage = Usage(input=1_000_000, cached=400_000, output=100_000)
    assert cost(usage, PRICE) == pytest.approx(0.6 * 2 + 0.4 * 0.5 + 0.1 * 10)


def test_price_without_a_cached_price() -> None:
    """Cached input costs what input costs where no price is declared for it."""
    plain = Price(input=2.0, output=10.0, as_of="2026-01-01", source="list")
    assert cost(Usage(input=1_000_000, cached=400_000), plain) == pytest.approx(2.0)


def test_cache_writes_have_a_price_of_their_own() -> None:
    """Tokens written to a cache cost the declared price, or what input costs."""
    usage = Usage(input=1_000_000, cache_write=200_000)
    dear = Price(input=2.0, output=10.0, cache_write=2.5, as_of="2026-01-01", source="list")
    assert cost(usage, dear) == pytest.approx(0.8 * 2 + 0.2 * 2.5)
    assert cost(usage, PRICE) == pytest.approx(2.0)


LONG = Tier(above=200_000, input=4.0, output=15.0, cached=1.0)


def test_a_tier_holds_for_the_whole_request():
    """At the step the low price still holds; one token above it all tokens cost the high one."""
    price = Price(input=2.0, output=10.0, tiers=(LONG,), as_of="2026-01-01", source="list")
    assert cost(Usage(200_000, output=10), price) == pytest.approx(0.4 + 1e-4)
    above = Usage(200_001, cached=100_000, output=10)
    assert cost(above, price) == pytest.approx((100_001 * 4 + 100_000 * 1 + 10 * 15) / 1e6)


def test_of_several_tiers_the_highest_that_is_exceeded():
    """Tiers rise; cached tokens fall back to the input's price of the tier."""
    higher = Tier(above=500_000, input=8.0, output=30.0)
    price = Price(input=2.0, output=10.0, tiers=(LONG, higher), as_of="2026-01-01", source="list")
    used = Usage(600_000, cached=600_000)
    assert cost(used, price) == pytest.approx(4.8)


def test_the_sum_of_costs_is_not_the_cost_of_a_sum():
    """Two short requests are not one long one."""
    price = Price(input=2.0, output=10.0, tiers=(LONG,), as_of="2026-01-01", source="list")
    one = cost(Usage(150_000), price)
    assert 2 * one == pytest.approx(0.6)
    assert cost(Usage(300_000), price) == pytest.approx(1.2)


def test_a_machine_is_paid_by_the_seconds_of_its_replies():
    """3.60 an hour is 0.001 a second; tokens cost nothing unless they have a price too."""
    machine = Price(per_hour=3.6, as_of="2026-01-01", source="my power bill")
    assert cost(Usage(1_000_000, output=5), machine, 2.5) == pytest.approx(0.0025)
    both = Price(input=2.0, output=10.0, per_hour=3.6, as_of="2026-01-01", source="list")
    assert cost(Usage(1_000), both, 1.0) == pytest.approx(0.002 + 0.001)
    assert not machine.by_token
    assert both.by_token


def test_hosting_is_no_cost_of_a_request():
    """It is paid whether or not anything is asked."""
    hosted = Price(input=2.0, output=10.0, hosting=1.7, as_of="2026-03-01", source="list")
    assert cost(Usage(1_000_000), hosted, 3600.0) == 2.0
