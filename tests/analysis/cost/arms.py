"""Arms with prices made up for tests, and those of the worked table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from harness.analysis.cost.arm import PricedArm, Spending
from harness.analysis.cost.costed import About, Costed, costed
from harness.analysis.cost.terms import Terms
from harness.values.price import Price, cost, rates_of
from harness.values.reply import Usage
from tests.analysis.sides import a_side

TODAY = date(2026, 11, 28)
ABOUT = About(suite="stars", title="Stars from a product review", split="test")
DATED = {"as_of": "2026-11-21", "source": "a list"}
MINI_4O = Price(input=0.15, cached=0.075, output=0.60, **DATED)
MINI_4O_TUNED = Price(input=0.30, cached=0.15, output=1.20, **DATED)
MINI_41 = Price(input=0.40, cached=0.10, output=1.60, **DATED)
MINI_41_TUNED = Price(input=0.80, cached=0.20, output=3.20, **DATED)
MINI_41_AZURE = Price(input=0.40, cached=0.10, output=1.60, hosting=1.70, **DATED)
TRAINED_TOKENS = 500 * 89 * 3
PROMPTS = {"zero_shot": 219, "shots_8": 787, "shots_20": 1_639}
CACHED = 1_536


def priced(
    name: str,
    tokens: Sequence[Sequence[float]],
    price: Price | None,
    *,
    values: Sequence[float] | None = None,
    kind: Any = "zero_shot",
    groups: Sequence[int] | None = None,
    **change: Any,
) -> PricedArm:
    """An arm whose replies took these tokens: input, cached, cache_write and output by case."""
    counts = np.array(tokens, dtype=float)
    right = [1.0] * len(counts) if values is None else values
    side = a_side(right, name, tokens=counts, price=price, groups=groups)
    plain = None if price is None else counts[:, [0, 3]] @ np.array(rates_of(price))[[0, 3]]
    return PricedArm(side=side, kind=kind, model="m", price=price, uncached=plain, **change)


def costing(
    name: str, costs: Sequence[float], values: Sequence[float] | None = None, **change: Any
) -> PricedArm:
    """An arm whose replies cost so much each: an input token costs 1."""
    price = Price(input=1e6, output=0.0, hosting=change.pop("hosting", None), **DATED)
    return priced(name, [[each, 0, 0, 0] for each in costs], price, values=values, **change)


def tuned(name: str, costs: Sequence[float], spent: float | None, **change: Any) -> PricedArm:
    """A tuned one, whose training cost `spent`."""
    spending = Spending(training=spent, basis="as the job said", currency="USD")
    return costing(name, costs, kind="fine_tuned", spending=spending, **change)


def money(*arms: PricedArm, **terms: Any) -> Costed:
    """Their money at these terms."""
    return costed(ABOUT, arms, Terms(**terms), TODAY)


def worked(prompted: Price, after: Price, per_million: float, *, cached: bool = False) -> Costed:
    """The arms of the worked table: two cases, because all requests are alike."""
    amount = cost(Usage(input=TRAINED_TOKENS), Price(input=per_million, output=0.0, **DATED))
    spending = Spending(training=amount, basis="133,500 trained tokens", currency="USD")
    arms = [
        priced(
            name,
            [[count, CACHED if cached and count > CACHED else 0, 0, 5]] * 2,
            prompted,
            kind="few_shot",
        )
        for name, count in PROMPTS.items()
    ]
    last = priced("tuned", [[81, 0, 0, 5]] * 2, after, kind="fine_tuned", spending=spending)
    return money(*arms, last)
