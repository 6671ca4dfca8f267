"""Adjusted p values: against statsmodels, by hand, and the promises that no family may break."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from harness.analysis.families import (
    Adjusted,
    benjamini_hochberg,
    bonferroni,
    holm,
    simultaneous_confidence,
)
from harness.errors import UsageError

Procedure = Callable[[Sequence[float | None]], Adjusted]

P = st.floats(0, 1)
METHODS = {bonferroni: "bonferroni", holm: "holm", benjamini_hochberg: "fdr_bh"}


@pytest.mark.parametrize("procedure", METHODS)
@settings(max_examples=8)
@given(ps=st.lists(P, min_size=1, max_size=30))
def test_it_is_that_of_statsmodels(procedure: Procedure, ps: list[float]):
    """multipletests, in any order of the p values and with ties, to 1e-12."""
    expected = multipletests(ps, method=METHODS[procedure])[1]
    assert procedure(ps) == pytest.approx(tuple(expected), abs=1e-12)


def test_a_family_by_hand():
    """.01, .04, .03: times 3; step-down .03, .06, .06; step-up .03, .04, .04."""
    ps = (0.01, 0.04, 0.03)
    assert bonferroni(ps) == pytest.approx((0.03, 0.12, 0.09))
    assert holm(ps) == pytest.approx((0.03, 0.06, 0.06))
    assert benjamini_hochberg(ps) == pytest.approx((0.03, 0.04, 0.04))


@pytest.mark.parametrize("procedure", METHODS)
@given(ps=st.lists(P | st.none(), max_size=20))
def test_tests_that_were_not_made_are_not_counted(procedure: Procedure, ps: list[float | None]):
    """None stays None, in its place; the others are adjusted as if it were not there."""
    adjusted = procedure(ps)
    assert [p is None for p in adjusted] == [p is None for p in ps]
    made = tuple(p for p in adjusted if p is not None)
    assert made == procedure([p for p in ps if p is not None])


@pytest.mark.parametrize("procedure", METHODS)
@given(ps=st.lists(P, max_size=20))
def test_adjusting_keeps_its_promises(procedure: Procedure, ps: list[float]):
    """At most 1, never below the p value itself, and the order of the p values is kept."""
    adjusted = procedure(ps)
    assert all(p <= a + 1e-15 and a <= 1 for p, a in zip(ps, adjusted, strict=True))
    ranked = [adjusted[i] for i in sorted(range(len(ps)), key=lambda i: ps[i])]
    assert ranked == sorted(ranked)


@given(st.lists(P, max_size=20))
def test_holm_lies_between(ps: list[float]):
    """Holm never says more than Bonferroni, and never less than the false discovery rate."""
    for low, middle, high in zip(benjamini_hochberg(ps), holm(ps), bonferroni(ps), strict=True):
        assert low <= middle + 1e-15
        assert middle <= high


@pytest.mark.parametrize("procedure", METHODS)
@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan")])
def test_no_probability_is_refused(procedure: Procedure, p: float):
    """With the value that is none."""
    with pytest.raises(UsageError, match=repr(p)):
        procedure([0.5, p])


def test_simultaneous_confidence_by_hand():
    """One interval at 95 %; of five, each at 99 %."""
    assert simultaneous_confidence(1) == pytest.approx(0.95)
    assert simultaneous_confidence(5) == pytest.approx(0.99)
    assert simultaneous_confidence(2, 0.8) == pytest.approx(0.9)


@pytest.mark.parametrize(("tests", "confidence"), [(0, 0.95), (-2, 0.95), (3, 1.0), (3, 0.0)])
def test_a_family_of_none_is_refused(tests: int, confidence: float):
    """Fewer than one test, and a confidence that is none."""
    with pytest.raises(UsageError, match=repr(tests if tests < 1 else confidence)):
        simultaneous_confidence(tests, confidence)
