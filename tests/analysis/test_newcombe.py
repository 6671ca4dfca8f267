"""Newcombe's paired interval: by hand, in the edge cases, and the promises no table may break."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from harness.analysis.newcombe import newcombe_interval
from harness.analysis.pairs import PairedTable

COUNT = st.integers(0, 200)
TABLES = st.builds(PairedTable, COUNT, COUNT, COUNT, COUNT).filter(lambda table: table.cases >= 2)


@pytest.mark.parametrize(
    "table",
    [
        PairedTable(59, 6, 16, 80),
        PairedTable(20, 12, 2, 16),
        PairedTable(36, 12, 2, 0),
        PairedTable(2, 14, 20, 1),
        PairedTable(53, 0, 1, 0),
    ],
)
def test_square_and_add_from_intervals_of_statsmodels(table: PairedTable):
    """Wilson's limits of statsmodels, put together by the book, to 1e-12."""
    a, b, c, d = table
    n = a + b + c + d
    (l1, u1), (l2, u2) = (proportion_confint(x, n, method="wilson") for x in (a + b, a + c))
    p1, p2, covariance = (a + b) / n, (a + c) / n, a * d - b * c
    numerator = covariance if covariance <= 0 else max(covariance - n / 2, 0)
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    phi = numerator / math.sqrt(margins) if margins else 0
    low, high = p1 - l1, u2 - p2
    delta = math.sqrt(low**2 - 2 * phi * low * high + high**2)
    low, high = p2 - l2, u1 - p1
    epsilon = math.sqrt(low**2 - 2 * phi * low * high + high**2)
    interval = newcombe_interval(table)
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx(
        (p1 - p2 - delta, p1 - p2 + epsilon), abs=1e-12
    )


@pytest.mark.parametrize(
    "table", [PairedTable(0, 0, 0, 0), PairedTable(1, 0, 0, 0), PairedTable(0, 1, 0, 0)]
)
def test_nothing_is_said_below_two(table: PairedTable):
    """None rather than an interval of 0."""
    assert newcombe_interval(table) is None


@given(TABLES)
def test_it_contains_the_difference_and_has_width(table: PairedTable):
    """Within [-1, 1], around the estimate, never of zero width."""
    interval = newcombe_interval(table)
    assert interval is not None
    assert -1 <= interval.low <= table.difference + 1e-12
    assert table.difference - 1e-12 <= interval.high <= 1
    assert interval.high - interval.low > 1e-6


@given(TABLES)
def test_swapped_sides_have_mirrored_intervals(table: PairedTable):
    """Candidate and reference exchanged: the interval turned round."""
    interval = newcombe_interval(table)
    mirrored = newcombe_interval(PairedTable(table.both, table.lost, table.gained, table.neither))
    assert interval is not None
    assert mirrored is not None
    assert (-mirrored.high, -mirrored.low) == pytest.approx((interval.low, interval.high), abs=1e-9)


@given(TABLES)
def test_a_larger_critical_value_widens_it(table: PairedTable):
    """99 % contains 95 %."""
    usual, wider = newcombe_interval(table), newcombe_interval(table, 2.5758)
    assert usual is not None
    assert wider is not None
    assert wider.low <= usual.low + 1e-12
    assert usual.high <= wider.high + 1e-12
