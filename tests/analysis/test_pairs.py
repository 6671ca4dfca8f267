"""Pairs are counted by what both sides made of them."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.pairs import PairedTable, paired_table
from harness.errors import UsageError

PAIRS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), max_size=60)


def test_a_table_by_hand():
    """Right on both; right for the candidate only, twice; for the reference only; wrong on both."""
    table = paired_table([1, 0, 0, 1, 0], [1, 1, 1, 0, 0])
    assert table == PairedTable(both=1, gained=2, lost=1, neither=1)
    assert (table.cases, table.discordant, table.difference) == (5, 3, 0.2)


@given(PAIRS)
def test_every_pair_is_counted_once(pairs: list[tuple[int, int]]):
    """The four counts are those of Counter, for lists and for arrays of numbers or booleans."""
    counted = Counter(pairs)
    expected = PairedTable(counted[1, 1], counted[0, 1], counted[1, 0], counted[0, 0])
    reference, candidate = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    assert paired_table(reference, candidate) == expected
    assert paired_table(np.array(reference, bool), np.array(candidate, float)) == expected


@given(PAIRS.filter(bool))
def test_the_difference_is_that_of_the_means(pairs: list[tuple[int, int]]):
    """Candidate minus reference; swapped, it changes its sign and nothing else."""
    reference, candidate = np.array(pairs).T
    table, swapped = paired_table(reference, candidate), paired_table(candidate, reference)
    assert table.difference == pytest.approx(candidate.mean() - reference.mean(), abs=1e-12)
    assert swapped.difference == -table.difference
    assert swapped.discordant == table.discordant


def test_no_cases_have_no_difference():
    """An error, and never 0: nothing was compared."""
    table = paired_table([], [])
    assert table == PairedTable(0, 0, 0, 0)
    with pytest.raises(UsageError, match="no cases"):
        _ = table.difference


@pytest.mark.parametrize("value", [0.5, 2, -1, float("nan")])
def test_a_graded_or_missing_value_is_refused(value: float):
    """Only 0 and 1 are right or wrong; the message repeats what was found, and on which side."""
    with pytest.raises(UsageError, match=f"candidate must hold 0 and 1 only.*{float(value)!r}"):
        paired_table([0, 1], [1, value])


def test_columns_of_different_lengths_are_refused():
    """A pair is one case on both sides."""
    with pytest.raises(UsageError, match="3 values of the reference and 2"):
        paired_table([0, 1, 1], [0, 1])


def test_a_matrix_is_refused():
    """Replicates are averaged by somebody else."""
    with pytest.raises(UsageError, match=r"reference must be one column.*\(1, 2\)"):
        paired_table([[0, 1]], [0, 1])
