"""Access to OpenAI, Azure and compatible servers."""

from __future__ import annotations

import pytest

from harness.providers.openai.credentials import OPENAI_URL, Access, read_access
from harness.values.endpoint import OpenAISpec

KEY = "0123456789abcdef"
AZURE = "https://res.openai.azure.com/openai/v1/"


def test_defaults() -> None:
    """Without anything else it is OpenAI's own URL."""
    access = read_access(OpenAISpec(), {"OPENAI_API_KEY": KEY})
    assert access == Access(OPENAI_URL, KEY)


def test_base_url_of_the_spec_comes_first() -> None:
    """The environment's base URL is a fallback."""
    environ = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "http://other/v1"}
    assert read_access(OpenAISpec(), environ).base_url == "http://other/v1"
    assert read_access(OpenAISpec(base_url="http://mine/v1"), environ).base_url == "http://mine/v1"


@pytest.mark.parametrize("host", ["res.openai.azure.com", "res.services.ai.azure.com"])
def test_azure_gets_both_headers(host: str) -> None:
    """Azure's v1 URL takes an account key under either name."""
    headers = Access(f"https://{host}/openai/v1/", KEY).headers
    assert (headers["api-key"], headers["Authorization"]) == (KEY, f"Bearer {KEY}")


def test_entra_token_is_bearer_alone() -> None:
    """A token sent as `api-key` would be refused as a wrong key."""
    headers = Access(AZURE, "eyJ0eXAi.e30.c2ln").headers
    assert headers["Authorization"].startswith("Bearer eyJ")
    assert "api-key" not in headers


def test_other_hosts_get_no_api_key() -> None:
    """A host that only looks like Azure's gets the bearer alone."""
    assert "api-key" not in Access("https://openai.azure.com.evil.example/v1", KEY).headers


def test_repr_hides_the_key() -> None:
    """An Access in a log or a traceback shows where, never as whom."""
    assert KEY not in f"{Access(AZURE, KEY)} {Access(AZURE, KEY)!r}"
