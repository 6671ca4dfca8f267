"""How many requests an endpoint may have in flight: replies in, a window out. Pure but for time.

Additive increase, multiplicative decrease. A 429 cuts by half of the share of 429 among the
replies of the last round (DCTCP, RFC 8257: a few cost little, all of them halve the window), then
not again for Retry-After, or 15 s where the server names none. 5xx never cuts: it pauses growth for
5 s where more than a twentieth of a round ended so. The window grows only while at least 80 % of it
is used: by one per reply until the first cut, then by one per round, so that what a server refuses
now and then is won back at once.
"""

from __future__ import annotations

from harness.values.reply import Answer, Failure, Reply
from harness.values.run import WindowChange

FIRST = 16.0
CEILING = 256.0
DEBOUNCE_S = 15.0
GROWTH_PAUSE_S = 5.0
TROUBLED_SHARE = 0.05
USED_SHARE = 0.8
HISTORY = 500


class Window:
    """The adaptive window of one endpoint. `declared` fixes its start and its ceiling."""

    def __init__(self, declared: int | None, now: float) -> None:
        self.size = float(declared or FIRST)
        self.in_flight = 0
        self.history: list[WindowChange] = []
        self._ceiling = float(declared or CEILING)
        self._began = now
        self._was_cut = False
        self._cut_until = 0.0
        self._pause_until = 0.0
        self._replies = 0
        self._limited = 0
        self._troubled = 0
        self._last_share = 0.0
        self._note(now, "start")

    @property
    def open(self) -> bool:
        """Whether one more request may start."""
        return self.in_flight < int(self.size)

    def settle(self, reply: Reply, now: float) -> None:
        """Take one reply into account and give its slot back."""
        used = self.in_flight
        self.in_flight -= 1
        self._replies += 1
        if isinstance(reply, Answer):
            if self.size < self._ceiling and used >= USED_SHARE * int(self.size):
                self._grow(now)
        elif reply.kind == "rate_limited":
            self._limited += 1
            self._cut(reply, now)
        elif reply.kind in ("server_error", "overloaded"):
            self._troubled += 1
            if self._troubled > TROUBLED_SHARE * self.size:
                self._pause_until = now + GROWTH_PAUSE_S
        if self._replies >= self.size:
            self._last_share = self._limited / self._replies
            self._replies = self._limited = self._troubled = 0

    def _grow(self, now: float) -> None:
        if now < self._pause_until:
            return
        step = 1 / self.size if self._was_cut else 1.0
        self.size = min(self._ceiling, self.size + step)
        if self.size == self._ceiling:
            self._note(now, "ceiling")

    def _cut(self, failure: Failure, now: float) -> None:
        if now < self._cut_until:
            return
        share = max(self._last_share, min(1.0, self._limited / self.size))
        self.size = max(1.0, self.size * (1 - share / 2))
        self._was_cut = True
        self._cut_until = now + (DEBOUNCE_S if failure.retry_after is None else failure.retry_after)
        self._replies = self._limited = 0
        self._last_share = 0.0
        self._note(now, "429")

    def _note(self, now: float, reason: str) -> None:
        if len(self.history) < HISTORY:
            self.history.append(
                WindowChange(round(now - self._began, 3), round(self.size, 2), reason)
            )
