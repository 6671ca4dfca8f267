"""Prices of the catalogue against the package's own arithmetic, and what it cannot say."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, time

import pytest
from genai_prices import Usage as PackageUsage
from genai_prices import __version__, calc_price
from hypothesis import given
from hypothesis import strategies as st

from harness.store.prices.catalogue import catalogue_price, provider_at
from harness.values.price import cost
from harness.values.reply import Usage

DAY = date(2026, 11, 28)
MODELS = [
    ("openai", "gpt-4.1-mini"),
    ("openai", "gpt-4o-mini-2024-07-18"),
    ("openai", "gpt-6-luna"),
    ("anthropic", "claude-sonnet-4-5"),
    ("google", "gemini-2.5-pro"),
    ("azure", "gpt-4.1"),
    ("mistral", "mistral-small-latest"),
]
# Base prices of ../shared/DOMAIN.md: input, cached, output.
BASE = {
    "gpt-4.1-2025-04-14": (2.00, 0.50, 8.00),
    "gpt-4.1-mini-2025-04-14": (0.40, 0.10, 1.60),
    "gpt-4.1-nano-2025-04-14": (0.10, 0.025, 0.40),
    "gpt-4o-2024-08-06": (2.50, 1.25, 10.00),
    "gpt-4o-mini-2024-07-18": (0.15, 0.075, 0.60),
    "gpt-6-luna": (0.10, 0.01, 0.50),
}
COUNTS = st.integers(0, 400_000)


@pytest.mark.parametrize(("provider", "model"), MODELS)
@given(tokens=st.tuples(COUNTS, COUNTS, COUNTS, COUNTS))
def test_a_request_costs_what_the_package_says(provider, model, tokens):
    """To the digit, below and above every step of long context."""
    price = catalogue_price(provider, model, DAY)
    assert price is not None
    fresh, cached, written, output = tokens
    used = Usage(fresh + cached + written, cached, written, output)
    theirs = calc_price(
        PackageUsage(
            input_tokens=used.input,
            cache_read_tokens=cached,
            cache_write_tokens=written,
            output_tokens=output,
        ),
        model,
        provider_id=provider,
        genai_request_timestamp=datetime.combine(DAY, time(12), UTC),
    )
    assert cost(used, price) == pytest.approx(float(theirs.total_price), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("model", BASE)
def test_base_models_cost_what_their_price_lists_say(model: str) -> None:
    """The table that the worked examples of break-even are made of; a batch is half price."""
    price = catalogue_price("openai", model, DAY)
    assert price is not None
    assert (price.input, price.cached, price.output) == BASE[model]
    assert price.batch == 0.5


def test_source_and_day() -> None:
    """Version, provider and model; the day is that of the last change that the snapshot knows."""
    price = catalogue_price("openai", "gpt-4.1-mini-2025-04-14", DAY)
    assert price is not None
    assert price.source == f"genai-prices {__version__}, openai/gpt-4.1-mini"
    assert "2026-10-14" <= price.as_of <= "2026-11-28"
    assert price.currency == "USD"


def test_a_price_that_rose_is_that_of_the_day() -> None:
    """That of this model changed between two days that the snapshot knows."""
    then = catalogue_price("openrouter", "z-ai/glm-4.6", date(2026, 8, 21))
    now = catalogue_price("openrouter", "z-ai/glm-4.6", DAY)
    assert then is not None
    assert now is not None
    assert then.input != now.input


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("deepseek", "deepseek-chat"),  # by the hour of the day
        ("azure", "phi-4-reasoning:free"),  # no price at all
        ("openai", "text-embedding-3-small"),  # nothing is written
        ("openai", "no-such-model"),
        ("no-such-provider", "gpt-4.1"),
    ],
)
def test_what_cannot_be_said_is_unknown(provider: str, model: str) -> None:
    """None, and never a part of a price or nothing."""
    assert catalogue_price(provider, model, DAY) is None


@pytest.mark.parametrize(
    ("url", "provider"),
    [
        ("https://api.openai.com/v1", "openai"),
        ("https://x.openai.azure.com/openai/v1/", "azure"),
        ("https://api.anthropic.com", "anthropic"),
        ("https://openrouter.ai/api/v1", "openrouter"),
        ("https://api.moonshot.ai/v1", "moonshotai"),
        ("https://api.openai.com.example.org/v1", None),
        ("https://api.openai.community/v1", None),
        ("http://127.0.0.1:8000/v1", None),
        ("http://[::1]:8000/v1", None),
        ("http://10.0.0.7/v1", None),
        ("http://gpu-box:8000/v1", None),
        ("https://llm.example.org/v1", None),
        ("", None),
    ],
)
def test_whose_api_a_url_is(url: str, provider: str | None) -> None:
    """A server of one's own is nobody's."""
    assert provider_at(url) == provider


def test_a_server_on_this_machine_loads_no_catalogue() -> None:
    """It takes longer to load than a small replay."""
    code = (
        "import sys; from harness.store.prices.catalogue import provider_at; "
        "provider_at('http://127.0.0.1:8000/v1'); sys.exit('genai_prices' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
