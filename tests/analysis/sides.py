"""Sides made up for tests: values in, a Side out; and hypothesis's ways to make pairs of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st

from harness.analysis.side import Side
from harness.values.price import Price, rates_of
from harness.values.score import INFRASTRUCTURE, OUTCOMES, Outcome

LOST = [place for place, outcome in enumerate(OUTCOMES) if outcome in INFRASTRUCTURE]
PRICE = Price(input=1.0, output=2.0, as_of="2026-11-28", source="https://example.org")


def a_side(
    values: Sequence[float],
    name: str = "old",
    *,
    graded: bool = False,
    groups: Sequence[int] | None = None,
    replicates: int = 1,
    **change: Any,
) -> Side:
    """A side with these values per case: correct as far as the value goes, else wrong."""
    points = np.array(values, dtype=float)
    shares = np.zeros((len(points), len(OUTCOMES)))
    shares[:, OUTCOMES.index(Outcome.CORRECT)] = (points == 1) if graded else points
    shares[:, OUTCOMES.index(Outcome.WRONG)] = 1 - shares[:, OUTCOMES.index(Outcome.CORRECT)]
    given: dict[str, Any] = {
        "name": name,
        "graded": graded,
        "ids": tuple(f"c{number}" for number in range(len(points))),
        "values": points,
        "lost": shares[:, LOST].sum(axis=1),
        "shares": shares,
        "groups": None if groups is None else np.array(groups, dtype=np.int64),
        "tags": tuple({} for _ in points),
        "tokens": None,
        "replicates": replicates,
    }
    given |= change
    if given.get("price") is not None and given["tokens"] is not None:
        given.setdefault("costs", given["tokens"] @ rates_of(given["price"]))
    return Side(**given)


def table(both: int = 0, gained: int = 0, lost: int = 0, neither: int = 0, **options: Any):
    """Reference and candidate with these counts of pairs."""
    before = [1.0] * both + [0.0] * gained + [1.0] * lost + [0.0] * neither
    after = [1.0] * both + [1.0] * gained + [0.0] * lost + [0.0] * neither
    return a_side(before, **options), a_side(after, "new", **options)


def tokens_of(inputs: Sequence[float]) -> Any:
    """Tokens per case in the order of TOKEN_FIELDS: input and nothing else."""
    columns = np.zeros((len(inputs), 4))
    columns[:, 0] = inputs
    return columns


RIGHT_OR_WRONG = st.sampled_from((0.0, 1.0))
SCORES = st.sampled_from((0.0, 0.2, 0.25, 0.5, 0.75, 1.0))


@st.composite
def pairs(draw: st.DrawFn, *, least: int = 2, most: int = 60) -> tuple[Side, Side]:
    """Two sides of any kind: binary or graded, in groups or not, repeated or not."""
    count = draw(st.integers(least, most))
    graded = draw(st.booleans())
    one = SCORES if graded else RIGHT_OR_WRONG
    before = draw(st.lists(one, min_size=count, max_size=count))
    after = draw(st.lists(one, min_size=count, max_size=count))
    groups = None
    if draw(st.booleans()):
        groups = draw(st.lists(st.integers(0, 12), min_size=count, max_size=count))
    options: dict[str, Any] = {"graded": graded, "groups": groups}
    return a_side(before, **options), a_side(after, "new", **options)
