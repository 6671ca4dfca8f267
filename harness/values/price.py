"""What tokens cost: usage and a price in, money out. Pure."""

from __future__ import annotations

from harness.values.reply import Usage
from harness.values.suite import Price

PER_MILLION = 1e6


def per_token(price: Price) -> tuple[float, float, float, float]:
    """Money per token of input, cached, cache_write and output, where the first includes both."""
    cached = price.input if price.cached is None else price.cached
    written = price.input if price.cache_write is None else price.cache_write
    each = (price.input, cached - price.input, written - price.input, price.output)
    first, second, third, last = (amount / PER_MILLION for amount in each)
    return first, second, third, last


def cost(usage: Usage, price: Price) -> float:
    """The cost of one call, or of a sum of calls at one price, in the price's currency.

    `usage.input` includes cached and cache-written tokens; both fall back to the input's price.
    """
    counts = (usage.input, usage.cached, usage.cache_write, usage.output)
    return sum(count * each for count, each in zip(counts, per_token(price), strict=True))
