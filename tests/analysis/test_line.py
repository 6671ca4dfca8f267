"""The line: against numpy and scipy, by hand, and where it meets a level."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from harness.analysis.line import NEVER, Design, Means, fit_line, misfits, residuals

SIZES = st.lists(st.integers(1, 100_000), min_size=3, max_size=8, unique=True).map(sorted)


def fitted(rows, means, reference=None, seeds=None):
    """The line through exact means: every draw is what was seen."""
    level = None if reference is None else np.array([reference])
    design = Design(tuple(rows), tuple(seeds or [1] * len(rows)), 100, 100)
    seen = Means(np.array([means], dtype=float), level)
    return fit_line(design, seen, seen)


@given(SIZES, st.data())
def test_the_line_is_that_of_numpy_and_scipy(rows, data):
    """A and b of polyfit, where each size counts as often as it has seeds, and of linregress."""
    means = data.draw(st.lists(st.floats(0, 1), min_size=len(rows), max_size=len(rows)))
    seeds = data.draw(st.lists(st.integers(1, 5), min_size=len(rows), max_size=len(rows)))
    line = fitted(rows, means, seeds=seeds)
    b, a = np.polyfit(np.repeat(np.log2(rows), seeds), np.repeat(means, seeds), 1)
    assert (line.a, line.b) == pytest.approx((a, b), abs=1e-6)
    plain, oracle = fitted(rows, means), stats.linregress(np.log2(rows), means)
    assert (plain.a, plain.b) == pytest.approx((oracle.intercept, oracle.slope), abs=1e-6)


def test_a_line_by_hand():
    """Means .3, .4, .6 at 2, 4, 8 rows: b = .3 / 2, a = 1.3 / 3 - 2 b; residuals ±1/60, 1/30."""
    design = Design((2, 4, 8), (1, 1, 1), 10, 10)
    line = fitted((2, 4, 8), (0.3, 0.4, 0.6))
    assert (line.a, line.b) == pytest.approx((1.3 / 3 - 0.3, 0.15))
    off = residuals(design, Means(np.array([[0.3, 0.4, 0.6]]), None))
    assert off[0] == pytest.approx([1 / 60, -1 / 30, 1 / 60])


@pytest.mark.parametrize(
    ("means", "reference", "expected"),
    [
        ((0.2, 0.3, 0.4), 0.35, 71),  # 25 * 2^1.5 = 70.7
        ((0.2, 0.3, 0.4), 0.3, 50),
        ((0.2, 0.3, 0.4), 0.6, 400),
        ((0.2, 0.3, 0.4), 0.601, NEVER),
        ((0.2, 0.3, 0.4), 0.1, 25),
        ((0.4, 0.3, 0.2), 0.35, 25),
        ((0.4, 0.3, 0.2), 0.45, NEVER),
        ((0.3, 0.3, 0.3), 0.3, 25),
        ((0.3, 0.3, 0.3), 0.31, NEVER),
        ((0.0, 0.0, 0.6), 0.0, 25),
    ],
)
def test_where_it_meets_a_level(means, reference, expected):
    """The first whole number of rows, from the smallest size to two doublings of the largest."""
    line = fitted((25, 50, 100), means, reference)
    assert line.meets == expected
    assert line.meets_interval == (expected, expected)


@given(SIZES, st.data())
def test_meeting_agrees_with_the_line(rows, data):
    """At that number of rows the line is not below the level, one row earlier it is."""
    means = data.draw(st.lists(st.floats(0, 1), min_size=len(rows), max_size=len(rows)))
    level = data.draw(st.floats(0, 1))
    line = fitted(rows, means, level)
    if line.meets == NEVER:
        assert line.at(line.limit) < level
        return
    assert rows[0] <= line.meets <= line.limit == 4 * rows[-1]
    assert line.at(line.meets) >= level - 1e-6
    assert line.meets == rows[0] or line.at(line.meets - 1) < level + 1e-6


def test_no_level_no_meeting():
    """Without a prompted arm nothing is met."""
    line = fitted((25, 50, 100), (0.2, 0.3, 0.4))
    assert (line.meets, line.meets_interval) == (None, None)


@given(SIZES, st.data())
def test_the_band_stays_where_it_may(rows, data):
    """Within [0, 1], around the line, rising rows, every size, never beyond two doublings."""
    means = data.draw(st.lists(st.floats(0, 1), min_size=len(rows), max_size=len(rows)))
    line = fitted(rows, means)
    assert all(0 <= p.low <= p.mid <= p.high <= 1 and p.low < p.high for p in line.band)
    places = [point.rows for point in line.band]
    assert places == sorted(set(places))
    assert set(rows) <= set(places)
    assert (places[0], places[-1]) == (rows[0], 4 * rows[-1])


def test_a_line_that_leaves_what_is_possible_says_so():
    """0.9 at 100 rows and 0.2 more per doubling: cut at 1."""
    line = fitted((25, 50, 100), (0.5, 0.7, 0.9))
    assert (line.clipped, line.at(400)) == (True, 1.0)
    assert not fitted((25, 50, 100), (0.5, 0.55, 0.6)).clipped


def test_a_size_off_the_line_is_a_misfit():
    """Against draws that differ by a hundredth, a tenth is too far and a thousandth is not."""
    design = Design((25, 50, 100, 200), (1,) * 4, 1000, 1000)
    noise = np.array([[np.sin(n * (k + 1)) / 100 for k in range(4)] for n in range(500)])

    def off(*means):
        seen = np.array([means])
        return misfits(design, Means(seen, None), Means(seen + noise, None))

    assert any(off(0.2, 0.3, 0.4, 0.3))
    assert not any(off(0.2, 0.3, 0.401, 0.5))
