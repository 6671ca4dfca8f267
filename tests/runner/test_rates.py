"""Declared rates, on a simulated clock."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from harness.runner.rates import estimated_tokens, rate_gate, usage_of
from harness.values.reply import Answer, Usage, assistant
from harness.values.request import Message, ModelIdentity, Request, Sampling

from .simulation import simulate


def request(characters: int, max_tokens: int | None) -> Request:
    sampling = Sampling(max_tokens=max_tokens)
    return Request(
        form="completion", model=ModelIdentity("m"), prompt="x" * characters, sampling=sampling
    )


def admitted(rpm: float | None, tpm: float | None, asked: Request, count: int) -> list[float]:
    """When each of `count` requests that come at once is let through."""

    async def work() -> list[float]:
        loop = asyncio.get_running_loop()
        gate = rate_gate(rpm, tpm)
        assert gate is not None
        times: list[float] = []

        async def one() -> None:
            await gate(asked)
            times.append(loop.time())

        await asyncio.gather(*(one() for _ in range(count)))
        return sorted(times)

    return simulate(work())


def test_no_rate_no_gate() -> None:
    """Without a declared rate nothing waits."""
    assert rate_gate(None, None) is None


def test_requests_come_evenly() -> None:
    """120 a minute are one every half second, without a burst at the start."""
    times = admitted(120, None, request(10, 5), 21)
    assert times[-1] == pytest.approx(10.0, abs=0.6)
    gaps = [b - a for a, b in pairwise(times)]
    assert min(gaps) > 0.45


def test_tokens_per_minute() -> None:
    """1,000 tokens a minute let ten requests of 100 through at once, the others as it drains."""
    times = admitted(None, 1000, request(0, 100), 15)
    assert times[9] == pytest.approx(0.0, abs=0.01)
    assert times[14] == pytest.approx(30.0, abs=1.0)


def test_a_request_larger_than_the_rate_still_goes() -> None:
    """It waits for the whole minute's worth rather than for ever."""
    assert len(admitted(None, 100, request(0, 5000), 2)) == 2


def test_usage_is_the_server_s_or_a_guess() -> None:
    """What is not reported, or reported as nothing, is guessed from the texts and marked."""
    asked = request(350, 5000)
    said = Usage(input=3, output=1)
    assert usage_of(asked, Answer(assistant("yes"), usage=said)) == said
    guess = Usage(input=100, output=2, estimated=True)
    assert usage_of(asked, Answer(assistant("yes, so"))) == guess
    assert usage_of(asked, Answer(assistant("yes, so"), usage=Usage())) == guess


def test_estimate() -> None:
    """3.5 characters a token, and the output limit or 256."""
    assert estimated_tokens(request(350, 20)) == 120
    assert estimated_tokens(request(350, None)) == 356
    chat = Request(form="chat", model=ModelIdentity("m"), messages=(Message("user", "x" * 35),) * 2)
    assert estimated_tokens(chat) == 276
