"""Prices as people name them: declared, packaged, of a provider's catalogue, or unknown."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from harness.store.prices.named import named_price, named_tuning
from harness.store.settings import Settings
from harness.values.price import Price

DAY = date(2026, 11, 28)
MINI = "gpt-4.1-mini-2025-04-14"
OWN = Price(per_hour=0.5, as_of="2026-11-01", source="a bill")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path, prices={"my machine": OWN})


@pytest.mark.parametrize(
    ("name", "amounts"),
    [
        (f"openai/{MINI}", (0.4, 0.1, 1.6, None)),
        (MINI, (0.4, 0.1, 1.6, None)),
        (f"openai/ft:{MINI}", (0.8, 0.2, 3.2, None)),
        (f"ft:{MINI}", (0.8, 0.2, 3.2, None)),
        (f"azure/ft:{MINI}", (0.4, 0.1, 1.6, 1.7)),
        ("gpt-6-luna", (0.1, 0.01, 0.5, None)),
    ],
)
def test_hosted_models_are_known_by_provider_and_name(settings, name, amounts):
    """The table of the project's sources; a model without a provider is its maker's."""
    price = named_price(name, settings, DAY)
    assert (price.input, price.cached, price.output, price.hosting) == amounts
    assert price.source
    assert price.as_of


def test_what_is_declared_goes_first(settings):
    """By its name, whatever that is."""
    assert named_price("my machine", settings, DAY) == OWN
    own = Settings(settings.root, prices={MINI: OWN})
    assert named_price(MINI, own, DAY) == OWN


@pytest.mark.parametrize("name", ["nothing", "openai/nothing", "nobody/gpt-4.1-mini", "ft:nothing"])
def test_unknown_is_none(settings, name):
    """Never a price of something that is called alike."""
    assert named_price(name, settings, DAY) is None


def test_training_is_priced_by_openai_alone():
    """Azure's price of training is not known, and a base model has none."""
    assert named_tuning(f"openai/ft:{MINI}").training == 5.0
    assert named_tuning(f"ft:{MINI}").shutdown == "2027-01-14"
    assert named_tuning(f"azure/ft:{MINI}") is None
    assert named_tuning(f"openai/{MINI}") is None
