"""Sides: from the columns of a run and the lines of a baseline."""

from __future__ import annotations

import math

import numpy as np
import pytest
from approved import a_baseline, a_case
from reports.runs import columns, record

from harness.analysis.side import (
    replicate_values,
    side_of,
    side_of_baseline,
    with_seed,
)
from harness.errors import DataError
from harness.values.case import Case
from harness.values.reply import Usage
from harness.values.score import OUTCOMES, Outcome

from .sides import PRICE, a_side

IDS = ("c0", "c1", "c2")
CORRECT, WRONG, LOST = Outcome.CORRECT, Outcome.WRONG, Outcome.PROVIDER_ERROR


def test_right_and_wrong_are_values_and_errors_count_as_wrong():
    """What was lost counts 0 and is marked as lost."""
    side = side_of(
        "a", columns([record(0, CORRECT), record(1, WRONG), record(2, LOST)]), IDS, graded=False
    )
    assert list(side.values) == [1, 0, 0]
    assert list(side.lost) == [0, 0, 1]
    assert side.binary
    assert side.mean == pytest.approx(1 / 3)
    assert side.rate(LOST) == pytest.approx(1 / 3)


def test_replicates_are_averaged_within_a_case_first():
    """Two right and one wrong reply are one case with 2/3, beside one with 1."""
    rows = [
        record(0, outcome, trial=trial) for trial, outcome in enumerate((CORRECT, WRONG, CORRECT))
    ]
    side = side_of("a", columns([*rows, record(1, CORRECT)]), IDS, graded=False)
    assert list(side.values) == pytest.approx([2 / 3, 1])
    assert (side.replicates, side.binary, len(side)) == (3, False, 2)
    assert side.shares.sum(axis=1) == pytest.approx([1, 1])


def test_graded_values_are_scores():
    """0.4 is wrong by its outcome and 0.4 by its value."""
    side = side_of(
        "a", columns([record(0, WRONG, value=0.4), record(1, CORRECT, value=1.0)]), IDS, graded=True
    )
    assert list(side.values) == [0.4, 1]
    assert side.rate(CORRECT) == 0.5


def test_rows_in_any_order_are_the_same_side():
    """Cases stand by number, whatever was answered first; group and tags are their own."""
    rows = [record(n, group=f"g{n % 2}", tags={"n": str(n)}) for n in range(3)]
    straight = side_of("a", columns(rows), IDS, graded=False)
    turned = side_of("a", columns(reversed(rows)), IDS, graded=False)
    assert straight.ids == turned.ids == IDS
    assert straight.tags == turned.tags == ({"n": "0"}, {"n": "1"}, {"n": "2"})
    for side in (straight, turned):
        assert side.groups is not None
        assert side.groups[0] == side.groups[2] != side.groups[1]


def test_a_case_without_a_group_is_one_of_its_own():
    """Beside two of a group there are three clusters; without any group there are none to code."""
    rows = [record(0, group="g"), record(1, group="g"), record(2), record(3)]
    side = side_of("a", columns(rows), (*IDS, "c3"), graded=False)
    assert side.groups is not None
    assert len(set(side.groups)) == 3
    assert side_of("a", columns([record(0)]), IDS, graded=False).groups is None


def test_the_same_replicate_twice_is_an_error():
    """Nobody can say which of the two replies counts."""
    with pytest.raises(DataError, match=r"'c1' stands there more than once"):
        side_of("a", columns([record(0), record(1), record(1)]), IDS, graded=False)


def test_no_records_are_an_error():
    """There is nothing to compare."""
    with pytest.raises(DataError, match="no records"):
        side_of("a", columns([]), IDS, graded=False)


def test_unknown_usage_makes_tokens_unknown_and_never_zero():
    """One reply without usage is enough; a case without an answer has no tokens."""
    known = [record(0, usage=Usage(10, output=2)), record(1, LOST)]
    side = side_of("a", columns(known), IDS, graded=False, price=PRICE)
    assert side.tokens is not None
    assert list(side.tokens[0]) == [10, 0, 0, 2]
    assert np.isnan(side.tokens[1]).all()
    assert side.costs is not None
    assert side.costs[0] == pytest.approx((10 * 1 + 2 * 2) / 1e6)
    partly = side_of("a", columns([record(0), record(1, usage=None)]), IDS, graded=False)
    assert (partly.tokens, partly.costs) == (None, None)


def test_without_a_price_there_is_no_cost():
    """Tokens alone are no money."""
    side = side_of("a", columns([record(0)]), IDS, graded=False)
    assert side.tokens is not None
    assert side.costs is None


def test_one_seed_is_what_is_deployed():
    """Rows of another seed, and of a second trial, are left out."""
    rows = [record(0, seed=1), record(0, WRONG, seed=2), record(0, WRONG, seed=2, trial=1)]
    side = side_of("a", with_seed(columns(rows), 2), IDS, graded=False)
    assert (list(side.values), side.replicates) == ([0], 1)
    with pytest.raises(DataError, match="no replies of shot seed 3"):
        with_seed(columns(rows), 3)


def test_values_by_replicate_need_all_replicates_of_all_cases():
    """Columns are in the order of the sorted replicates; a gap makes it None."""
    rows = [
        record(n, CORRECT if seed == n + 1 else WRONG, seed=seed) for seed in (2, 1) for n in (0, 1)
    ]
    values = replicate_values(columns(rows), graded=False)
    assert values is not None
    assert values.tolist() == [[1, 0], [0, 1]]
    assert replicate_values(columns(rows[:-1]), graded=False) is None
    assert replicate_values(columns([record(0), record(1)]), graded=False) is None


def test_a_side_on_some_cases_is_in_their_order():
    """By id; everything about a case goes along."""
    side = a_side([0.1, 0.2, 0.3], graded=True, groups=[4, 5, 6], tags=({"n": "0"}, {"n": "1"}, {}))
    part = side.on(["c2", "c0"])
    assert part.ids == ("c2", "c0")
    assert list(part.values) == [0.3, 0.1]
    assert part.groups is not None
    assert list(part.groups) == [6, 4]
    assert part.tags == ({}, {"n": "0"})


def test_a_baseline_is_a_side_of_its_lines():
    """Outcomes and scores of the file, groups and tags of the suite, tokens of nobody."""
    lines = (a_case("a"), a_case("b", Outcome.UNPARSED), a_case("gone"))
    cases = [Case("a", {}, "x", group="g", tags={"t": "1"}), Case("b", {}, "x", group="g")]
    side = side_of_baseline(a_baseline(lines), cases)
    assert list(side.values) == [1, 0, 1]
    assert side.shares[1, OUTCOMES.index(Outcome.UNPARSED)] == 1
    assert side.groups is not None
    assert side.groups[0] == side.groups[1] != side.groups[2]
    assert side.tags == ({"t": "1"}, {}, {})
    assert (side.tokens, side.replicates) == (None, 1)


def test_a_graded_baseline_has_its_scores():
    """Rounded, as they stand in the file."""
    lines = (a_case("a", Outcome.WRONG, 0.25), a_case("b", score=1.0))
    side = side_of_baseline(a_baseline(lines, graded=True), ())
    assert list(side.values) == [0.25, 1]
    assert side.groups is None
    assert math.isclose(side.mean, 0.625)
