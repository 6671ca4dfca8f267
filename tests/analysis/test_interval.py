"""Intervals: against scipy, by hand, and the promises that no data may break."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from harness.analysis.interval import case_interval, clustered_variance, t_critical, wilson

UNIT = st.floats(0, 1)
GROUPS = st.integers(0, 30)


@pytest.mark.parametrize("n", [2, 3, 10, 57, 400, 10_000])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.97, 1.0])
def test_wilson_is_that_of_scipy(n: int, share: float):
    """binomtest(...).proportion_ci(method='wilson') to 1e-12."""
    right = round(share * n)
    expected = stats.binomtest(right, n).proportion_ci(method="wilson")
    interval = wilson(right / n, n)
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx(expected, abs=1e-12)


def test_wilson_of_a_known_table():
    """81 of 263 (Newcombe 1998, table I, method 3): 0.2553 to 0.3662."""
    interval = wilson(81 / 263, 263)
    assert interval is not None
    assert (round(interval.low, 4), round(interval.high, 4)) == (0.2553, 0.3662)


@given(st.integers(2, 10_000), st.data())
def test_wilson_contains_the_share_and_has_width(n: int, data: st.DataObject):
    """Within [0, 1], around the share, never of zero width."""
    share = data.draw(st.integers(0, n)) / n
    interval = wilson(share, n)
    assert interval is not None
    assert 0 <= interval.low <= share + 1e-12
    assert share - 1e-12 <= interval.high <= 1
    assert interval.high - interval.low > 1 / (n + 4)


@given(UNIT, st.floats(2, 1e6), st.floats(1.01, 10))
def test_wilson_widens_as_n_falls(share: float, n: float, factor: float):
    """Less data, wider interval."""
    more, fewer = wilson(share, n * factor), wilson(share, n)
    assert more is not None
    assert fewer is not None
    assert fewer.high - fewer.low > more.high - more.low


@given(UNIT)
def test_mirrored_shares_have_mirrored_intervals(share: float):
    """The interval of the wrong answers is that of the right ones, turned round."""
    right, wrong = wilson(share, 40), wilson(1 - share, 40)
    assert right is not None
    assert wrong is not None
    assert (1 - wrong.high, 1 - wrong.low) == pytest.approx((right.low, right.high))


@pytest.mark.parametrize("n", [0, 1, 1.99])
def test_wilson_says_nothing_below_two(n: float):
    """None rather than an interval that promises something."""
    assert wilson(1.0, n) is None


def test_t_critical_is_that_of_scipy():
    """To 1e-9 on both sides of where the series gives way to the expansion."""
    degrees = [*range(1, 260), 500, 1000, 10_000, 1_000_000]
    worst = max(abs(t_critical(d) - stats.t.ppf(0.975, d)) for d in degrees)
    assert worst < 1e-9


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.99])
def test_t_critical_takes_a_confidence(confidence: float):
    """Two-sided: the upper quantile at (1 + confidence) / 2."""
    for degrees in (1, 2, 7, 30, 201):
        expected = stats.t.ppf(0.5 + confidence / 2, degrees)
        assert t_critical(degrees, confidence) == pytest.approx(expected, rel=1e-8)


def test_clustered_variance_by_hand():
    """Mean 1/2; sums of residuals 1, -1, 0: 3/2 * (1 + 1 + 0) / 36 = 1/12."""
    values = [1, 1, 0, 0, 1, 0]
    assert clustered_variance(values, ["a", "a", "b", "b", "c", "c"]) == pytest.approx((1 / 12, 3))


@given(st.lists(UNIT, min_size=2, max_size=40))
def test_without_groups_it_is_the_usual_variance_of_the_mean(values: list[float]):
    """s^2 / n with n - 1, as numpy and scipy have it."""
    variance, clusters = clustered_variance(values)
    assert variance == pytest.approx(float(stats.sem(values)) ** 2, abs=1e-15)
    assert clusters == len(values)


@pytest.mark.cases
def test_clustered_errors_of_others(cases_folder: Path):
    """inspect_ai's clustered standard error (CR0 times sqrt(G / (G - 1))), which is this CR1."""
    path = cases_folder / "16_statistics_vectors" / "vectors.json"
    cases = json.loads(path.read_text())["standard_errors"]["cases"]
    case = next(c for c in cases if len(set(c.get("clusters", ()))) > 1)
    variance, clusters = clustered_variance(case["values"], case["clusters"])
    assert math.sqrt(variance) == pytest.approx(case["clustered_stderr"], abs=5e-4)
    assert clusters == len(set(case["clusters"]))


@given(st.lists(st.tuples(UNIT, GROUPS), max_size=60), st.booleans(), st.booleans())
def test_an_interval_keeps_its_promises(rows: list[tuple[float, int]], graded: bool, grouped: bool):
    """In [0, 1], of some width, around the mean; nothing for fewer than two cases or clusters."""
    values = [value for value, _ in rows]
    groups = [group for _, group in rows] if grouped else None
    interval = case_interval(values, groups, graded=graded)
    if len(values) < 2 or (grouped and len(set(groups or ())) < 2):
        assert interval is None
    if interval is not None:
        mean = math.fsum(values) / len(values)
        assert 0 <= interval.low <= mean + 1e-9
        assert mean - 1e-9 <= interval.high <= 1
        assert interval.high - interval.low > 1e-9


@pytest.mark.parametrize("value", [0.0, 0.1, 0.3, 0.7, 1 / 3, 1.0])
@pytest.mark.parametrize("n", [2, 12, 20, 51])
def test_equal_graded_scores_are_no_certainty(value: float, n: int):
    """Twelve times 0.1 sums to a hair less than 1.2; that hair is no variance to trust."""
    interval = case_interval([value] * n, graded=True)
    assert interval is not None
    assert interval.high - interval.low > 0.5 / n


def test_plain_answers_get_wilson():
    """All 0 or 1, one reply per case, no group."""
    assert case_interval([1, 1, 1, 0]) == wilson(0.75, 4)


def test_one_cluster_says_nothing():
    """Forty rows of one document are one observation."""
    assert case_interval([1.0, 0.0] * 20, ["only"] * 40) is None


def test_clusters_that_agree_widen_the_interval():
    """Forty answers in ten documents of four equal ones are worth about ten."""
    values = [float(i % 2) for i in range(10) for _ in range(4)]
    groups = [i for i in range(10) for _ in range(4)]
    clustered, ten = case_interval(values, groups), wilson(0.5, 9, t_critical(9))
    assert clustered is not None
    assert ten is not None
    assert (clustered.low, clustered.high) == pytest.approx((ten.low, ten.high))


@given(st.lists(st.tuples(st.sampled_from([0.0, 1.0]), GROUPS), min_size=4, max_size=60))
def test_groups_never_narrow_the_interval_of_a_share(rows: list[tuple[float, int]]):
    """A design effect below 1 is luck, and not believed."""
    values, groups = [value for value, _ in rows], [group for _, group in rows]
    grouped, plain = case_interval(values, groups), case_interval(values)
    if grouped is not None and plain is not None:
        assert grouped.high - grouped.low >= plain.high - plain.low - 1e-12


def test_averaged_replicates_never_narrow_it_either():
    """Values of 1/3 and 2/3 vary less than a share; not graded, they count as one."""
    values = [1 / 3, 2 / 3] * 20
    averaged = case_interval(values)
    share = wilson(0.5, 40, t_critical(39))
    assert averaged is not None
    assert share is not None
    assert (averaged.low, averaged.high) == pytest.approx((share.low, share.high))


def test_graded_scores_are_as_narrow_as_they_vary():
    """With ten clusters and more the variance is trusted: close to mean +- t * s / sqrt(n)."""
    values = [0.45, 0.5, 0.55, 0.5] * 25
    interval = case_interval(values, graded=True)
    half = t_critical(99) * math.sqrt(clustered_variance(values)[0])
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((0.5 - half, 0.5 + half), abs=1e-4)


def test_a_few_clusters_are_not_trusted_to_be_narrow():
    """Nine cases of graded scores: at least as wide as a share among nine."""
    few = case_interval([0.5, 0.51, 0.49] * 3, graded=True)
    share = wilson(0.5, 9, t_critical(8))
    assert few is not None
    assert share is not None
    assert few.high - few.low >= share.high - share.low - 1e-12
