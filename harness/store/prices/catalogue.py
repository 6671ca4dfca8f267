"""The packaged prices of hosted base models (genai-prices): a provider and a model in, a Price out.

The package holds a snapshot of public prices, and nothing is ever downloaded. What one `Price`
cannot say of a model (a price by the hour of the day, a fee per request) makes its price unknown.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harness.values.price import Price, Tier

if TYPE_CHECKING:
    from genai_prices.data_snapshot import DataSnapshot
    from genai_prices.types import ModelInfo, ModelPrice, TieredPrices

    Amounts = dict[str, Decimal | TieredPrices]

_FIELDS = {
    "input": "input_mtok",
    "output": "output_mtok",
    "cached": "cache_read_mtok",
    "cache_write": "cache_write_mtok",
}
_NOT_BY_TOKEN = frozenset({"requests_kcount", "output_reasoning_mtok", "output_citation_mtok"})
_BATCH = {"processing": "batch"}


@lru_cache(maxsize=256)
def provider_at(url: str) -> str | None:
    """The provider whose API answers at a URL: 'openai', 'azure', ...; None for anybody else's.

    The snapshot knows how such URLs begin; 'https://api.openai.com.example' begins so as well. It
    takes a fifth of a second to load, and nobody's prices hold on this machine or its own network.
    """
    if _is_near(urlsplit(url).hostname or ""):
        return None
    try:
        found = _snapshot().find_provider(None, None, url)
    except LookupError:
        return None
    matched = re.match(found.api_pattern, url)
    end = matched.end() if matched else 0
    whole = url[end - 1] in "/." or url[end : end + 1] in ("", "/", ":", "?")
    return found.id if whole else None


def _is_near(host: str) -> bool:
    """Whether a host is this machine, or one that the internet does not know."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(".local")


@lru_cache(maxsize=1024)
def catalogue_price(provider: str, model: str, day: date) -> Price | None:
    """What a provider asked for a model on a day; None where the snapshot does not say.

    The price's own `as_of` is the last day until `day` on which, as far as the snapshot knows, any
    price changed: the snapshot bears no date, and it is at least as new.
    """
    snapshot = _snapshot()
    try:
        found, info = snapshot.find_provider_model(model, None, provider, None)
    except LookupError:
        return None
    if _by_hour(info):
        return None
    now = datetime.combine(day, time(12), UTC)
    standard = _amounts(info.get_prices(now))
    if standard.keys() & _NOT_BY_TOKEN or not {"input_mtok", "output_mtok"} <= standard.keys():
        return None
    tiers = _tiers(standard)
    if tiers is None:
        return None
    from genai_prices import __version__

    return Price(
        as_of=_known_until(day).isoformat(),
        source=f"genai-prices {__version__}, {found.id}/{info.id}",
        tiers=tiers,
        batch=_batch(info, standard, now) if info in found.models else None,
        input=_at_base(standard, "input_mtok"),
        output=_at_base(standard, "output_mtok"),
        cached=_at_base(standard, "cache_read_mtok"),
        cache_write=_at_base(standard, "cache_write_mtok"),
    )


def _snapshot() -> DataSnapshot:
    from genai_prices.data_snapshot import get_snapshot

    return get_snapshot()


def _amounts(price: ModelPrice) -> Amounts:
    return {name: amount for name, amount in vars(price).items() if amount is not None}


def _by_hour(info: ModelInfo) -> bool:
    from genai_prices.types import ModelPrice, TimeOfDateConstraint

    if isinstance(info.prices, ModelPrice):
        return False
    return any(isinstance(price.constraint, TimeOfDateConstraint) for price in info.prices)


def _base(amount: Decimal | TieredPrices) -> Decimal:
    return amount if isinstance(amount, Decimal) else amount.base


def _at_base(amounts: Amounts, key: str) -> float | None:
    return float(_base(amounts[key])) if key in amounts else None


def _from(amount: Decimal | TieredPrices, above: int) -> float:
    """The amount for a request of more than `above` input tokens."""
    if isinstance(amount, Decimal):
        return float(amount)
    return float(next((t.price for t in reversed(amount.tiers) if t.start <= above), amount.base))


def _tiers(amounts: Amounts) -> tuple[Tier, ...] | None:
    """All steps of any of the prices; None where one step is at 0, which is none."""
    priced = {name: amounts[key] for name, key in _FIELDS.items() if key in amounts}
    steps = {
        tier.start
        for amount in priced.values()
        if not isinstance(amount, Decimal)
        for tier in amount.tiers
    }
    if steps and min(steps) < 1:
        return None
    return tuple(
        Tier(above=above, **{name: _from(amount, above) for name, amount in priced.items()})
        for above in sorted(steps)
    )


def _batch(info: ModelInfo, standard: Amounts, now: datetime) -> float | None:
    """The factor of a batch, where the snapshot has one and it is that of input and output."""
    if not any(variant.when == _BATCH for variant in info.price_variants or ()):
        return None
    batch = _amounts(info.get_prices(now, _BATCH))
    keys = (_FIELDS["input"], _FIELDS["output"])
    if not all(_base(standard[key]) for key in keys):
        return None
    factors = {_base(batch[key]) / _base(standard[key]) for key in keys}
    factor = float(factors.pop())
    return factor if not factors and 0 < factor < 1 else None


@lru_cache(maxsize=64)
def _known_until(day: date) -> date:
    days = _days_of_change()
    return max((known for known in days if known <= day), default=min(days))


@lru_cache(maxsize=1)
def _days_of_change() -> frozenset[date]:
    from genai_prices.types import ModelPrice, StartDateConstraint

    models = [model for provider in _snapshot().providers for model in provider.models]
    constraints = [
        part.constraint
        for model in models
        for part in (
            *(() if isinstance(model.prices, ModelPrice) else model.prices),
            *(model.price_variants or ()),
        )
    ]
    return frozenset(c.start_date for c in constraints if isinstance(c, StartDateConstraint))
