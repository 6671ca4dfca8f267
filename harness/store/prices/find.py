"""A model as an endpoint answers for it in, its price out: declared, packaged or unknown."""

from __future__ import annotations

import os
from datetime import date

from harness.store.prices.catalogue import catalogue_price, provider_at
from harness.store.prices.tuned import names_tuned, tuned_price
from harness.store.settings import Settings
from harness.values.endpoint import AnthropicSpec, EndpointSpec, OpenAISpec
from harness.values.price import Price

OPENAI_URL = "https://api.openai.com/v1"


def price_of_model(
    model: str, settings: Settings, *, endpoint: str, day: date, base: str = ""
) -> Price | None:
    """What a model costs on a day at one of the settings' endpoints; None where it is unknown.

    `base` is the model that this one was tuned from, where that is known. Three places are asked:
    [prices] of harness.toml, first "ENDPOINT/MODEL" and then "MODEL"; for a tuned model the
    packaged tables of tuned models, and nothing else, because a tuned model does not cost what its
    base does; for any other the catalogue of hosted models, and that only where the endpoint's URL
    says whose API it is: a local model may bear a hosted one's name.
    """
    own = settings.prices.get(price_key(endpoint, model)) or settings.prices.get(model)
    if own is not None:
        return own
    provider = provider_of_endpoint(settings.endpoints.get(endpoint))
    if provider is None:
        return None
    if base or names_tuned(model):
        return tuned_price(base or model, provider)
    return catalogue_price(provider, model, day)


def price_key(endpoint: str, model: str) -> str:
    """A model at one endpoint: two of them may call different models, or prices, by one name."""
    return f"{endpoint}/{model}"


def provider_of_endpoint(spec: EndpointSpec | None) -> str | None:
    """Whose API an endpoint is, as its URL says; None for a server of one's own, or none at all."""
    if isinstance(spec, OpenAISpec):
        return provider_at(spec.base_url or os.environ.get("OPENAI_BASE_URL") or OPENAI_URL)
    return provider_at(spec.base_url) if isinstance(spec, AnthropicSpec) else None
