"""How many requests an endpoint may have in flight: replies in, a window out. Pure but for time.

Additive increase, multiplicative decrease, judged by rounds: as many replies as the window has
places, at least 8. A 429 here and there, at the end of a round, cuts by half of their share (DCTCP,
RFC 8257), then not again for Retry-After, or 15 s where the server names none. Once a quarter of a
round is 429 the server is flooded: the window halves at once, and nothing begins until the shortest
Retry-After of that round is over, or 1 s that doubles from flood to flood up to 15 s. 5xx never
cuts: it pauses growth for 5 s where more than a tenth of a round ended so. The window grows
only while at least 80 % of it is used, but not in the round after a flood: by one per reply until
the first cut, then by one per round, so that what a server refuses now and then is won back at
once.
"""

from __future__ import annotations

from harness.values.reply import Answer, Failure, Reply
from harness.values.run import WindowChange

FIRST = 16.0
CEILING = 256.0
DEBOUNCE_S = 15.0
GROWTH_PAUSE_S = 5.0
TROUBLED_SHARE = 0.1
USED_SHARE = 0.8
SHORTEST_ROUND = 8.0
FLOOD_SHARE = 0.25
FEWEST_OF_A_FLOOD = 3
"""In the shortest round two of eight are chance: one in eighteen at 5 %; three are one in 170."""
TWO_PLACES = 2
FIRST_PAUSE_S = 1.0
SHORTEST_WAIT_S = 0.25
"""A shorter Retry-After is no pause worth the name: the window's own is taken instead."""
HISTORY = 500


class Window:
    """The adaptive window of one endpoint. `declared` fixes its start and its ceiling.

    `paused_until` is when a flooded server may be asked again.
    """

    def __init__(self, declared: int | None, now: float) -> None:
        self.size = float(declared or FIRST)
        self.in_flight = 0
        self.paused_until = 0.0
        self.history: list[WindowChange] = []
        self._ceiling = float(declared or CEILING)
        self._began = now
        self._was_cut = False
        self._cut_until = 0.0
        self._growth_from = 0.0
        self._next_pause = FIRST_PAUSE_S
        self._replies = 0
        self._limited = 0
        self._troubled = 0
        self._wait: float | None = None
        self._note(now, "start")

    @property
    def open(self) -> bool:
        """Whether one more request may start, were there no pause."""
        return self.in_flight < int(self.size)

    def settle(self, reply: Reply, now: float) -> bool:
        """Take one reply into account and give its slot back; True when it shows a flood."""
        used = self.in_flight
        self.in_flight -= 1
        self._replies += 1
        flooded = False
        if isinstance(reply, Answer):
            if self.size < self._ceiling and used >= USED_SHARE * int(self.size):
                self._grow(now)
        elif reply.kind == "rate_limited":
            flooded = self._limit(reply, now)
        elif reply.kind in ("server_error", "overloaded"):
            self._troubled += 1
            if self._troubled > TROUBLED_SHARE * self.size:
                self._growth_from = now + GROWTH_PAUSE_S
        if self._replies >= max(SHORTEST_ROUND, self.size):
            self._end_round(now)
        return flooded

    def _grow(self, now: float) -> None:
        if now < self._growth_from or self._on_trial:
            return
        step = 1 / self.size if self._was_cut else 1.0
        self.size = min(self._ceiling, self.size + step)
        if self.size == self._ceiling:
            self._note(now, "ceiling")

    def _limit(self, failure: Failure, now: float) -> bool:
        """Count a 429, unless it answers what was asked before the server was known flooded."""
        if now < self.paused_until:
            return False
        self._limited += 1
        if failure.retry_after is not None:
            waits = (failure.retry_after, self._wait)
            self._wait = min(wait for wait in waits if wait is not None)
        if self._limited < self._enough:
            return False
        self._flood(now)
        return True

    @property
    def _on_trial(self) -> bool:
        """Whether this is the first round after a flood."""
        return self._next_pause > FIRST_PAUSE_S

    @property
    def _enough(self) -> float:
        """How many 429 of a round are a flood; one, where a single place is still too much."""
        if self._on_trial and self.size < TWO_PLACES:
            return 1
        return max(FEWEST_OF_A_FLOOD, FLOOD_SHARE * max(SHORTEST_ROUND, self.size))

    def _flood(self, now: float) -> None:
        pause = self._next_pause
        self._next_pause = min(DEBOUNCE_S, 2 * pause)
        if self._wait is not None and self._wait >= SHORTEST_WAIT_S:
            pause = self._wait
        self.paused_until = now + pause
        self._cut(0.5, now, pause)

    def _end_round(self, now: float) -> None:
        self._next_pause = FIRST_PAUSE_S
        if self._limited and now >= self._cut_until:
            wait = DEBOUNCE_S if self._wait is None else self._wait
            self._cut(1 - self._limited / self._replies / 2, now, wait)
        self._begin_round()

    def _cut(self, factor: float, now: float, debounce: float) -> None:
        self.size = max(1.0, self.size * factor)
        self._was_cut = True
        self._cut_until = now + debounce
        self._note(now, "429")
        self._begin_round()

    def _begin_round(self) -> None:
        self._replies = self._limited = self._troubled = 0
        self._wait = None

    def _note(self, now: float, reason: str) -> None:
        if len(self.history) < HISTORY:
            self.history.append(
                WindowChange(round(now - self._began, 3), round(self.size, 2), reason)
            )
