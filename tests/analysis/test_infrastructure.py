"""Readings of lost replies: dropped, and against either side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harness.analysis.infrastructure import (
    AGAINST_CANDIDATE,
    AGAINST_INCUMBENT,
    DROPPED,
    lost_cases,
    readings,
)

from .sides import a_side


def with_lost(values, lost, name="old", **options):
    """A side of which some cases were lost; they count 0."""
    return replace(a_side(values, name, **options), lost=np.array(lost, dtype=float))


def test_nothing_lost_needs_no_reading():
    """The plain comparison is the only one."""
    assert readings(a_side([1.0, 0.0]), a_side([1.0, 1.0], "new"), 0.95) == {}


def test_three_readings_by_hand():
    """Each side lost one of four cases: dropped 0 of 2, against either side -1/4 and +1/4."""
    old = with_lost([1, 0, 0, 1], [0, 1, 0, 0])
    new = with_lost([1, 0, 0, 0], [0, 0, 0, 1], "new")
    found = readings(old, new, 0.95)
    assert lost_cases(old, new) == ("c1", "c3")
    assert found[DROPPED].cases == 2
    assert found[DROPPED].estimate == 0
    assert found[AGAINST_CANDIDATE].estimate == pytest.approx(-2 / 4)
    assert found[AGAINST_INCUMBENT].estimate == pytest.approx(0 / 4)


def test_the_readings_enclose_the_plain_difference():
    """What is counted is between the worst and the best that the lost replies could have been."""
    old = with_lost([1, 0, 1, 1, 0, 0], [0, 1, 0, 0, 1, 0])
    new = with_lost([0, 1, 1, 0, 0, 1], [1, 0, 0, 0, 0, 0], "new")
    found = readings(old, new, 0.95)
    plain = float((new.values - old.values).mean())
    assert found[AGAINST_CANDIDATE].estimate <= plain <= found[AGAINST_INCUMBENT].estimate


def test_where_everything_was_lost_nothing_can_be_dropped():
    """Two readings are left."""
    old = with_lost([0, 0], [1, 1])
    new = with_lost([1, 0], [0, 0], "new")
    assert set(readings(old, new, 0.95)) == {AGAINST_CANDIDATE, AGAINST_INCUMBENT}


def test_the_lost_part_of_a_repeated_case_counts_in_part():
    """One of three replicates lost: a third is forgiven."""
    old = with_lost([2 / 3, 1.0], [1 / 3, 0], replicates=3)
    new = with_lost([1.0, 1.0], [0, 0], "new", replicates=3)
    found = readings(old, new, 0.95)
    assert found[AGAINST_CANDIDATE].estimate == pytest.approx(0)
    assert found[AGAINST_INCUMBENT].estimate == pytest.approx(1 / 6)
