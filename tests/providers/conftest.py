"""The fake server, started for one test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from fake_server import KEY, FakeServer, fake_server


@pytest.fixture
async def fake(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeServer]:
    """A running fake; its key stands in the environment, nothing else of a provider's does."""
    proxies = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    for name in ("OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", *proxies):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    async with fake_server() as running:
        yield running
