"""Arms to choose among, made up for tests: what each reached on each case, and what it takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from harness.analysis.selection import Offer
from harness.analysis.side import Side
from harness.values.price import Price, rates_of
from harness.values.score import OUTCOMES, Outcome

from .approved import measured

_CORRECT, _WRONG = OUTCOMES.index(Outcome.CORRECT), OUTCOMES.index(Outcome.WRONG)


def a_price(amount: float = 1.0, currency: str = "USD") -> Price:
    """So much per million tokens, sent or written."""
    return Price(
        input=amount, output=amount, as_of="2026-11-01", source="a list", currency=currency
    )


def an_offer(
    name: str,
    values: Sequence[float],
    *,
    tokens: float | None = 100.0,
    price: Price | None = None,
    groups: Sequence[int] | None = None,
    lost: Sequence[int] = (),
    graded: bool = False,
    kind: Any = "zero_shot",
    gap: str = "",
) -> Offer:
    """An arm whose every reply takes `tokens`, three quarters of them sent."""
    reached = np.array(values, dtype=float)
    shares = np.zeros((len(reached), len(OUTCOMES)))
    shares[:, _CORRECT], shares[:, _WRONG] = reached, 1 - reached
    gone = np.zeros(len(reached))
    gone[list(lost)] = 1
    each = None if tokens is None else [tokens * 0.75, 0.0, 0.0, tokens * 0.25]
    used = None if each is None else np.array([each] * len(reached))
    side = Side(
        name=name,
        graded=graded,
        ids=tuple(f"c{number}" for number in range(len(reached))),
        values=reached,
        lost=gone,
        shares=shares,
        groups=None if groups is None else np.array(groups),
        tags=tuple({} for _ in reached),
        tokens=used,
        replicates=1,
        price=price,
        costs=None if used is None or price is None else used @ rates_of(price),
    )
    return Offer(side=side, kind=kind, measured=measured(), gap=gap)


def right(correct: int, cases: int) -> list[float]:
    """So many of the cases right."""
    return [1.0] * correct + [0.0] * (cases - correct)
