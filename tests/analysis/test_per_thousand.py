"""Money per thousand requests: the mean over answered cases, or nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harness.analysis.per_thousand import PerThousand, per_thousand
from harness.values.price import Price

from .sides import a_side

PRICE = Price(as_of="2026-11-01", source="a page", input=1.0, output=1.0, currency="EUR")
SIDE = replace(a_side([1, 0, 1]), price=PRICE, costs=np.array([0.001, 0.003, np.nan]))


def test_the_mean_of_what_was_answered():
    """(0.001 + 0.003) / 2 of each request."""
    assert per_thousand(SIDE) == PerThousand(pytest.approx(2.0), "EUR")


@pytest.mark.parametrize(
    "change", [{"price": None}, {"costs": None}, {"costs": np.full(3, np.nan)}]
)
def test_what_is_not_known_is_no_number(change):
    """Neither 0 nor NaN."""
    assert per_thousand(replace(SIDE, **change)) is None
