"""Exact limits of a share: against scipy and statsmodels, and what "exact" promises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from harness.analysis.clopper_pearson import clopper_pearson, upper_limit
from harness.errors import UsageError


@pytest.mark.parametrize("cases", [2, 3, 10, 57, 400, 10_000])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.97, 1.0])
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.999])
def test_it_is_that_of_scipy_and_statsmodels(cases: int, share: float, confidence: float):
    """binomtest(...).proportion_ci(method='exact') and proportion_confint(method='beta')."""
    right = round(share * cases)
    interval = clopper_pearson(right, cases, confidence)
    assert interval is not None
    limits = (interval.low, interval.high)
    expected = stats.binomtest(right, cases).proportion_ci(confidence, method="exact")
    assert limits == pytest.approx(expected, abs=1e-9)
    theirs = proportion_confint(right, cases, alpha=1 - confidence, method="beta")
    assert limits == pytest.approx(theirs, abs=1e-9)


def test_none_of_n_by_hand():
    """None of 10: up to 1 - 0.025 ^ (1 / 10), and one-sided up to 1 - 0.05 ^ (1 / 10)."""
    interval = clopper_pearson(0, 10)
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((0, 1 - 0.025**0.1), abs=1e-12)
    assert upper_limit(0, 10) == pytest.approx(1 - 0.05**0.1, abs=1e-12)


@pytest.mark.parametrize(("right", "cases"), [(0, 0), (0, 1), (1, 1)])
def test_nothing_is_said_below_two(right: int, cases: int):
    """None rather than an interval that promises something."""
    assert clopper_pearson(right, cases) is None


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.93])
@pytest.mark.parametrize("cases", [2, 7, 25])
def test_it_covers_at_least_as_often_as_it_says(share: float, cases: int):
    """The binomial mass of the counts whose interval holds the true share is 95 % or more."""
    covered = 0.0
    for right in range(cases + 1):
        interval = clopper_pearson(right, cases)
        assert interval is not None
        if interval.low <= share <= interval.high:
            covered += float(stats.binom.pmf(right, cases, share))
    assert covered >= 0.95


@given(st.integers(2, 500), st.data())
def test_it_contains_the_share_and_has_width(cases: int, data: st.DataObject):
    """Within [0, 1], around the share, never of zero width, mirrored for the wrong answers."""
    right = data.draw(st.integers(0, cases))
    interval, wrong = clopper_pearson(right, cases), clopper_pearson(cases - right, cases)
    assert interval is not None
    assert wrong is not None
    assert 0 <= interval.low <= right / cases <= interval.high <= 1
    assert interval.high - interval.low > 1 / (cases + 4)
    assert (1 - wrong.high, 1 - wrong.low) == pytest.approx((interval.low, interval.high))


@given(st.integers(0, 300), st.data())
def test_the_upper_limit_leaves_five_percent(cases: int, data: st.DataObject):
    """At the limit, as few as were seen come up with probability 5 %; 1.0 where all were seen."""
    count = data.draw(st.integers(0, cases))
    limit = upper_limit(count, cases)
    if count == cases:
        assert limit == 1.0
    else:
        assert float(stats.binom.cdf(count, cases, limit)) == pytest.approx(0.05, rel=1e-8)


@pytest.mark.parametrize(
    ("right", "cases", "confidence", "named"),
    [(-1, 10, 0.95, "-1"), (11, 10, 0.95, "11"), (5, 10, 1.0, "1.0"), (5, 10, -3.0, "-1.0")],
)
def test_what_cannot_be_is_refused(right: int, cases: int, confidence: float, named: str):
    """A count outside its cases and a confidence that is none, with the value."""
    with pytest.raises(UsageError, match=named):
        clopper_pearson(right, cases, confidence)
