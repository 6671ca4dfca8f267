"""Tango's interval: the inversion of its test, against an independent one, and its promises."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy import optimize
from scipy.stats import norm
from statsmodels.stats.contingency_tables import mcnemar

from harness.analysis.tango import score_z, tango_interval, tango_intervals, tango_z
from harness.errors import UsageError

Z = float(norm.ppf(0.975))


@st.composite
def tables(draw: st.DrawFn, least: int = 2) -> tuple[int, int, int]:
    """(gained, lost, cases), from no discordant pair to nothing else."""
    cases = draw(st.integers(least, 400))
    gained = draw(st.integers(0, cases))
    return gained, draw(st.integers(0, cases - gained)), cases


def slow_z(gained: int, lost: int, cases: int, difference: float) -> float:
    """The definition: the likelihood's maximum under the hypothesis found by root finding."""
    rest = cases - gained - lost

    def slope(q: float) -> float:
        return gained / (q + difference) + lost / q - 2 * rest / (1 - 2 * q - difference)

    ends = max(0.0, -difference) + 1e-15, (1 - difference) / 2 - 1e-15
    q = optimize.brentq(slope, *ends, xtol=1e-15, rtol=1e-14)
    variance = cases * (2 * q + difference - difference**2)
    return (gained - lost - cases * difference) / math.sqrt(variance)


INTERIOR = [(6, 16, 161), (1, 1, 3), (12, 2, 50), (3, 3, 7), (40, 50, 91), (1, 300, 1000)]


@pytest.mark.parametrize("table", INTERIOR)
@pytest.mark.parametrize("difference", [-0.9, -0.3, -0.01, 0.0, 0.02, 0.25, 0.8])
def test_the_statistic_is_that_of_the_likelihood(table: tuple[int, int, int], difference: float):
    """The closed form of the constrained estimate is the maximum found numerically, to 1e-9."""
    assert tango_z(*table, difference) == pytest.approx(slow_z(*table, difference), rel=1e-9)


@pytest.mark.parametrize("table", INTERIOR)
@pytest.mark.parametrize("critical", [0.5, Z, 4.0])
def test_the_interval_is_the_inversion(table: tuple[int, int, int], critical: float):
    """The roots of the slow statistic found by scipy's brentq, to 1e-10."""
    gained, lost, cases = table
    estimate = (gained - lost) / cases
    ends = ((-1 + 1e-9, estimate, critical), (estimate, 1 - 1e-9, -critical))
    expected = [
        optimize.brentq(lambda d, level=level: slow_z(*table, d) - level, low, high, xtol=1e-14)
        for low, high, level in ends
    ]
    interval = tango_interval(gained, lost, cases, critical)
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("cases", [2, 3, 50, 1000, 10**6])
def test_no_discordant_pair_by_hand(cases: int):
    """+- z^2 / (n + z^2): equal replies are no certainty."""
    interval = tango_interval(0, 0, cases)
    assert interval is not None
    bound = Z**2 / (cases + Z**2)
    assert (interval.low, interval.high) == pytest.approx((-bound, bound), abs=1e-11)


@pytest.mark.parametrize("cases", [2, 3, 50, 1000])
def test_everything_gained_by_hand(cases: int):
    """From (n - z^2) / (n + z^2) to 1 exactly."""
    interval = tango_interval(cases, 0, cases)
    assert interval is not None
    assert interval.low == pytest.approx((cases - Z**2) / (cases + Z**2), abs=1e-12)
    assert interval.high == 1.0


@pytest.mark.parametrize("table", [(6, 16, 161), (0, 1, 2), (121, 59, 314), (0, 9, 9)])
def test_at_no_difference_it_is_mcnemars(table: tuple[int, int, int]):
    """It is (gained - lost) / sqrt(gained + lost); its square is statsmodels' statistic."""
    gained, lost, cases = table
    z = tango_z(gained, lost, cases)
    assert z == pytest.approx((gained - lost) / math.sqrt(gained + lost), rel=1e-12)
    pairs = [[0, gained], [lost, cases - gained - lost]]
    assert z**2 == pytest.approx(mcnemar(pairs, exact=False, correction=False).statistic)


def test_the_statistic_where_there_is_no_variance():
    """0 without a discordant pair; infinite for a hypothesis of 1 unless that was seen."""
    assert tango_z(0, 0, 10) == 0.0
    assert tango_z(5, 0, 10, 1.0) == -math.inf
    assert tango_z(5, 0, 10, -1.0) == math.inf
    assert tango_z(10, 0, 10, 1.0) == 0.0


@given(tables(), st.floats(0.1, 5))
@example((3, 0, 3), Z)
@example((0, 0, 2), Z)
def test_an_interval_keeps_its_promises(table: tuple[int, int, int], critical: float):
    """Within [-1, 1], around the estimate, never of zero width, mirrored exactly when swapped."""
    gained, lost, cases = table
    interval = tango_interval(gained, lost, cases, critical)
    mirrored = tango_interval(lost, gained, cases, critical)
    assert interval is not None
    assert mirrored is not None
    assert -1 <= interval.low <= (gained - lost) / cases <= interval.high <= 1
    assert interval.high - interval.low > 1e-6
    assert (-mirrored.high, -mirrored.low) == (interval.low, interval.high)


@given(tables(), st.floats(-1, 1), st.floats(0.1, 5))
@example((0, 0, 2), 1e-200, 1.0)
def test_interval_and_test_agree(table: tuple[int, int, int], difference: float, critical: float):
    """A difference lies outside exactly when the test at the same critical value rejects it."""
    interval = tango_interval(*table, critical)
    assert interval is not None
    assume(min(abs(difference - interval.low), abs(difference - interval.high)) > 1e-9)
    outside = not interval.low <= difference <= interval.high
    assert outside == (abs(tango_z(*table, difference)) > critical)


@given(tables(), st.floats(0.1, 5))
def test_the_bounds_are_where_the_test_turns(table: tuple[int, int, int], critical: float):
    """At each bound inside (-1, 1) the statistic is the critical value."""
    interval = tango_interval(*table, critical)
    assert interval is not None
    if interval.low > -1:
        assert tango_z(*table, interval.low) == pytest.approx(critical, rel=1e-6)
    if interval.high < 1:
        assert tango_z(*table, interval.high) == pytest.approx(-critical, rel=1e-6)


@given(tables(), st.floats(1.5, 20))
def test_more_cases_of_the_same_shares_narrow_it(table: tuple[int, int, int], factor: float):
    """Less doubt with more data, on both sides of the estimate."""
    fewer, more = tango_interval(*table), tango_interval(*(count * factor for count in table))
    assert fewer is not None
    assert more is not None
    assert fewer.low <= more.low + 1e-12
    assert more.high <= fewer.high + 1e-12
    assert more.high - more.low < fewer.high - fewer.low


@given(tables())
def test_one_more_gained_never_lowers_the_bounds(table: tuple[int, int, int]):
    """Whether the case was wrong on both sides before, or lost."""
    gained, lost, cases = table
    before = tango_interval(gained, lost, cases)
    assert before is not None
    changed = [(gained + 1, lost, cases)] if gained + lost < cases else []
    changed += [(gained + 1, lost - 1, cases)] if lost else []
    for better in changed:
        after = tango_interval(*better)
        assert after is not None
        assert after.low >= before.low - 1e-12
        assert after.high >= before.high - 1e-12


@given(tables())
def test_the_statistic_falls_as_the_hypothesis_rises(table: tuple[int, int, int]):
    """What makes the interval one piece, and bisection right."""
    grid = np.linspace(-1, 1, 401)[1:-1]
    z = score_z(*(np.float64(count) for count in table), grid)
    assert np.all(np.diff(z) < 0)


def test_many_tables_at_once_are_each_of_them():
    """All tables of nine cases, in any shape, and more than fit one batch."""
    gained, lost = np.meshgrid(np.arange(10), np.arange(10))
    valid = gained + lost <= 9
    gained, lost = gained[valid], lost[valid]
    low, high = tango_intervals(gained, lost, 9)
    for index, table in enumerate(zip(gained, lost, strict=True)):
        interval = tango_interval(*table, 9)
        assert interval is not None
        assert (interval.low, interval.high) == (low[index], high[index])
    many = np.tile(gained, (2, 200))
    repeated = tango_intervals(many, np.tile(lost, (2, 200)), 9)
    assert repeated[0].shape == many.shape
    assert np.array_equal(repeated[0], np.tile(low, (2, 200)))
    assert np.array_equal(repeated[1], np.tile(high, (2, 200)))


def test_no_tables_have_no_intervals():
    """Two empty arrays."""
    low, high = tango_intervals([], [], 9)
    assert low.shape == high.shape == (0,)


def test_effective_sizes_may_sum_to_a_hair_more():
    """7 / 3 and 2 / 3 of 3: a rounding error is no mistake of the caller."""
    interval = tango_interval(0.1 + 0.2 + 2.1, 0.6, 2.9999999999)
    assert interval is not None
    assert -1 <= interval.low < 0.6 < interval.high <= 1


@pytest.mark.parametrize("cases", [0, 1, 1.99])
def test_nothing_is_said_below_two(cases: float):
    """None rather than an interval that promises something; many at once are refused."""
    assert tango_interval(0, 0, cases) is None
    with pytest.raises(UsageError, match=r"at least 2 cases|\(gained, lost, cases\)"):
        tango_intervals([0], [0], cases)


@pytest.mark.parametrize("table", [(-1, 0, 10), (0, -0.5, 10), (6, 5, 10), (math.nan, 0, 10)])
def test_a_table_that_cannot_be_is_refused(table: tuple[float, float, float]):
    """Negative counts and more discordant pairs than cases, with the values."""
    with pytest.raises(UsageError, match="gained and lost must be"):
        tango_interval(*table)
    with pytest.raises(UsageError, match="gained and lost must be"):
        tango_z(*table)


@pytest.mark.parametrize("critical", [0.0, -1.96, math.inf, math.nan])
def test_a_critical_value_that_is_none_is_refused(critical: float):
    """Zero width is never asked for."""
    with pytest.raises(UsageError, match=f"not {critical!r}"):
        tango_interval(1, 2, 10, critical)


def test_an_impossible_hypothesis_is_refused():
    """No two shares differ by more than 1."""
    with pytest.raises(UsageError, match=r"1\.2"):
        tango_z(1, 2, 10, 1.2)
