"""The clustered mean: against statsmodels, scipy and the plain loop, and its promises."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from harness.analysis.clustered import ClusteredMean, clustered_mean, t_interval, t_p_value
from harness.analysis.interval import clustered_variance
from harness.errors import UsageError

ROWS = st.lists(st.tuples(st.floats(-1, 1), st.integers(0, 12)), min_size=2, max_size=60)


def mean_of(differences, clusters=None) -> ClusteredMean:
    codes = None if clusters is None else np.array(clusters)
    mean = clustered_mean(np.array(differences, dtype=float), codes)
    assert mean is not None
    return mean


def correlated(clusters=23, cases=400):
    random = np.random.default_rng(5)
    codes = random.integers(0, clusters, cases)
    shared = random.normal(0.05, 0.2, clusters)[codes]
    return np.clip(shared + random.normal(0, 0.3, cases), -1, 1), codes


def test_by_hand():
    """Mean 1/2; sums of residuals 1, -1, 0: 3/2 * (1 + 1 + 0) / 36 = 1/12, with 2 degrees."""
    mean = mean_of([1, 1, 0, 0, 1, 0], [0, 0, 1, 1, 2, 2])
    assert mean.standard_error == pytest.approx(math.sqrt(1 / 12), rel=1e-14)
    assert (mean.estimate, mean.degrees, mean.clusters) == (0.5, 2, 3)


def test_it_is_that_of_statsmodels():
    """OLS on a constant, cov_type='cluster', with its default correction: the same error.

    statsmodels multiplies CR0 by G / (G - 1) * (n - 1) / (n - k); with one parameter the second
    factor is 1, so that this is our CR1. Its p with use_t is by t(G - 1) too.
    """
    values, codes = correlated()
    fit = sm.OLS(values, np.ones(len(values))).fit(
        cov_type="cluster", cov_kwds={"groups": codes, "df_correction": True}, use_t=True
    )
    mean = mean_of(values, codes)
    assert mean.estimate == pytest.approx(float(fit.params[0]), rel=1e-12)
    assert mean.standard_error == pytest.approx(float(fit.bse[0]), rel=1e-12)
    assert t_p_value(mean) == pytest.approx(float(fit.pvalues[0]), rel=1e-10)
    interval = t_interval(mean)
    assert (interval.low, interval.high) == pytest.approx(fit.conf_int()[0], abs=1e-10)


@pytest.mark.parametrize("n", [2, 3, 30, 201, 202, 5000])
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_without_clusters_it_is_the_paired_t_test(n: int, confidence: float):
    """The ttest_rel of scipy: p and interval to 1e-10, on both sides of where t is an expansion."""
    random = np.random.default_rng(n)
    a, b = random.uniform(0, 1, n), random.uniform(0, 1, n)
    expected = stats.ttest_rel(a, b)
    limits = expected.confidence_interval(confidence)
    mean = mean_of(a - b)
    interval = t_interval(mean, confidence)
    assert t_p_value(mean) == pytest.approx(expected.pvalue, abs=1e-10)
    assert interval.low == pytest.approx(max(-1, limits.low), abs=1e-10)
    assert interval.high == pytest.approx(min(1, limits.high), abs=1e-10)


def test_a_tiny_p_keeps_its_digits():
    """Not 1 minus something close to 1: scipy's p near 1e-60 is met to ten digits."""
    a = np.random.default_rng(1).uniform(0.2, 0.9, 400)
    expected = stats.ttest_1samp(a - 0.25, 0).pvalue
    assert 0 < expected < 1e-50
    assert t_p_value(mean_of(a - 0.25)) == pytest.approx(expected, rel=1e-10)


@given(ROWS, st.booleans())
def test_it_is_the_plain_loop(rows: list[tuple[float, int]], grouped: bool):
    """interval.clustered_variance, vectorised: same error, same number of clusters."""
    values = [value for value, _ in rows]
    groups = [group for _, group in rows] if grouped else None
    variance, clusters = clustered_variance(values, groups)
    codes = None if groups is None else np.array(groups)
    mean = clustered_mean(np.array(values), codes)
    if clusters < 2:
        assert mean is None
    else:
        assert mean is not None
        assert mean.standard_error == pytest.approx(math.sqrt(variance), rel=1e-9, abs=1e-11)
        assert (mean.clusters, mean.degrees) == (clusters, clusters - 1)


@given(ROWS, st.randoms(use_true_random=False))
def test_order_and_codes_do_not_matter(rows: list[tuple[float, int]], random):
    """Shuffled cases under other codes, of which some are missing, are the same data."""
    shuffled = list(rows)
    random.shuffle(shuffled)
    first = clustered_mean(np.array([v for v, _ in rows]), np.array([c for _, c in rows]))
    other = clustered_mean(
        np.array([v for v, _ in shuffled]), np.array([40 - 3 * c for _, c in shuffled])
    )
    if first is None or other is None:
        assert first is other is None
    else:
        assert other.clusters == first.clusters
        assert other.estimate == pytest.approx(first.estimate, abs=1e-12)
        assert other.standard_error == pytest.approx(first.standard_error, abs=1e-11)


@given(ROWS)
def test_turned_round_it_mirrors(rows: list[tuple[float, int]]):
    """Exchanging the arms turns the sign of the estimate and of the interval and leaves p."""
    values, codes = np.array([v for v, _ in rows]), np.array([c for _, c in rows])
    one, other = clustered_mean(values, codes), clustered_mean(-values, codes)
    if one is not None and other is not None:
        there, back = t_interval(one), t_interval(other)
        assert (-back.high, -back.low) == pytest.approx((there.low, there.high), abs=1e-12)
        assert -1 <= there.low <= one.estimate <= there.high <= 1
        assert t_p_value(one) == t_p_value(other)


@given(ROWS)
def test_p_and_interval_agree(rows: list[tuple[float, int]]):
    """P is below 5 % where the 95 % interval leaves 0 out, and only there."""
    mean = clustered_mean(np.array([v for v, _ in rows]), np.array([c for _, c in rows]))
    if mean is not None and mean.standard_error > 0:
        interval, p = t_interval(mean), t_p_value(mean)
        if abs(p - 0.05) > 1e-6:
            assert (p < 0.05) == (interval.low > 0 or interval.high < 0)


@pytest.mark.parametrize(
    ("values", "codes"), [([], None), ([0.5], None), ([0.5], [0]), ([1.0, 0.0, 1.0], [4, 4, 4])]
)
def test_fewer_than_two_clusters_say_nothing(values, codes):
    """None, and not an error of 0, which would promise certainty."""
    clusters = None if codes is None else np.array(codes)
    assert clustered_mean(np.array(values), clusters) is None


@pytest.mark.parametrize("value", [0.0, 0.1, -1 / 3, 1.0])
def test_equal_differences_have_an_error_of_exactly_zero(value: float):
    """Twelve times 0.1 has a mean a hair off 0.1; the hair is no spread, and 0 can be asked for."""
    mean = mean_of([value] * 12)
    assert mean.standard_error == 0
    assert t_p_value(mean) == (1.0 if value == 0 else 0.0)


def test_lengths_must_agree():
    """A code too few is the caller's mistake, and both lengths are named."""
    with pytest.raises(UsageError, match=r"3 values and 2 codes"):
        clustered_mean(np.zeros(3), np.array([0, 1]))
