"""[prices] of harness.toml in, what no single key can show to be wrong out, each at its line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from harness.errors import Problem
from harness.store.toml import KeyPath, line_of
from harness.values.price import Price, Tier

MOST = 10_000.0
"""Money per million tokens, or per hour: what costs more was meant in another unit."""

LEAST = 1e-4
"""Money per million tokens: what costs less, and is not free, was meant per token."""

_BY_TOKEN = ("input", "output", "cached", "cache_write")
_NEED_TOKENS = ("cached", "cache_write", "tiers", "batch")
_BY_HOUR = ("per_hour", "hosting")


class _Fault(NamedTuple):
    path: KeyPath
    message: str
    hint: str


def price_problems(path: Path, text: str, prices: Mapping[str, Price]) -> list[Problem]:
    """Everything that is wrong with prices whose keys are of the right types.

    `text` is that of the file at `path`; it tells what stands there from what has a default.
    """
    try:
        declared: Mapping[str, Any] = tomllib.loads(text).get("prices", {})
    except tomllib.TOMLDecodeError:
        return []
    return [
        Problem(
            file=str(path),
            line=line_of(text, ("prices", name, *fault.path)),
            message=f"{'.'.join(('prices', name, *fault.path))}{fault.message}",
            hint=fault.hint,
        )
        for name, price in prices.items()
        for fault in _faults(price, frozenset(declared[name]))
    ]


def _faults(price: Price, keys: frozenset[str]) -> Iterator[_Fault]:
    yield from _day_faults(price)
    yield from _basis_faults(keys)
    yield from _amount_faults(price)
    yield from _tier_faults(price.tiers)


def _day_faults(price: Price) -> Iterator[_Fault]:
    if not price.as_of:  # missing, which has been said
        return
    try:
        date.fromisoformat(price.as_of)
    except ValueError:
        hint = "write the day on which you looked the price up"
        yield _Fault(("as_of",), f" = {price.as_of!r}: there is no such day", hint)


def _basis_faults(keys: frozenset[str]) -> Iterator[_Fault]:
    """What a price is of: tokens, hours or both."""
    if not keys & {"input", "output", "per_hour"}:
        hint = "write input and output (money per million tokens), or per_hour"
        yield _Fault((), " prices neither tokens nor hours", hint)
    for here, there in (("input", "output"), ("output", "input")):
        if here in keys and there not in keys:
            hint = f"write {there} = 0 if it costs nothing"
            yield _Fault((here,), f" stands there without {there}", hint)
    if not keys & {"input", "output"}:
        for key in (key for key in _NEED_TOKENS if key in keys):
            hint = "write input and output, money per million tokens"
            yield _Fault((key,), " stands there without a price of tokens", hint)


def _amount_faults(price: Price) -> Iterator[_Fault]:
    for key in _BY_TOKEN:
        yield from _token_fault((key,), getattr(price, key))
    for number, tier in enumerate(price.tiers, 1):
        for key in _BY_TOKEN:
            amount = getattr(tier, key)
            for fault in _token_fault(("tiers",), amount):
                yield fault._replace(message=f"[{number}].{key}{fault.message}")
    for key in _BY_HOUR:
        amount = getattr(price, key)
        if amount is not None and amount > MOST:
            hint = "it is money per hour of one machine or deployment"
            yield _Fault((key,), f" = {amount:g} is more than {MOST:,.0f} per hour", hint)


def _token_fault(path: KeyPath, amount: float | None) -> Iterator[_Fault]:
    if amount is None:
        return
    if amount > MOST:
        message = f" = {amount:g} is more than {MOST:,.0f} per million tokens"
        hint = "was it meant per token, or per thousand? Write money per million tokens"
        yield _Fault(path, message, hint)
    elif 0 < amount < LEAST:
        message = f" = {amount:g} is less than {LEAST:g} per million tokens"
        hint = f"was it meant per token? Per million tokens that is {amount * 1e6:g}"
        yield _Fault(path, message, hint)


def _tier_faults(tiers: tuple[Tier, ...]) -> Iterator[_Fault]:
    steps = [tier.above for tier in tiers]
    if any(later <= earlier for earlier, later in pairwise(steps)):
        listed = ", ".join(f"{step:,}" for step in steps)
        hint = "order the tiers by `above`, each larger than the one before"
        yield _Fault(("tiers",), f": `above` does not rise: {listed}", hint)
