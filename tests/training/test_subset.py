"""Nested stratified parts of training rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.training.subset import nested_rows

IDS = [f"row {number}" for number in range(200)]
STRATA = [number % 4 for number in range(200)]


@given(st.integers(1, 200), st.integers(1, 200), st.integers(0, 99))
def test_a_smaller_part_begins_a_larger_one(one: int, other: int, seed: int) -> None:
    """25 rows are the first 25 of 50."""
    small, large = sorted((one, other))
    found = nested_rows(IDS, STRATA, seed, large)
    assert nested_rows(IDS, STRATA, seed, small) == found[:small]
    assert len(set(found)) == large


@given(st.integers(1, 200), st.integers(0, 99))
def test_strata_keep_their_proportion(n: int, seed: int) -> None:
    """Each of four equal strata has a quarter, give or take one row."""
    found = [STRATA[at] for at in nested_rows(IDS, STRATA, seed, n)]
    assert all(abs(found.count(stratum) - n / 4) <= 1 for stratum in range(4))


@pytest.mark.parametrize("n", [0, 201])
def test_more_rows_than_there_are_is_an_error(n: int) -> None:
    """The message has both numbers."""
    with pytest.raises(UsageError, match=f"{n} rows were asked for, and there are 200"):
        nested_rows(IDS, STRATA, 1, n)
