"""The real model: answers, sameness, silence."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from harness.providers.local.endpoint import LocalEndpoint
from harness.providers.local.model import identity
from harness.values.endpoint import LocalSpec
from harness.values.reply import Answer, Failure
from harness.values.request import Message, Request, Sampling

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="module")]

SPEC = LocalSpec(context=1024)
SHOTS = "Review: It broke at once.\nRating: 1 stars\n\nReview: I love it.\nRating: 5 stars\n\n"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def endpoint() -> AsyncIterator[LocalEndpoint]:
    """One server for the module."""
    async with LocalEndpoint(SPEC) as opened:
        yield opened


def rate(review: str, tokens: int = 6) -> Request:
    """A completion whose answer ends with the line, with the log-probability of each token."""
    return Request(
        form="completion",
        model=identity(SPEC, "gemma", None),
        prompt=f"{SHOTS}Review: {review}\nRating:",
        sampling=Sampling(max_tokens=tokens, temperature=0, stop=("\n",), logprobs=1),
    )


async def test_a_completion_is_answered_with_usage(endpoint: LocalEndpoint) -> None:
    """Text up to the stop, tokens counted, the model named without a folder."""
    reply = await endpoint.complete(rate("It leaks and smells."))
    assert isinstance(reply, Answer)
    assert reply.text.strip().endswith("stars")
    assert "\n" not in reply.text
    assert reply.model == "gemma-3-270m-q4_k_m"
    assert reply.usage is not None
    assert reply.usage.output <= 6 < reply.usage.input
    assert endpoint.server.startswith("llama.cpp")


async def test_replies_do_not_depend_on_what_was_asked_before(endpoint: LocalEndpoint) -> None:
    """Text and log-probabilities are bit for bit the same, cached or not."""
    reviews = [
        "It leaks.",
        "Lovely colour, bad zip, and I had to send it back twice.",
        "Works as it should, every morning, for two years now.",
        "It leaks.",
    ]
    first = [await endpoint.complete(rate(review)) for review in reviews]
    second = [await endpoint.complete(rate(review)) for review in reversed(reviews)][::-1]
    answers = [reply for reply in first + second if isinstance(reply, Answer)]
    assert len(answers) == 8
    assert any(reply.usage and reply.usage.cached > 20 for reply in answers)
    for one, other in zip(answers[:4], answers[4:], strict=True):
        assert (one.text, one.logprobs) == (other.text, other.logprobs)


async def test_a_prompt_beyond_the_context_is_a_bad_request(endpoint: LocalEndpoint) -> None:
    """It is refused, not cut, and not retried."""
    reply = await endpoint.complete(rate("good " * 1500))
    assert isinstance(reply, Failure)
    assert reply.kind == "bad_request"
    assert "context" in reply.detail


async def test_chat_is_answered_too(endpoint: LocalEndpoint) -> None:
    """The base model has no chat template of its own; llama.cpp's default serves."""
    asked = Request(
        form="chat",
        model=identity(SPEC, "gemma", None),
        messages=(Message("user", "Name a colour."),),
        sampling=Sampling(max_tokens=4, temperature=0),
    )
    reply = await endpoint.complete(asked)
    assert isinstance(reply, Answer)
    assert reply.finish == "length"


async def test_the_messages_api_is_answered_and_everything_stops(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """The Anthropic wire, silence on both streams, and no process after the last line."""
    spec = LocalSpec(context=256, protocol="anthropic")
    asked = Request(
        form="chat",
        model=identity(spec, "gemma", None),
        messages=(Message("user", "Name a colour."),),
        sampling=Sampling(max_tokens=4, temperature=0),
    )
    async with LocalEndpoint(spec) as opened:
        replies = [await opened.complete(asked) for _ in range(2)]
        process = opened._server._process
    assert process.returncode is not None
    first, second = (reply for reply in replies if isinstance(reply, Answer))
    assert first.text == second.text
    assert first.usage is not None
    assert first.usage.output == 4
    assert capfd.readouterr() == ("", "")
