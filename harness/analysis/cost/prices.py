"""A price in, the same without a cache or sent as a batch out. Pure."""

from __future__ import annotations

import msgspec

from harness.values.price import Price, Tier


def without_caching(price: Price) -> Price:
    """Tokens that are read from a cache, or written to one, cost as much as all others."""
    plain = {"cached": None, "cache_write": None}
    tiers = tuple(msgspec.structs.replace(tier, **plain) for tier in price.tiers)
    return msgspec.structs.replace(price, tiers=tiers, **plain)


def batched(price: Price) -> Price | None:
    """The price of a request in a batch; None where no such price is known.

    A machine by the hour costs the same: what is paid is its time.
    """
    if not price.by_token:
        return price
    if price.batch is None:
        return None
    return msgspec.structs.replace(
        price,
        tiers=tuple(_times(tier, price.batch) for tier in price.tiers),
        input=_product(price.input, price.batch),
        output=_product(price.output, price.batch),
        cached=_product(price.cached, price.batch),
        cache_write=_product(price.cache_write, price.batch),
    )


def _times(tier: Tier, factor: float) -> Tier:
    return msgspec.structs.replace(
        tier,
        input=tier.input * factor,
        output=tier.output * factor,
        cached=_product(tier.cached, factor),
        cache_write=_product(tier.cache_write, factor),
    )


def _product(amount: float | None, factor: float) -> float | None:
    return None if amount is None else amount * factor
