"""What a model costs: usage and a price in, money out. Pure."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import Meta

from harness.values.reply import Usage
from harness.values.table import Table, Text
from harness.values.training import Day

PER_MILLION = 1e6
SECONDS_PER_HOUR = 3600.0

Amount = Annotated[float, Meta(ge=0.0)]
Currency = Annotated[str, Meta(pattern=r"\A[A-Z]{3}\Z")]
Factor = Annotated[float, Meta(gt=0.0, le=1.0)]
Rates: TypeAlias = tuple[float, float, float, float]


class Tier(Table, frozen=True, kw_only=True):
    """Long context: the prices of a whole request whose input tokens exceed `above`."""

    above: Annotated[int, Meta(ge=1)]
    input: Amount
    output: Amount
    cached: Amount | None = None
    cache_write: Amount | None = None


class Price(Table, frozen=True, kw_only=True):
    """What a model costs, by the token, by the hour or both; without a day and a source it is none.

    `input` and `output` are money per million tokens, and stand together; `cached` (read from a
    cache) and `cache_write` are the input's where they are unset. `tiers` rise. `batch` is the
    factor on the prices of tokens that are sent as a batch, None where no such price is known.
    `per_hour` is that of a machine of one's own for the time in which it answers; `hosting` that of
    a deployment for as long as it stands, asked or not.
    """

    as_of: Day
    source: Text
    currency: Currency = "USD"
    input: Amount | None = None
    output: Amount | None = None
    cached: Amount | None = None
    cache_write: Amount | None = None
    tiers: tuple[Tier, ...] = ()
    batch: Factor | None = None
    per_hour: Amount | None = None
    hosting: Amount | None = None

    @property
    def by_token(self) -> bool:
        """Whether tokens cost something, so that without usage the cost is unknown."""
        return self.input is not None


def rates_of(price: Price | Tier) -> Rates:
    """Money per token of input, cached, cache_write and output, where the first includes both.

    All are 0 for a machine that is paid by the hour alone.
    """
    sent = price.input or 0.0
    cached = sent if price.cached is None else price.cached
    written = sent if price.cache_write is None else price.cache_write
    each = (sent, cached - sent, written - sent, price.output or 0.0)
    first, second, third, last = (amount / PER_MILLION for amount in each)
    return first, second, third, last


def cost(usage: Usage, price: Price, seconds: float = 0.0) -> float:
    """What one request costs, in the price's currency: its tokens, and the time of its reply.

    `usage.input` includes cached and cache-written tokens, and all of it decides on the tier. A sum
    over requests must be made of their costs: the cost of their sum may be of another tier.
    """
    tier = next((tier for tier in reversed(price.tiers) if usage.input > tier.above), price)
    counts = (usage.input, usage.cached, usage.cache_write, usage.output)
    tokens = sum(count * each for count, each in zip(counts, rates_of(tier), strict=True))
    return tokens + seconds / SECONDS_PER_HOUR * (price.per_hour or 0.0)
