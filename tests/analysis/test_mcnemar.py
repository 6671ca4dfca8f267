"""McNemar's test in four variants: against statsmodels and scipy, and by hand."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar

from harness.analysis.mcnemar import (
    mcnemar_asymptotic,
    mcnemar_corrected,
    mcnemar_exact,
    mcnemar_mid_p,
)
from harness.analysis.pairs import PairedTable

Variant = Callable[[PairedTable], float]

VARIANTS = [mcnemar_asymptotic, mcnemar_corrected, mcnemar_exact, mcnemar_mid_p]
COUNTS = [(0, 1), (1, 0), (0, 9), (3, 3), (6, 16), (121, 59), (15, 19), (400, 700)]
COUNT = st.integers(0, 300)


def tabled(gained: int, lost: int) -> tuple[PairedTable, np.ndarray]:
    return PairedTable(20, gained, lost, 30), np.array([[20, gained], [lost, 30]])


@pytest.mark.parametrize(("gained", "lost"), COUNTS)
def test_asymptotic_is_that_of_statsmodels(gained: int, lost: int):
    """mcnemar(exact=False, correction=False), to 1e-12."""
    table, theirs = tabled(gained, lost)
    expected = statsmodels_mcnemar(theirs, exact=False, correction=False).pvalue
    assert mcnemar_asymptotic(table) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("gained", "lost"), [pair for pair in COUNTS if pair[0] != pair[1]])
def test_corrected_is_that_of_statsmodels(gained: int, lost: int):
    """mcnemar(exact=False, correction=True), to 1e-12."""
    table, theirs = tabled(gained, lost)
    expected = statsmodels_mcnemar(theirs, exact=False, correction=True).pvalue
    assert mcnemar_corrected(table) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("gained", "lost"), COUNTS)
def test_exact_is_that_of_statsmodels_and_scipy(gained: int, lost: int):
    """mcnemar(exact=True) and binomtest(gained, discordant), to 1e-12."""
    table, theirs = tabled(gained, lost)
    assert mcnemar_exact(table) == pytest.approx(statsmodels_mcnemar(theirs).pvalue, abs=1e-12)
    expected = stats.binomtest(gained, gained + lost).pvalue
    assert mcnemar_exact(table) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("gained", "lost"), COUNTS)
def test_mid_p_takes_half_of_what_was_seen(gained: int, lost: int):
    """Twice (P(X < k) + P(X = k) / 2) of scipy's binomial, to 1e-12."""
    table, _ = tabled(gained, lost)
    binomial = stats.binom(gained + lost, 0.5)
    fewer = min(gained, lost)
    expected = 2 * (binomial.cdf(fewer - 1) + binomial.pmf(fewer) / 2)
    assert mcnemar_mid_p(table) == pytest.approx(expected, abs=1e-12)


def test_five_to_none_by_hand():
    """Exact 2 / 32, mid-p 1 / 32, asymptotic z = sqrt(5), corrected |z| = 4 / sqrt(5)."""
    table = PairedTable(0, 5, 0, 0)
    assert mcnemar_exact(table) == pytest.approx(2 / 32)
    assert mcnemar_mid_p(table) == pytest.approx(1 / 32)
    assert mcnemar_asymptotic(table) == pytest.approx(2 * stats.norm.sf(math.sqrt(5)))
    assert mcnemar_corrected(table) == pytest.approx(2 * stats.norm.sf(4 / math.sqrt(5)))


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_discordant_pair_is_no_evidence(variant: Variant):
    """1.0 and no division by zero, also of an empty table."""
    assert variant(PairedTable(7, 0, 0, 3)) == 1.0
    assert variant(PairedTable(0, 0, 0, 0)) == 1.0


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("count", [1, 2, 17, 250])
def test_as_many_gained_as_lost_is_no_evidence(variant: Variant, count: int):
    """1.0 by every variant; statsmodels' correction would say less, as it squares -1."""
    assert variant(PairedTable(7, count, count, 3)) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("variant", VARIANTS)
@given(gained=COUNT, lost=COUNT, both=COUNT)
def test_p_values_keep_their_promises(variant: Variant, gained: int, lost: int, both: int):
    """Within [0, 1], the same when the sides are swapped, blind to concordant pairs."""
    p = variant(PairedTable(both, gained, lost, 2))
    assert 0 <= p <= 1
    assert p == variant(PairedTable(0, lost, gained, 0))


@given(COUNT, COUNT)
def test_the_variants_have_an_order(gained: int, lost: int):
    """Mid-p is never above exact, asymptotic never above corrected."""
    table = PairedTable(1, gained, lost, 1)
    assert mcnemar_mid_p(table) <= mcnemar_exact(table)
    assert mcnemar_asymptotic(table) <= mcnemar_corrected(table)
