"""Replicates: against analysis of variance, enumeration, and simulations of known parts."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm

from harness.analysis.repeats import (
    Repeats,
    SelectionSpread,
    pass_at_k,
    repeats,
    selection_spread,
)
from harness.errors import UsageError

TABLES = st.tuples(st.integers(2, 12), st.integers(2, 6)).flatmap(
    lambda shape: arrays(float, shape, elements=st.floats(0, 1, width=32))
)


def parts_of(values) -> Repeats:
    parts = repeats(np.array(values, dtype=float))
    assert parts is not None
    return parts


def spread_of(values) -> SelectionSpread:
    spread = selection_spread(np.array(values, dtype=float))
    assert spread is not None
    return spread


def simulated(omega: float, sigma: float, shape: tuple[int, int], seed: int = 3):
    random = np.random.default_rng(seed)
    return 0.5 + omega * random.normal(size=(shape[0], 1)) + sigma * random.normal(size=shape)


def anova(values, formula: str) -> dict[str, float]:
    """Mean squares by term, of a table of rows (cases) and columns."""
    rows, columns = np.indices(values.shape)
    frame = pd.DataFrame({"y": values.ravel(), "row": rows.ravel(), "column": columns.ravel()})
    table = anova_lm(ols(formula, frame).fit())
    return (table["sum_sq"] / table["df"]).to_dict()


def test_by_hand():
    """Cases (0, 1) and (1, 1): within 1/4, of means 1/8, of which 1/8 is chance within."""
    parts = parts_of([[0, 1], [1, 1]])
    assert (parts.cases, parts.replicates, parts.mean) == (2, 2, 0.75)
    assert parts.within == pytest.approx(0.5)
    assert parts.between == 0
    assert parts.standard_error == pytest.approx(math.sqrt(1 / 16))
    assert parts.standard_error_one == pytest.approx(math.sqrt(1 / 8))
    assert parts.standard_error_many == 0


def test_the_parts_are_those_of_the_analysis_of_variance():
    """statsmodels, one way: sigma^2 = MS within, omega^2 = (MS between - MS within) / K."""
    values = simulated(0.3, 0.4, (40, 5))
    squares = anova(values, "y ~ C(row)")
    parts = parts_of(values)
    assert parts.within**2 == pytest.approx(squares["Residual"])
    assert parts.between**2 == pytest.approx((squares["C(row)"] - squares["Residual"]) / 5)
    assert parts.standard_error**2 == pytest.approx(squares["C(row)"] / values.size)


@pytest.mark.parametrize(("omega", "sigma"), [(0.3, 0.4), (0.4, 0.1), (0.05, 0.5)])
def test_known_parts_are_found_again(omega: float, sigma: float):
    """20,000 cases with four replicates: both standard deviations to 0.01."""
    parts = parts_of(simulated(omega, sigma, (20_000, 4)))
    assert (parts.between, parts.within) == pytest.approx((omega, sigma), abs=0.01)


def test_the_errors_are_those_of_means_that_are_drawn_anew():
    """3,000 suites of 50 cases: what their means really vary by at K = 1, 4 and 400."""
    omega, sigma = 0.3, 0.6
    parts = parts_of(simulated(omega, sigma, (20_000, 4)))
    scale = math.sqrt(parts.cases / 50)
    for replicates, error in ((1, parts.standard_error_one), (4, parts.standard_error)):
        tables = simulated(omega, sigma, (3_000 * 50, replicates)).reshape(3_000, -1)
        assert error * scale == pytest.approx(tables.mean(axis=1).std(), rel=0.05)
    endless = simulated(omega, 0, (3_000 * 50, 1)).reshape(3_000, -1).mean(axis=1).std()
    assert parts.standard_error_many * scale == pytest.approx(endless, rel=0.05)


@given(TABLES)
def test_more_replicates_never_cost_precision(values):
    """Many, as it stands, one: in this order; the parts make the error where none is floored."""
    parts = parts_of(values)
    assert parts.standard_error_many <= parts.standard_error + 1e-12
    assert parts.standard_error <= parts.standard_error_one + 1e-12
    if parts.between > 0:
        variance = (parts.between**2 + parts.within**2 / parts.replicates) / parts.cases
        assert parts.standard_error**2 == pytest.approx(variance, abs=1e-14)


def test_equal_replicates_are_worth_one():
    """A model that always answers alike gains nothing by being asked again."""
    parts = parts_of([[0, 0, 0], [1, 1, 1], [1, 1, 1]])
    assert parts.within == 0
    assert parts.standard_error_many == parts.standard_error == parts.standard_error_one > 0


@pytest.mark.parametrize("function", [repeats, selection_spread])
def test_one_row_or_column_says_nothing(function):
    """None for one case, for one replicate or seed, and for no data at all."""
    for shape in ((1, 5), (5, 1), (0, 0)):
        assert function(np.zeros(shape)) is None


@pytest.mark.parametrize("function", [repeats, selection_spread])
def test_a_table_is_needed(function):
    """A flat list of values does not say which belong to one case."""
    with pytest.raises(UsageError, match="a row per case"):
        function(np.zeros(5))


@pytest.mark.parametrize("n", [1, 2, 5, 7])
def test_at_k_and_all_k_are_enumerated(n: int):
    """Over all subsets of k of n replicates, c of them right: any right, and all right."""
    for c in range(n + 1):
        answers = [1] * c + [0] * (n - c)
        for k in range(1, n + 1):
            subsets = list(combinations(answers, k))
            assert pass_at_k([c], n, k) == pytest.approx(sum(map(any, subsets)) / len(subsets))


def test_at_k_is_the_published_estimator():
    """The numerically stable product of Chen et al. (2021), figure 3: n 200, k 10, 100."""
    for c in (0, 1, 13, 150, 199, 200):
        for k in (10, 100):
            rest = np.arange(200 - c + 1, 200 + 1)
            published = 1.0 if 200 - c < k else 1.0 - np.prod(1.0 - k / rest)
            assert pass_at_k([c], 200, k) == pytest.approx(published, abs=1e-12)


def test_at_k_is_averaged_over_cases_with_their_own_replicates():
    """One of two and three of four, k = 2: (1 + 1) / 2 any right, (0 + 1/2) / 2 all right."""
    assert pass_at_k([1, 3], [2, 4], 2) == 1


@given(st.lists(st.integers(0, 8), min_size=1, max_size=9), st.integers(1, 7))
def test_k_helps_one_and_hurts_the_other(correct: list[int], k: int):
    """Both are accuracy at k = 1; with k any right rises and all right falls, within [0, 1]."""
    accuracy = sum(correct) / len(correct) / 8
    assert pass_at_k(correct, 8, 1) == pytest.approx(accuracy)
    assert pass_at_k(correct, 8, k) <= pass_at_k(correct, 8, k + 1) + 1e-15 <= 1 + 1e-12


def test_at_k_is_without_bias():
    """The mean over 40,000 draws of c ~ Bin(6, 0.3) is 1 - 0.7^3, and 0.3^3 for all right."""
    right = np.random.default_rng(2).binomial(6, 0.3, 40_000).tolist()
    assert pass_at_k(right, 6, 3) == pytest.approx(1 - 0.7**3, abs=0.005)


@pytest.mark.parametrize("function", [pass_at_k])
@pytest.mark.parametrize(
    ("correct", "replicates", "k", "message"),
    [
        ([1], 2, 3, "k is 3"),
        ([1], 2, 0, "k is 0"),
        ([1, 1], [5, 2], 3, "fewest replicates has 2"),
        ([3], 2, 1, "more than replicates"),
        ([-1], 2, 1, "fewer right answers than 0"),
        ([], 2, 1, "at least one case"),
        ([1, 1], [2], 1, "2 cases"),
    ],
)
def test_what_cannot_be_computed_is_said(function, correct, replicates, k, message):
    """Each mistake has its message."""
    with pytest.raises(UsageError, match=message):
        function(correct, replicates, k)


def test_selection_by_hand():
    """Means 0, 1/2 and 1, two cases: sd 1/2; residuals (-1, 0, 1) / 2 twice, expected 1/2 too."""
    spread = spread_of([[0, 0, 1], [0, 1, 1]])
    assert (spread.seeds, spread.low, spread.high) == (3, 0, 1)
    assert spread.spread == pytest.approx(0.5)
    assert spread.expected == pytest.approx(math.sqrt(1 / 3 / 2 / 2))
    assert spread.beyond == pytest.approx(math.sqrt(1 / 4 - 1 / 12))


def test_selections_closer_than_chance_have_nothing_beyond():
    """Equal means of answers that differ: spread 0, expected 1/sqrt(2), beyond 0."""
    spread = spread_of([[0, 1], [1, 0]])
    assert (spread.spread, spread.beyond) == (0, 0)
    assert spread.expected == pytest.approx(math.sqrt(1 / 2))


def test_selection_is_the_two_way_analysis_of_variance():
    """statsmodels, case + seed: spread^2 is MS of seeds / cases, expected^2 residual MS / cases."""
    values = simulated(0.3, 0.4, (30, 6)) + np.linspace(0, 0.3, 6)
    squares = anova(values, "y ~ C(row) + C(column)")
    spread = spread_of(values)
    assert spread.spread**2 == pytest.approx(squares["C(column)"] / 30)
    assert spread.expected**2 == pytest.approx(squares["Residual"] / 30)
    assert spread.beyond**2 == pytest.approx((squares["C(column)"] - squares["Residual"]) / 30)


def test_selections_without_effect_spread_as_expected():
    """2,000 tables of 100 cases that differ much, no seed better: expected is the real spread."""
    random = np.random.default_rng(8)
    chance = random.beta(0.5, 0.5, (2_000, 100, 1))
    tables = (random.random((2_000, 100, 4)) < chance).astype(float)
    spreads = [spread_of(table) for table in tables]
    real = np.mean([spread.spread**2 for spread in spreads])
    assert np.mean([spread.expected**2 for spread in spreads]) == pytest.approx(real, rel=0.05)


def test_an_effect_of_selections_is_what_is_beyond():
    """300 seeds whose means differ by 0.05: beyond is near 0.05, though answers vary by 0.4."""
    random = np.random.default_rng(9)
    values = simulated(0.3, 0.4, (100, 300)) + random.normal(0, 0.05, 300)
    spread = spread_of(values)
    assert spread.beyond == pytest.approx(0.05, abs=0.005)
    assert spread.expected == pytest.approx(0.4 / 10, abs=0.002)
