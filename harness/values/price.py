"""What tokens cost: usage and a price in, money out. Pure."""

from __future__ import annotations

from harness.values.reply import Usage
from harness.values.suite import Price

PER_MILLION = 1e6


def cost(usage: Usage, price: Price) -> float:
    """The cost of one call, or of a sum of calls at one price, in the price's currency.

    `usage.input` includes cached and cache-written tokens; both fall back to the input's price.
    """
    cached = price.input if price.cached is None else price.cached
    written = price.input if price.cache_write is None else price.cache_write
    fresh = usage.input - usage.cached - usage.cache_write
    total = fresh * price.input + usage.cached * cached + usage.cache_write * written
    return (total + usage.output * price.output) / PER_MILLION
