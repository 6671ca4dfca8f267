"""Prices: what a call costs, by hand."""

from __future__ import annotations

import pytest

from harness.values.price import cost
from harness.values.reply import Usage
from harness.values.suite import Price

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
