"""The intervals hold what docs/calibration.md says: fixed cells, every table enumerated."""

from __future__ import annotations

from functools import cache
from statistics import NormalDist

import numpy as np
import pytest
from scipy import stats

from harness.analysis.clopper_pearson import clopper_pearson
from harness.analysis.interval import wilson
from harness.analysis.tango import tango_intervals

LEAST, MEAN, EXCESS = 0.93, 0.945, 0.006
RATIOS = (0.0, 0.25, 0.5, 0.75, 1.0)  # difference / discordance


@cache
def every_table(cases: int) -> np.ndarray:
    """(gained, lost, neither of both) of every table, one a row."""
    discordant, gained = np.tril_indices(cases + 1)
    return np.stack([gained, discordant - gained, cases - discordant], axis=1)


@cache
def bounds(cases: int, alpha: float) -> tuple[np.ndarray, np.ndarray]:
    """Tango's bounds of every table at a one-sided alpha."""
    tables = every_table(cases)
    return tango_intervals(tables[:, 0], tables[:, 1], cases, NormalDist().inv_cdf(1 - alpha))


def mass(cases: int, psi: float, difference: float) -> np.ndarray:
    """The probability of every table, by scipy's multinomial."""
    shares = [(psi + difference) / 2, (psi - difference) / 2, 1 - psi]
    return stats.multinomial.pmf(every_table(cases), cases, shares)


def coverage(cases: int, psi: float, ratio: float) -> float:
    """Of Tango's 95 % interval."""
    low, high = bounds(cases, 0.025)
    truth = ratio * psi
    return float(mass(cases, psi, truth)[(low <= truth) & (truth <= high)].sum())


@pytest.mark.parametrize("cases", [100, 200])
@pytest.mark.parametrize("psi", [0.01, 0.05, 0.1, 0.125, 0.2, 0.4])
def test_tango_covers(cases: int, psi: float):
    """At least 93 % for every difference, however few pairs are discordant; on average 94.5 %."""
    found = [coverage(cases, psi, ratio) for ratio in RATIOS]
    assert min(found) >= LEAST
    assert sum(found) / len(found) >= MEAN


@pytest.mark.parametrize("cases", [100, 200])
@pytest.mark.parametrize("psi", [0.02, 0.05, 0.12, 0.24, 0.4])
@pytest.mark.parametrize("margin", [0.0, 0.02, 0.05])
def test_a_gate_seldom_promotes_what_is_at_the_bar(cases: int, psi: float, margin: float):
    """At alpha 2.5 % and 5 %, in no more than 0.6 points above it; a margin above psi cannot be."""
    difference = -min(margin, psi)
    for alpha in (0.025, 0.05):
        low, _ = bounds(cases, alpha)
        assert mass(cases, psi, difference)[low > difference].sum() <= alpha + EXCESS


def test_where_tango_covers_least():
    """Of 20 cases a candidate wins 99.5 %: the page says 90.5 %, and does not hide it."""
    assert coverage(20, 0.995, 1.0) == pytest.approx(0.9046, abs=1e-4)


@pytest.mark.parametrize("cases", [50, 100, 500])
def test_one_arm_covers(cases: int):
    """Wilson at least 93 % where n p (1 - p) is 10 or more, Clopper-Pearson 95 % everywhere."""
    shares = np.arange(1, 100) / 100
    counts = np.arange(cases + 1)
    masses = stats.binom.pmf(counts, cases, shares[:, None])
    enough = cases * shares * (1 - shares) >= 10
    for interval, where, least in (
        ([wilson(right / cases, cases) for right in range(cases + 1)], enough, LEAST),
        ([clopper_pearson(right, cases) for right in range(cases + 1)], shares > 0, 0.95),
    ):
        low, high = np.array([(one.low, one.high) for one in interval if one]).T
        covered = (low <= shares[:, None]) & (shares[:, None] <= high)
        found = (masses * covered).sum(axis=1)
        assert found[where].min() >= least
        assert found[where].mean() >= MEAN
