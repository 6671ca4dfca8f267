"""Where a price is found: the user's own before ours before the catalogue's, and never a guess."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from harness.store.prices.find import price_of_model
from harness.store.settings import Settings
from harness.values.endpoint import AnthropicSpec, LocalSpec, OpenAISpec, RecordedSpec
from harness.values.price import Price

DAY = date(2026, 11, 28)
ENDPOINTS = {
    "local": LocalSpec(),
    "openai": OpenAISpec(),
    "azure": OpenAISpec(base_url="https://me.openai.azure.com/openai/v1/"),
    "mine": OpenAISpec(base_url="http://127.0.0.1:8000/v1", key_env=""),
    "anthropic": AnthropicSpec(),
    "recorded": RecordedSpec(),
}
OWN = Price(input=7.0, output=7.0, as_of="2026-11-01", source="my contract", currency="EUR")
TUNED = "ft:gpt-4.1-mini-2025-04-14:org::id"


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)


def find(model: str, endpoint: str, base: str = "", **prices: Price) -> Price | None:
    settings = Settings(Path(), ENDPOINTS, prices)
    return price_of_model(model, settings, endpoint=endpoint, day=DAY, base=base)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_what_the_user_declares_holds_everywhere(endpoint: str) -> None:
    """For any model of any endpoint, tuned or not."""
    assert find("gpt-4.1-mini", endpoint, **{"gpt-4.1-mini": OWN}) == OWN
    assert find(TUNED, endpoint, **{TUNED: OWN}) == OWN


def test_two_endpoints_may_ask_different_prices_for_one_name() -> None:
    """ENDPOINT/MODEL comes before MODEL, and is of that endpoint alone."""
    other = Price(input=9.0, output=9.0, as_of="2026-11-01", source="another")
    prices = {"openai/gpt-4.1-mini": other, "gpt-4.1-mini": OWN}
    assert find("gpt-4.1-mini", "openai", **prices) == other
    assert find("gpt-4.1-mini", "mine", **prices) == OWN
    assert find("gpt-4.1-mini", "mine", **{"openai/gpt-4.1-mini": other}) is None


@pytest.mark.parametrize("endpoint", ["local", "mine", "recorded", "none"])
def test_a_name_is_not_a_provider(endpoint: str) -> None:
    """A local model may be called as a hosted one is; nobody sends a bill for it."""
    assert find("gpt-4.1-mini", endpoint) is None
    assert find(TUNED, endpoint) is None


def test_hosted_models_of_the_catalogue() -> None:
    """OpenAI, Azure and Anthropic by their URLs."""
    prices = [
        find("gpt-4.1-mini", "openai"),
        find("gpt-4.1-mini", "azure"),
        find("claude-sonnet-4-5", "anthropic"),
    ]
    assert [price.input for price in prices if price] == [0.4, 0.4, 3.0]


def test_a_gateway_of_the_environment_is_not_openai(monkeypatch: pytest.MonkeyPatch) -> None:
    """OPENAI_BASE_URL says who is asked."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    assert find("gpt-4.1-mini", "openai") is None


@pytest.mark.parametrize(
    ("model", "amounts"),
    [
        (TUNED, (0.80, 0.20, 3.20)),
        ("ft:gpt-4.1-2025-04-14:o::x", (3.00, 0.75, 12.00)),
        ("ft:gpt-4.1-nano-2025-04-14:o::x", (0.20, 0.05, 0.80)),
        ("ft:gpt-4o-2024-08-06:o::x", (3.75, 1.875, 15.00)),
        ("ft:gpt-4o-mini-2024-07-18:o::x", (0.30, 0.15, 1.20)),
    ],
)
def test_a_tuned_model_costs_what_tuned_models_cost(model: str, amounts) -> None:
    """Cached input too, which the catalogue bills at the full rate."""
    price = find(model, "openai")
    assert price is not None
    assert (price.input, price.cached, price.output) == amounts
    assert (price.batch, price.hosting) == (0.5, None)


@pytest.mark.parametrize(
    ("model", "base", "endpoint"),
    [
        ("ft:gpt-3.5-turbo-0125:o::x", "", "openai"),  # the catalogue has one
        ("ft:gpt-6-luna:o::x", "", "openai"),
        ("my-deployment", "gpt-4o-2024-08-06", "azure"),
        ("gpt-4o", "gpt-4o-2024-08-06", "azure"),  # called as its base is
        ("claude-3-haiku", "claude-3-haiku", "anthropic"),
    ],
)
def test_a_tuned_model_never_costs_what_its_base_does(model: str, base: str, endpoint: str) -> None:
    """Without a row of its own it is unknown: neither the base's price nor nothing."""
    assert find(model, endpoint, base) is None


@pytest.mark.parametrize(
    ("model", "base"),
    [
        ("my-deployment", "gpt-4.1-mini-2025-04-14"),
        ("gpt-4.1-mini", "gpt-4.1-mini"),
        ("gpt-4.1-mini-2025-04-14.ft-0a1b", ""),
    ],
)
def test_tuned_on_azure(model: str, base: str) -> None:
    """Tokens at the base's rate, and 1.70 per hour of the deployment."""
    price = find(model, "azure", base)
    assert price is not None
    assert (price.input, price.cached, price.output, price.hosting) == (0.4, 0.1, 1.6, 1.7)


def test_a_base_takes_no_row_of_a_tuned_model() -> None:
    """The table of tuned models is keyed by their bases."""
    price = find("gpt-4.1-mini-2025-04-14", "openai")
    assert price is not None
    assert (price.input, price.output) == (0.4, 1.6)
