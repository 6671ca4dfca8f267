"""Whether and when a failed attempt is made again: faults and limits in, seconds out. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from harness.values.order import rank
from harness.values.reply import Failure, Reply

FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 60.0
MOST_DOUBLINGS = 10


def attempts_used(faults: Sequence[str]) -> int:
    """How many attempts count: a 429 does not, for it says when, and is bounded by the deadline."""
    return sum(fault != "rate_limited" for fault in faults)


def delay(faults: Sequence[str], key: str, failure: Failure) -> float:
    """Seconds until the next attempt: what the server asked for, else the back-off.

    Half a second doubles up to a minute, with each earlier 429 of the job before another 429, with
    each of its other `faults` before another of those, times a factor between 0.5 and 1 that is
    seeded by the request's key. A server that refuses a job again after the wait it asked for is
    given the longer of the two.
    """
    others = attempts_used(faults)
    limited = len(faults) - others
    earlier = limited if failure.kind == "rate_limited" else others
    jitter = 0.5 + rank(len(faults), key) / (1 << 65)
    doubled = FIRST_DELAY_S * 2.0 ** min(earlier, MOST_DOUBLINGS)
    back_off = min(LONGEST_DELAY_S, doubled) * jitter
    if failure.retry_after is None:
        return back_off
    if limited:
        return max(back_off, failure.retry_after)
    return failure.retry_after


def exceeds(reply: Reply, deadline: float) -> bool:
    """Whether a 429 asks for a longer wait than a job may take at all."""
    if not isinstance(reply, Failure) or reply.kind != "rate_limited":
        return False
    return reply.retry_after is not None and reply.retry_after > deadline
