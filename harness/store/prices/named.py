"""A price as people name it in, the price out: 'my machine', 'openai/gpt-4.1-mini', '…/ft:…'."""

from __future__ import annotations

from datetime import date

from harness.store.prices.catalogue import catalogue_price
from harness.store.prices.tuned import (
    names_tuned,
    read_tuning_prices,
    tuned_price,
    tuning_price_of,
)
from harness.store.settings import Settings
from harness.values.price import Price
from harness.values.tuning_price import TuningPrice

MAKERS = ("openai", "anthropic", "google")
"""Who is meant, in this order, by a model without a provider."""


def named_price(name: str, settings: Settings, day: date) -> Price | None:
    """The price that a name stands for on a day; None where nobody knows one.

    [prices] of harness.toml come first, then the packaged tables of tuned models for a name with
    'ft:' in it, else the catalogue of hosted models.
    """
    own = settings.prices.get(name)
    if own is not None:
        return own
    for provider, model in _places(name):
        tuned = names_tuned(model)
        found = tuned_price(model, provider) if tuned else catalogue_price(provider, model, day)
        if found is not None:
            return found
    return None


def named_tuning(name: str) -> TuningPrice | None:
    """What OpenAI's table says of training the model behind a name, and of its last day.

    None for what was not tuned there: another provider's training costs something else.
    """
    for provider, model in _places(name):
        if provider == "openai" and names_tuned(model):
            return tuning_price_of(model, read_tuning_prices())
    return None


def _places(name: str) -> list[tuple[str, str]]:
    provider, slash, model = name.partition("/")
    return [(provider, model)] if slash else [(maker, name) for maker in MAKERS]
