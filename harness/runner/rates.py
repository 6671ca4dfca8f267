"""Declared rates: requests and tokens per minute in, a gate to wait at out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from harness.values.request import Request

MINUTE_S = 60.0
CHARACTERS_PER_TOKEN = 3.5
DEFAULT_OUTPUT_TOKENS = 256


def estimated_tokens(request: Request) -> int:
    """A guess before the call: 3.5 characters per token and the declared output limit."""
    characters = len(request.prompt or "")
    characters += sum(len(str(message.content)) for message in request.messages)
    output = request.sampling.max_tokens or DEFAULT_OUTPUT_TOKENS
    return int(characters / CHARACTERS_PER_TOKEN) + output


def rate_gate(rpm: float | None, tpm: float | None) -> Callable[[Request], Awaitable[None]] | None:
    """Wait here before each request so that neither rate is exceeded; None when none is declared.

    Requests are let through one by one, evenly, because a burst of a whole minute's worth is what
    servers with short windows refuse.
    """
    if rpm is None and tpm is None:
        return None
    from aiolimiter import AsyncLimiter

    requests = AsyncLimiter(1, MINUTE_S / rpm) if rpm else None
    tokens = AsyncLimiter(tpm, MINUTE_S) if tpm else None

    async def wait(request: Request) -> None:
        if requests is not None:
            await requests.acquire()
        if tokens is not None:
            await tokens.acquire(min(estimated_tokens(request), tokens.max_rate))

    return wait
