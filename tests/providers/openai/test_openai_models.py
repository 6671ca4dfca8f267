"""The last days that a platform's own model list gives."""

from __future__ import annotations

import pytest
from openai_tuning import SHUTDOWN

from harness.errors import UsageError
from harness.providers.openai.models import listed_shutdowns
from harness.values.endpoint import OpenAISpec


@pytest.mark.parametrize("azure", [False, True])
def test_the_days_of_the_list(bench, azure: bool) -> None:
    """OpenAI's field and Azure's, as one day; a model without one is left out."""
    bench.fake.models["my-own"] = {"owned_by": "org-fake"}
    url = bench.fake.azure_url if azure else bench.fake.openai_url
    days = listed_shutdowns(OpenAISpec(base_url=url), bench.clock.pause)
    assert set(days.values()) == {SHUTDOWN}
    assert "my-own" not in days


def test_a_wrong_key(bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform refuses it: a usage error, and the key is not in it."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong-0123456789abcdef")
    with pytest.raises(UsageError) as caught:
        listed_shutdowns(OpenAISpec(base_url=bench.fake.openai_url), bench.clock.pause)
    assert "0123456789" not in str(caught.value)
