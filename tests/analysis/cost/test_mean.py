"""Means of money: against scipy, and never surer in groups than alone."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from harness.analysis.cost.mean import paired_mean

ROWS = st.lists(st.tuples(st.floats(0, 5), st.integers(0, 6)), min_size=2, max_size=40)


def mean_of(values, groups=None):
    column = np.array(values, dtype=float)
    codes = None if groups is None else np.array(groups)
    return paired_mean(np.zeros(len(column)), column, codes)


def test_it_is_the_paired_t_interval():
    """Of scipy, on the differences."""
    random = np.random.default_rng(2)
    before, after = random.random(30) / 1e6, random.random(30) / 1e6
    found = paired_mean(before, after)
    low, high = stats.ttest_rel(after, before).confidence_interval(0.95)
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high), rel=1e-9)
    assert (found.reference, found.candidate) == pytest.approx((before.mean(), after.mean()))


def test_groups_that_balance_by_luck_are_no_surer():
    """Each group holds a 1 and a 3, so that the groups agree; their cases do not."""
    found = mean_of([1, 3] * 6, [n // 2 for n in range(12)]).interval
    half = stats.t.ppf(0.975, 5) * np.std([1, 3] * 6, ddof=1) / math.sqrt(12)
    assert (found.low, found.high) == pytest.approx((2 - half, 2 + half))


def test_nothing_can_be_said():
    """Nothing varies, one case alone, one group alone; or no case at all."""
    for values, groups in (([2, 2], None), ([0, 0], None), ([2], None), ([1, 2], [0, 0])):
        assert mean_of(values, groups).interval is None
    assert mean_of([math.nan, math.nan]) is None


@given(ROWS, st.floats(1e-9, 1e9))
def test_it_scales_with_the_currency(rows, scale):
    """And groups never narrow it below what the cases say alone, at their own degrees."""
    values, groups = zip(*rows, strict=True)
    found, more = mean_of(values, groups), mean_of(np.array(values) * scale, groups)
    assert more.estimate == pytest.approx(found.estimate * scale, rel=1e-9, abs=1e-12 * scale)
    if found.interval and more.interval:
        width = found.interval.high - found.interval.low
        assert more.interval.high - more.interval.low == pytest.approx(width * scale, rel=1e-6)
        alone = mean_of(values).interval
        assert alone is None or width >= (alone.high - alone.low) * (1 - 1e-9)
