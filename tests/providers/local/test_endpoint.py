"""Choosing adapters, and when a prompt may go on from the one before it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import DataError, UsageError
from harness.providers.local.endpoint import LocalEndpoint, asked_text, lora, may_reuse
from harness.values.endpoint import LocalSpec
from harness.values.reply import Failure
from harness.values.request import Message, ModelIdentity, Request

SHOTS = "Review: fine\nRating: 4 stars\n\n" * 4


def test_exactly_the_chosen_adapter_is_on() -> None:
    """Every adapter of the server is switched in every request."""
    adapters = {"aaa": 0, "bbb": 1}
    assert lora(adapters, "bbb") == {"lora": [{"id": 0, "scale": 0.0}, {"id": 1, "scale": 1.0}]}
    assert lora(adapters, None) == {"lora": [{"id": 0, "scale": 0.0}, {"id": 1, "scale": 0.0}]}


def test_without_adapters_nothing_is_switched() -> None:
    """A plain server is asked in plain OpenAI."""
    assert lora({}, None) == {}


def test_shared_shots_are_reused() -> None:
    """The case that matters for speed: the same shots, another review."""
    review = "The lid fell off within a week of use."
    assert may_reuse(f"{SHOTS}Review: bad\nRating:", f"{SHOTS}Review: {review}\nRating:")


@given(st.text())
def test_the_same_prompt_is_computed_anew(prompt: str) -> None:
    """A repetition would leave one token to compute, which another kernel does."""
    assert not may_reuse(prompt, prompt)


@given(st.text(), st.text(min_size=1))
def test_nothing_of_an_answer_is_reused(prompt: str, more: str) -> None:
    """A prompt that goes on where the last one ended could meet that one's answer in the cache."""
    assert not may_reuse(prompt, prompt + more)


def test_a_short_end_is_computed_with_the_rest() -> None:
    """Few new words may be few tokens, which another kernel computes."""
    assert not may_reuse(f"{SHOTS}Review: bad\nRating:", f"{SHOTS}Review: so good\nRating:")


def test_a_long_end_without_spaces_is_reused() -> None:
    """Scripts without spaces count by characters."""
    assert may_reuse(f"{SHOTS}良い", f"{SHOTS}{'とても悪い。' * 50}")


def test_the_form_decides_what_is_shown() -> None:
    """A prompt stands for itself; messages are compared in their order."""
    identity = ModelIdentity("m")
    chat = Request(form="chat", model=identity, messages=(Message("user", "hi"),))
    assert asked_text(Request(form="completion", model=identity, prompt="hi")) == "hi"
    assert asked_text(chat) == '[{"role":"user","content":"hi"}]'


async def test_an_unknown_adapter_is_a_failure(gguf: Path) -> None:
    """A wrong adapter must never be answered by the base model."""
    endpoint = LocalEndpoint(LocalSpec(), [gguf])
    asked = Request(form="completion", model=ModelIdentity("m", adapter="nope"), prompt="hi")
    reply = await endpoint.complete(asked)
    assert isinstance(reply, Failure)
    assert reply.kind == "not_found"
    assert "nope" in reply.detail


def test_an_unreadable_adapter_is_found_before_the_run(tmp_path: Path) -> None:
    """No server is started for it."""
    with pytest.raises(DataError, match="cannot be read"):
        LocalEndpoint(LocalSpec(), [tmp_path / "absent.gguf"])


def test_messages_cannot_choose_adapters(gguf: Path) -> None:
    """llama.cpp drops the switch on /v1/messages, so the combination is refused."""
    with pytest.raises(UsageError, match="openai"):
        LocalEndpoint(LocalSpec(protocol="anthropic"), [gguf])
