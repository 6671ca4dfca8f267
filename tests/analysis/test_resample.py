"""The bootstrap: unbiased variances, common draws, and a stream that stays."""

from __future__ import annotations

import numpy as np
import pytest

from harness.analysis.resample import cluster_means, percentiles, seed_means, spread_of

DRAWS = 20_000


def bits(seed=1):
    return np.random.PCG64(seed)


@pytest.mark.parametrize("count", [3, 5, 40])
def test_the_variance_of_a_mean_is_the_usual_one(count):
    """s^2 / n, though only n - 1 of n are drawn; drawing n would give (n - 1) / n of it."""
    values = np.array([[(number * 7 % 11) / 11 for number in range(count)]])
    means = cluster_means(values, np.arange(count), DRAWS, bits())
    assert means.mean() == pytest.approx(values.mean(), abs=0.005)
    assert means.var() == pytest.approx(values.var(ddof=1) / count, rel=0.05)


def test_three_seeds_have_the_usual_variance_too():
    """The correction matters most where it is used most."""
    values = np.tile([0.2, 0.5, 0.6], (DRAWS, 1))
    assert seed_means(values, bits()).var() == pytest.approx(values[0].var(ddof=1) / 3, rel=0.05)


def test_fewer_than_three_seeds_are_only_averaged():
    """Two seeds do not say how much trainings differ."""
    assert seed_means(np.array([[0.2, 0.4]] * 9), bits()) == pytest.approx([0.3] * 9)


def test_all_columns_see_the_same_draws():
    """What is hard for one point is hard for the next: equal columns never differ."""
    column = np.array([0.0, 1.0, 1.0, 0.0, 1.0])
    means = cluster_means(np.stack([column, 1 - column, column]), np.arange(5), 500, bits())
    assert (means[:, 0] == means[:, 2]).all()
    assert means[:, 0] + means[:, 1] == pytest.approx(np.ones(500))


def test_a_group_is_drawn_whole():
    """Cases of a group come and go together: a mean of two groups is one or the other."""
    values = np.array([[1.0, 1.0, 1.0, 0.0]])
    means = cluster_means(values, np.array([0, 0, 0, 1]), 500, bits())
    assert set(means.ravel()) == {0.0, 1.0}


def test_the_stream_stays_for_ever():
    """Committed pages must not change with numpy: these numbers were written down once."""
    means = cluster_means(np.array([[0.0, 0.25, 0.5, 1.0]]), np.arange(4), 4, bits(7)).ravel()
    assert means == pytest.approx([5 / 6, 5 / 12, 2 / 3, 1 / 4])


def test_percentiles_hold_the_middle_of_the_draws():
    """2.5 % on each side; None where nothing moves."""
    middle = percentiles(np.arange(1001) / 1000)
    assert (middle.low, middle.high) == pytest.approx((0.025, 0.975))
    assert spread_of(np.full(100, 0.3)) is None
