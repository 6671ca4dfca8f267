"""A budget in tokens or money: spend in, admission of whole cases out. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from harness.values.price import Price, cost
from harness.values.reply import Usage


class _Spend:
    """What one arm has used so far; a row without usage is done and costs nothing."""

    __slots__ = ("done", "known", "known_cost", "total")

    def __init__(self) -> None:
        self.done = 0
        self.known = 0
        self.known_cost = 0.0
        self.total = 0.0

    @property
    def each(self) -> float:
        return self.known_cost / self.known if self.known else 0.0


class Budget:
    """Admits positions of the common order while the whole of them is expected to fit.

    `rows_per_case` names the arms that cost something and how many replicates each has.

    Every arm is held to the same positions, so that a run that stops has asked all its arms the
    same cases. Position 0 is always admitted: it shows what a case costs, and should be finished
    before the next is asked for. `prices` by arm make it a budget of money; without them it counts
    tokens. All prices must be in one currency, that of the limit. A row without usage is a row
    without an answer: where a server does not say what an answer used, the caller must pay a guess
    (`rates.usage_of`), or the budget would have no end.
    """

    def __init__(
        self,
        limit: float,
        rows_per_case: Mapping[str, int],
        prices: Mapping[str, Price] | None = None,
    ) -> None:
        self.exhausted = False
        self._limit = limit
        self._rows = dict(rows_per_case)
        self._prices = prices
        self._spend = {arm: _Spend() for arm in rows_per_case}
        self._admitted = 0

    @property
    def spent(self) -> float:
        """Tokens or money used so far."""
        return sum(spend.total for spend in self._spend.values())

    def charges(self, arm: str) -> bool:
        """Whether an arm costs something."""
        return arm in self._rows

    def admits(self, position: int) -> bool:
        """Whether a case may start; once refused, every later one is refused too."""
        if position <= self._admitted:
            return True
        if self.exhausted or self._projected(position + 1) > self._limit:
            self.exhausted = True
            return False
        self._admitted = position
        return True

    def pay(self, arm: str, usage: Usage | None, seconds: float = 0.0) -> None:
        """Count one finished row; an arm that costs nothing is not counted.

        `seconds` is how long the reply took, for a price per hour.
        """
        spend = self._spend.get(arm)
        if spend is not None and usage is not None:
            spend.total += self._cost(arm, usage, seconds)
        self.recall(arm, usage, seconds)

    def recall(self, arm: str, usage: Usage | None, seconds: float = 0.0) -> None:
        """Count one row that was answered from a recording: it shows a price and costs nothing."""
        spend = self._spend.get(arm)
        if spend is None:
            return
        spend.done += 1
        if usage is not None:
            spend.known += 1
            spend.known_cost += self._cost(arm, usage, seconds)

    def _cost(self, arm: str, usage: Usage, seconds: float) -> float:
        if self._prices is None:
            return usage.input + usage.output
        return cost(usage, self._prices[arm], seconds)

    def _projected(self, cases: int) -> float:
        """What so many cases will have cost when all their rows are done."""
        return sum(self._arm_projection(arm, cases) for arm in self._rows)

    def _arm_projection(self, arm: str, cases: int) -> float:
        spend = self._spend[arm]
        owed = max(0, cases * self._rows[arm] - spend.done)
        return spend.total + owed * spend.each
