"""The BCa bootstrap: against scipy, the exact distribution of binary pairs, and its promises."""

from __future__ import annotations

import tracemalloc
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from harness.analysis.bootstrap import MOST_UNITS, _bias, bca_interval, bootstrap_means
from harness.analysis.clustered import clustered_mean, t_interval
from harness.analysis.resample import Range
from harness.errors import UsageError


def pairs(lost: int, same: int, gained: int):
    return np.repeat([-1.0, 0.0, 1.0], [lost, same, gained])


def interval_of(values, clusters=None, **options) -> Range:
    codes = None if clusters is None else np.array(clusters)
    interval = bca_interval(np.array(values, dtype=float), codes, **options)
    assert interval is not None
    return interval


def graded(count: int, seed: int = 4):
    """Skewed differences, all distinct, so that they are drawn one by one."""
    return np.random.default_rng(seed).beta(1, 4, count) * 1.5 - 0.5


def skewed_clusters():
    random = np.random.default_rng(6)
    codes = random.integers(0, 25, 120)
    return np.clip(random.exponential(0.25, 25)[codes] + random.normal(0, 0.1, 120), -1, 1), codes


@pytest.mark.parametrize(
    ("values", "step"),
    [
        pytest.param(graded(40), 0, id="graded, drawn one by one"),
        pytest.param(pairs(3, 40, 17), 1 / 60, id="binary pairs, by counts"),
        pytest.param(pairs(0, 55, 5), 1 / 60, id="five pairs of sixty differ"),
        pytest.param(np.array([0, 1, 4, 2, 1, 0, 0, 4, -2]) / 4, 1 / 36, id="nine graded"),
    ],
)
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_it_is_that_of_scipy(values, step: float, confidence: float):
    """scipy.stats.bootstrap(method='BCa'), 60,000 draws each: to 3 % of the width or one step.

    Means of few values step from one to the next; an end beside a step may fall on either side.
    """
    expected = stats.bootstrap(
        (values,),
        np.mean,
        n_resamples=60_000,
        confidence_level=confidence,
        method="BCa",
        vectorized=True,
        batch=5_000,
        rng=np.random.default_rng(11),
    ).confidence_interval
    interval = interval_of(values, draws=60_000, confidence=confidence)
    allowed = max(0.03 * (expected.high - expected.low), 1.001 * step)
    assert (interval.low, interval.high) == pytest.approx(tuple(expected), abs=allowed)


def test_clusters_are_those_of_scipy():
    """The bootstrap of scipy, of a ratio over clusters, drawn in pairs of (sum, size)."""
    values, codes = skewed_clusters()
    sums, sizes = np.bincount(codes, values), np.bincount(codes).astype(float)
    expected = stats.bootstrap(
        (sums, sizes),
        lambda total, count, axis: total.sum(axis=axis) / count.sum(axis=axis),
        n_resamples=60_000,
        method="BCa",
        paired=True,
        vectorized=True,
        rng=np.random.default_rng(12),
    ).confidence_interval
    interval = interval_of(values, codes, draws=60_000)
    allowed = 0.02 * (expected.high - expected.low)
    assert (interval.low, interval.high) == pytest.approx(tuple(expected), abs=allowed)


def exact_bca(lost: int, same: int, gained: int, confidence: float = 0.95) -> tuple[float, float]:
    """The ideal bootstrap of binary pairs: the distribution of their sum, by convolution."""
    n = lost + same + gained
    mass = np.array([1.0])
    for _ in range(n):
        mass = np.convolve(mass, np.array([lost, same, gained]) / n)
    sums = np.arange(-n, n + 1)
    normal = NormalDist()
    estimate = gained - lost
    bias = normal.inv_cdf(mass[sums < estimate].sum() + mass[sums == estimate].sum() / 2)
    values = pairs(lost, same, gained)
    centred = values - values.mean()
    acceleration = (centred**3).sum() / (6 * (centred**2).sum() ** 1.5)
    ends = []
    for share in ((1 - confidence) / 2, (1 + confidence) / 2):
        shifted = bias + normal.inv_cdf(share)
        corrected = normal.cdf(bias + shifted / (1 - acceleration * shifted))
        ends.append(float(sums[np.searchsorted(np.cumsum(mass), corrected)]) / n)
    return ends[0], ends[1]


@pytest.mark.parametrize("table", [(5, 70, 25), (0, 196, 4), (2, 90, 8), (60, 300, 40)])
def test_binary_pairs_meet_their_exact_distribution(table: tuple[int, int, int]):
    """200,000 draws by counts end within one pair of the ideal bootstrap, which has no draws."""
    interval = interval_of(pairs(*table), draws=200_000)
    assert (interval.low, interval.high) == pytest.approx(exact_bca(*table), abs=1.001 / sum(table))


@pytest.mark.parametrize("table", [(3, 10, 7), (1, 1, 0), (0, 4, 1)])
def test_the_counts_have_the_multinomial_distribution(table: tuple[int, int, int]):
    """All sums of 100,000 draws, against the exact distribution by chi-squared."""
    values = pairs(*table)
    n = len(values)
    mass = np.array([1.0])
    for _ in range(n):
        mass = np.convolve(mass, np.array(table) / n)
    means = bootstrap_means(values, np.ones(n), 100_000, np.random.PCG64(3))
    seen = np.bincount(np.rint(means * n).astype(int) + n, minlength=2 * n + 1)
    often = mass * 100_000 >= 5
    assert seen[mass < 1e-15].sum() == 0
    observed = [*seen[often], seen[~often].sum()]
    expected = [*mass[often] * 100_000, mass[~often].sum() * 100_000]
    keep = np.array(expected) > 0.5
    score = ((np.array(observed) - expected)[keep] ** 2 / np.array(expected)[keep]).sum()
    assert stats.chi2.sf(score, keep.sum() - 1) > 0.001


@pytest.mark.parametrize("kinds", [2, 3, 9, 32])
def test_counts_have_the_usual_variance(kinds: int):
    """Drawing n of n, by counts: mean as it is, variance (n - 1) / n of s^2 / n."""
    values = np.arange(600) % kinds / kinds
    means = bootstrap_means(values, np.ones(600), 40_000, np.random.PCG64(2))
    assert means.mean() == pytest.approx(values.mean(), abs=4 * values.std() / 600**0.5 / 200)
    assert means.var() == pytest.approx(values.var() / 600, rel=0.04)


def test_few_kinds_and_many_are_the_same_bootstrap():
    """A hair on each value has it drawn one by one; the interval moves by simulation error only."""
    values = np.arange(300) % 5 / 5 - 0.3
    by_counts = interval_of(values, draws=40_000)
    one_by_one = interval_of(values + np.arange(300) * 1e-7, draws=40_000)
    width = by_counts.high - by_counts.low
    assert (one_by_one.low, one_by_one.high) == pytest.approx(
        (by_counts.low, by_counts.high), abs=0.03 * width
    )


def test_clusters_of_one_are_cases():
    """A cluster for every case is no cluster: equal to the last bit."""
    values = graded(50)
    assert interval_of(values, range(50)) == interval_of(values)


def test_clusters_are_drawn_whole():
    """Four equal rows in each of 30 documents are worth 30 cases."""
    values = graded(30)
    assert interval_of(np.repeat(values, 4), np.repeat(np.arange(30), 4)) == interval_of(values)


def test_a_skewed_mean_has_a_longer_side():
    """Gains are rare: the upper side is the longer one, which t cannot show."""
    values = pairs(0, 95, 5)
    interval = interval_of(values)
    assert interval.high - 0.05 > 1.2 * (0.05 - interval.low)


def test_at_most_units_it_agrees_with_t():
    """At MOST_UNITS the ends are those of t within 4 % of the width: why nobody needs it above."""
    values = graded(MOST_UNITS)
    mean = clustered_mean(values)
    assert mean is not None
    expected, interval = t_interval(mean), interval_of(values, draws=4_000)
    allowed = 0.04 * (expected.high - expected.low)
    assert (interval.low, interval.high) == pytest.approx(
        (expected.low, expected.high), abs=allowed
    )


def test_the_interval_covers():
    """Of 400 samples of 40 skewed values with mean 0.2, 95 % intervals hold it in 90 to 98 %."""
    held = 0
    for seed in range(400):
        values = np.random.default_rng(seed).beta(1, 4, 40)
        interval = interval_of(values, draws=1_000)
        held += interval.low <= 0.2 <= interval.high
    assert 0.90 <= held / 400 <= 0.98


@given(
    st.lists(st.tuples(st.floats(-1, 1), st.integers(0, 9)), max_size=40),
    st.booleans(),
    st.integers(0, 2**63),
)
@settings(max_examples=60)
def test_an_interval_keeps_its_promises(rows: list[tuple[float, int]], grouped: bool, seed: int):
    """Within the data, low to high, the same for the same seed; None for what is all alike."""
    values = np.array([value for value, _ in rows])
    codes = np.array([code for _, code in rows], dtype=int) if grouped else None
    interval = bca_interval(values, codes, draws=100, seed=seed)
    assert interval == bca_interval(values, codes, draws=100, seed=seed)
    if len(set(values.tolist())) < 2:
        assert interval is None
    if interval is not None:
        assert values.min() - 1e-12 <= interval.low <= interval.high <= values.max() + 1e-12


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ([], None),
        ([1.0], None),
        ([1.0, 0.0, 1.0], [2, 2, 2]),
        ([0.0] * 50, None),
        ([0.1] * 12, None),
        ([0.1 + 0.2, 0.3] * 9, None),
        ([1.0, 0.0] * 8, [i // 2 for i in range(16)]),
        ([0.3] * 7, [0, 0, 0, 1, 1, 2, 2]),
    ],
)
def test_what_is_all_alike_says_nothing(values, codes):
    """One unit, equal values, equal values but for rounding, clusters of equal mean: None."""
    assert bca_interval(np.array(values), None if codes is None else np.array(codes)) is None


def test_ties_but_for_rounding_count_half():
    """0.1 + 0.2 is a hair above 0.3 and a tie with it: half of all draws lie below."""
    assert _bias(np.array([0.3, 0.1 + 0.2] * 50), 0.3) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(("estimate", "share"), [(0.5, 0.005), (1.0, 0.5), (1.5, 0.995)])
def test_draws_on_one_side_have_a_finite_bias(estimate: float, share: float):
    """100 draws of 1: all above counts as half a draw below, ties as half of each, and so on."""
    assert _bias(np.ones(100), estimate) == pytest.approx(NormalDist().inv_cdf(share))


def test_the_stream_stays_for_ever():
    """Committed pages must not change with numpy: these numbers were written down once."""
    by_counts = bootstrap_means(pairs(2, 5, 3), np.ones(10), 6, np.random.PCG64(7))
    assert np.rint(by_counts * 10).tolist() == [5, -3, -1, 2, 3, 0]
    values = np.arange(40) ** 2.0
    one_by_one = bootstrap_means(values, np.ones(40), 3, np.random.PCG64(7))
    assert np.rint(one_by_one * 40).tolist() == [18946, 21768, 20914]


def test_memory_is_bounded():
    """2,000 draws of 20,000 distinct values are 320 MB at once; in blocks they are below 60."""
    values = graded(20_000)
    tracemalloc.start()
    interval_of(values, draws=2_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60e6


def test_many_binary_pairs_are_counted_and_not_drawn():
    """10,000 draws of 100,000 pairs: a hundredth of the memory that picks would take."""
    values = pairs(4_000, 91_000, 5_000)
    tracemalloc.start()
    interval = interval_of(values)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40e6
    mean = clustered_mean(values)
    assert mean is not None
    expected = t_interval(mean)
    allowed = 0.03 * (expected.high - expected.low)
    assert (interval.low, interval.high) == pytest.approx(
        (expected.low, expected.high), abs=allowed
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"draws": 99}, "99 draws are too few"),
        ({"confidence": 95}, "between 0 and 1"),
        ({"confidence": 0.0}, "between 0 and 1"),
    ],
)
def test_what_cannot_mean_anything_is_said(options, message):
    """Too few draws to read a tail from, or a confidence that is none."""
    with pytest.raises(UsageError, match=message):
        bca_interval(pairs(1, 2, 3), **options)


def test_lengths_must_agree():
    """A code too few is the caller's mistake."""
    with pytest.raises(UsageError, match=r"6 values and 2 codes"):
        bca_interval(pairs(1, 2, 3), np.array([0, 1]))
