"""One comparison on several suites: adjusted p, and means with what they speak of."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from harness.analysis.across import Across, across
from harness.analysis.comparison import Pair, compare_all
from harness.analysis.side import Side
from harness.values.score import OUTCOMES


def side(name: str, values: list[int]) -> Side:
    shares = np.zeros((len(values), len(OUTCOMES)))
    shares[range(len(values)), [0 if value else 1 for value in values]] = 1
    return Side(
        name=name,
        graded=False,
        ids=tuple(map(str, range(len(values)))),
        values=np.array(values, dtype=float),
        lost=np.zeros(len(values)),
        shares=shares,
        groups=None,
        tags=tuple({} for _ in values),
        tokens=None,
        replicates=1,
    )


def family(sizes: dict[str, tuple[int, int, int]]) -> Across:
    """Suites by name: gained, lost and the other cases."""
    pairs = [
        Pair(
            side("old", [0] * gained + [1] * lost + [1] * rest),
            side("new", [1] * gained + [0] * lost + [1] * rest),
        )
        for gained, lost, rest in sizes.values()
    ]
    return across(list(sizes), compare_all(pairs), pairs)


SUITES = {"a": (30, 5, 65), "b": (12, 10, 78), "c": (9, 1, 190)}


def test_means_by_hand():
    """Macro: (25 + 2 + 4) / 3 points; micro: 25 + 2 + 8 of 400 cases."""
    means = family(SUITES).means
    assert means.macro == pytest.approx((0.25 + 0.02 + 0.04) / 3)
    assert means.micro == pytest.approx((25 + 2 + 8) / 400)


def test_p_values_are_adjusted_as_in_statsmodels():
    """All three adjustments of the raw values, and what is below 5 % by each."""
    found = family(SUITES)
    raw = [one.raw for one in found.adjusted]
    for ours, theirs in (
        ("benjamini_hochberg", "fdr_bh"),
        ("holm", "holm"),
        ("bonferroni", "bonferroni"),
    ):
        rejected, expected, *_ = multipletests(raw, method=theirs)
        assert [getattr(one, ours) for one in found.adjusted] == pytest.approx(list(expected))
        assert found.rejected(ours) == tuple(np.array(found.suites)[rejected])


def test_equal_suites_differ_by_nothing_but_their_cases():
    """Suites that agree exactly leave nothing between them: only the fixed interval stands."""
    means = family({"a": (20, 10, 70), "b": (20, 10, 70)}).means
    assert means.macro == pytest.approx(means.micro)
    assert means.macro_fixed is not None
    assert means.macro_fixed.low < 0.1 < means.macro_fixed.high


def test_one_suite_says_nothing_of_others():
    """No interval over suites from a single one."""
    means = family({"a": (20, 10, 70)}).means
    assert means.macro_sampled is None
    assert means.micro_sampled is None


def test_the_fixed_interval_is_that_of_independent_suites():
    """Its half width is 1.96 times the root of the summed squares of the suites' own errors."""
    found = family(SUITES)
    errors = [one.difference.standard_error for one in found.comparisons]
    half = 1.959964 * np.sqrt(np.square(errors).sum()) / 3
    ends = found.means.macro_fixed
    assert ends is not None
    assert (ends.low, ends.high) == pytest.approx(
        (found.means.macro - half, found.means.macro + half), abs=1e-6
    )
