"""Quotients: against hand calculation, a bootstrap, and a truth that is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.cost.quotient import NEVER, Quotient, divided, ratio_of_means
from harness.analysis.interval import t_critical

CASES = st.lists(
    st.tuples(st.floats(0.01, 5), st.sampled_from((0.0, 1.0)), st.integers(0, 8)),
    min_size=2,
    max_size=60,
)


def test_divided_by_hand():
    """100 over 4 in [2, 5]: 25, from 20 to 50."""
    assert divided(100, 4, 2, 5) == Quotient(25, 20, 50)
    assert divided(100, 4, None, None) == Quotient(25)


def test_a_rate_that_may_be_nothing_has_no_upper_end():
    """At least 100 over the most that the rate may be; with or without an estimate."""
    assert divided(100, 4, -1, 5) == Quotient(25, 20, None)
    assert divided(100, 4, 0, 5) == Quotient(25, 20, None)
    assert divided(100, -1, -3, 5) == Quotient(None, 20, None)
    assert divided(100, 4, -1, 5).unbounded


def test_a_rate_that_is_nothing_is_never_enough():
    """An interval that ends at 0 or below it."""
    assert divided(100, -1, -2, 0) == NEVER
    assert divided(100, 0, None, None).never
    assert not divided(100, -1, -3, 5).never


def test_fieller_by_hand():
    """Costs 1, 2, 3, 4 and correct 1, 1, 1, 0, whose moments fit in one's head.

    Means 5/2 and 3/4; sums of products of residuals 5, 3/4 and -3/2, over n(n - 1) = 12.
    """
    square = t_critical(3) ** 2
    a = 9 / 16 - square * (3 / 4) / 12
    b = 15 / 8 - square * (-3 / 2) / 12
    c = 25 / 4 - square * 5 / 12
    found = ratio_of_means(np.array([1.0, 2, 3, 4]), np.array([1.0, 1, 1, 0]))
    assert a < 0
    assert found.estimate == pytest.approx(10 / 3, rel=1e-15)
    assert (found.low, found.high) == (pytest.approx((b - math.sqrt(b * b - a * c)) / a), None)


def test_groups_by_hand():
    """Two cases of a group that say the same are one: the moments of the four above, doubled."""
    cost, right = np.array([1.0, 2, 3, 4, 2, 3]), np.array([1.0, 1, 1, 0, 1, 1])
    alone = ratio_of_means(cost, right)
    doubled = ratio_of_means(np.repeat(cost, 2), np.repeat(right, 2), np.repeat(np.arange(6), 2))
    assert doubled.estimate == pytest.approx(alone.estimate)
    assert doubled.low == pytest.approx(alone.low)


def test_both_ends_solve_the_equation_of_fieller():
    """At either end the mean of cost - r * correct is t standard errors from 0."""
    random = np.random.default_rng(3)
    cost, right = random.uniform(1, 3, 80), (random.random(80) < 0.7).astype(float)
    found = ratio_of_means(cost, right)
    for end in (found.low, found.high):
        residual = cost - end * right
        error = residual.std(ddof=1) / math.sqrt(80)
        assert abs(residual.mean()) / error == pytest.approx(t_critical(79), rel=1e-9)


def test_it_covers_the_truth_as_often_as_it_says():
    """1,000 draws of 60 cases in 20 groups; a request costs more where it is right: 95 % +- 2."""
    random = np.random.default_rng(7)
    groups = np.repeat(np.arange(20), 3)
    truth, hits = 1.3 / 0.6, 0  # E cost = 1 + 0.5 * 0.6, E correct = 0.6
    for _ in range(1_000):
        shift = np.repeat(random.uniform(-0.3, 0.3, 20), 3)
        right = (random.random(60) < 0.6 + shift).astype(float)
        cost = 1 + 0.5 * right + random.normal(0, 0.1, 60)
        found = ratio_of_means(cost, right, groups)
        hits += found.low <= truth <= (math.inf if found.high is None else found.high)
    assert 0.93 <= hits / 1_000 <= 0.97


def test_none_correct_is_never():
    """No money buys a correct answer."""
    assert ratio_of_means(np.ones(5), np.zeros(5)).never
    assert ratio_of_means(np.array([]), np.array([])).never


def test_few_correct_have_no_upper_end():
    """1 of 20 is within chance of none."""
    right = np.zeros(20)
    right[3] = 1
    found = ratio_of_means(np.full(20, 2.0), right)
    assert found.estimate == pytest.approx(40)
    assert found.unbounded
    assert 2 < found.low < 40


def test_all_correct_is_no_certainty():
    """The error is 1 / (G + 1): 5 of 5 leave more room than 500 of 500."""
    few, many = (ratio_of_means(np.ones(n), np.ones(n)) for n in (5, 500))
    assert few.estimate == many.estimate == 1
    assert few.high - few.low > many.high - many.low > 0


def test_one_case_has_no_interval():
    """And two cases of one group have none either."""
    assert ratio_of_means(np.array([2.0]), np.array([1.0])) == Quotient(2.0)
    pair = ratio_of_means(np.array([2.0, 2.0]), np.array([1.0, 0.0]), np.array([0, 0]))
    assert pair == Quotient(4.0)


@given(CASES, st.floats(0.001, 1000))
def test_it_holds_the_estimate_and_scales_with_money(rows, scale):
    """In cents it is a hundred times what it is in dollars."""
    cost, right, groups = (np.array(column) for column in zip(*rows, strict=True))
    found = ratio_of_means(cost, right, groups)
    more = ratio_of_means(cost * scale, right, groups)
    if found.never:
        assert more.never
        return
    assert more.estimate == pytest.approx(found.estimate * scale, rel=1e-9)
    if found.low is not None:
        assert 0 <= found.low <= found.estimate * (1 + 1e-9)
    if found.high is not None and found.high < 1e6 * found.estimate:
        assert found.high >= found.estimate * (1 - 1e-9)
