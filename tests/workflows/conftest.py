"""A repository to work in, and a fake server for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from providers.fake_server import FakeServer

from .repository import Repository, server_in_a_thread


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A suite `demo` of 12 test cases with a scripted arm `plain`, 9 of them right."""
    return Repository(tmp_path)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServer]:
    """A fake of the hosted protocols; no proxy stands between."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with server_in_a_thread() as fake:
        yield fake
