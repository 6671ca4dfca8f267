"""Prices without a cache and in batches: what a request then costs."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.cost.prices import batched, without_caching
from harness.values.price import Price, Tier, cost
from harness.values.reply import Usage

from .arms import DATED

PRICE = Price(
    input=1.0,
    output=4.0,
    cached=0.25,
    cache_write=1.25,
    batch=0.5,
    tiers=(Tier(above=100, input=2.0, output=6.0, cached=0.5),),
    **DATED,
)
USAGE = st.builds(
    lambda cached, written, rest, output: Usage(
        input=cached + written + rest, cached=cached, cache_write=written, output=output
    ),
    *[st.integers(0, 200)] * 4,
)


@given(USAGE)
def test_without_a_cache_all_tokens_are_equal(usage):
    """As if no token had been read from one or written to one; tiers too."""
    plain = msgspec.structs.replace(usage, cached=0, cache_write=0)
    assert cost(usage, without_caching(PRICE)) == pytest.approx(cost(plain, PRICE))


@given(USAGE)
def test_a_batch_costs_its_factor(usage):
    """Of every kind of token, in every tier."""
    assert cost(usage, batched(PRICE)) == pytest.approx(cost(usage, PRICE) / 2)


def test_no_batch_price_is_none():
    """It is not the full price; a machine by the hour costs what it costs."""
    assert batched(msgspec.structs.replace(PRICE, batch=None)) is None
    machine = Price(per_hour=3.6, **DATED)
    assert batched(machine) == machine
