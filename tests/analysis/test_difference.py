"""The decisive difference: hand-computed tables, scipy as an oracle, and what must always hold."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from harness.analysis.difference import Difference, joint_groups, paired_difference
from harness.analysis.interval import MIN_CLUSTERS, t_critical
from harness.analysis.tango import tango_interval

from .sides import a_side, pairs, table

APPROX = 1e-9


def width(found: Difference) -> float:
    assert found.interval is not None
    return found.interval.high - found.interval.low


# ------------------------------------------------------------------- what must always hold


@given(pairs())
@settings(max_examples=200)
def test_the_mirror_image_says_the_same(pair):
    """Reference and candidate swapped: the estimate and interval turned round, the p equal."""
    there, back = paired_difference(*pair), paired_difference(*reversed(pair))
    assert there.estimate == pytest.approx(-back.estimate, abs=APPROX)
    assert (there.gained, there.lost) == pytest.approx((back.lost, back.gained), abs=APPROX)
    assert there.method == back.method
    assert there.p == pytest.approx(back.p, abs=APPROX)
    if there.interval is not None and back.interval is not None:
        assert there.interval.low == pytest.approx(-back.interval.high, abs=1e-7)
        assert there.interval.high == pytest.approx(-back.interval.low, abs=1e-7)


@given(pairs(), st.sampled_from((0.8, 0.95, 0.99)))
@settings(max_examples=200)
def test_an_interval_is_within_bounds_has_some_width_and_holds_the_estimate(pair, confidence):
    """Whatever the method: inside [-1, 1], never of zero width."""
    found = paired_difference(*pair, confidence)
    if found.interval is not None:
        assert -1 <= found.interval.low <= found.estimate + APPROX
        assert found.estimate - APPROX <= found.interval.high <= 1
        assert width(found) > 1e-6


@given(pairs())
@settings(max_examples=200)
def test_interval_and_p_never_contradict_each_other(pair):
    """The 95 % interval leaves out 0 exactly where p is below 0.05."""
    found = paired_difference(*pair)
    if found.interval is not None and found.p is not None:
        assume(abs(found.p - 0.05) > 1e-6)
        outside = found.interval.low > 0 or found.interval.high < 0
        assert outside == (found.p < 0.05)


@given(pairs(least=3), st.randoms())
@settings(max_examples=100)
def test_the_order_of_cases_does_not_matter(pair, chance):
    """Rows shuffled on both sides give the same result."""
    places = list(range(len(pair[0])))
    chance.shuffle(places)
    straight = paired_difference(*pair)
    shuffled = paired_difference(*(side.chosen(places) for side in pair))
    assert shuffled.estimate == pytest.approx(straight.estimate, abs=APPROX)
    assert shuffled.method == straight.method
    assert shuffled.p == pytest.approx(straight.p, abs=1e-7)
    if straight.interval is not None and shuffled.interval is not None:
        assert shuffled.interval.low == pytest.approx(straight.interval.low, abs=1e-7)


@given(pairs(most=30), st.integers(2, 4))
@settings(max_examples=150)
def test_fewer_cases_give_a_wider_interval(pair, times):
    """The same picture seen on as many more independent cases is narrower."""
    before, after = pair
    if before.groups is not None:
        count = int(before.groups.max()) + 1
        groups = np.concatenate([before.groups + number * count for number in range(times)])
    else:
        groups = None

    def repeated(side):
        return a_side(list(side.values) * times, side.name, graded=side.graded, groups=groups)

    few, many = paired_difference(*pair), paired_difference(repeated(before), repeated(after))
    if few.interval is not None and few.method == many.method:
        assert width(many) <= width(few) + APPROX


@given(pairs())
@settings(max_examples=100)
def test_more_confidence_is_a_wider_interval(pair):
    """An interval at 99 % holds that at 95 %, by the same method."""
    usual, sure = paired_difference(*pair), paired_difference(*pair, 0.99)
    assert sure.method == usual.method
    if usual.interval is not None and sure.interval is not None:
        assert sure.interval.low <= usual.interval.low + APPROX
        assert sure.interval.high >= usual.interval.high - APPROX


@given(st.lists(st.tuples(*[st.sampled_from((0.0, 1.0))] * 2), min_size=2, max_size=60))
@settings(max_examples=200)
def test_cases_each_in_a_group_of_their_own_are_never_narrower_than_no_groups(some):
    """Right or wrong: knowing that nothing is grouped does not make a result surer."""
    before, after = ([row[place] for row in some] for place in (0, 1))
    alone = range(len(some))
    plain = paired_difference(a_side(before), a_side(after))
    own = paired_difference(a_side(before, groups=alone), a_side(after, groups=alone))
    assert plain.method == "score"
    if own.interval is not None:
        assert width(own) >= width(plain)


@given(st.lists(st.tuples(*[st.floats(0, 1)] * 2), min_size=2, max_size=40))
def test_graded_cases_without_groups_are_each_a_group_of_their_own(some):
    """With and without such groups the numbers are equal."""
    before, after = ([row[place] for row in some] for place in (0, 1))
    alone = range(len(some))
    assume({*before, *after} - {0.0, 1.0})
    plain = paired_difference(a_side(before, graded=True), a_side(after, graded=True))
    options = {"graded": True, "groups": alone}
    own = paired_difference(a_side(before, **options), a_side(after, **options))
    assert own.method == plain.method
    assert own.p == pytest.approx(plain.p)
    if plain.interval is not None and own.interval is not None:
        assert own.interval.low == pytest.approx(plain.interval.low)
        assert own.interval.high == pytest.approx(plain.interval.high)


@given(pairs())
@settings(max_examples=150)
def test_groups_are_never_taken_to_vary_less_than_single_cases(pair):
    """The standard error with groups is at least that without, whatever luck the groups had."""
    before, after = pair
    assume(before.groups is not None)
    found = paired_difference(before, after)
    options = {"graded": before.graded}
    alone = paired_difference(a_side(before.values, **options), a_side(after.values, **options))
    assert found.design_effect >= 1
    if found.standard_error is not None and alone.standard_error is not None:
        assert found.standard_error >= alone.standard_error - APPROX


# ---------------------------------------------------------------------- hand-computed, oracles


def test_a_table_by_hand():
    """10 gained and 4 lost of 50: +12 points, McNemar's z = 6 / sqrt(14), Tango's interval."""
    found = paired_difference(*table(both=26, gained=10, lost=4, neither=10))
    assert found.method == "score"
    assert found.estimate == pytest.approx(0.12)
    assert (found.gained, found.lost, found.cases, found.clusters) == (10, 4, 50, 50)
    assert found.p == pytest.approx(2 * NormalDist().cdf(-6 / math.sqrt(14)))
    assert found.interval == tango_interval(10, 4, 50)
    assert found.sensitivity is not None
    assert found.sensitivity.exact_p == pytest.approx(stats.binomtest(4, 14).pvalue)
    assert found.standard_error == pytest.approx(math.sqrt((14 / 50 - 0.12**2) / 50))


@given(st.lists(st.tuples(*[st.floats(0, 1)] * 2), min_size=3, max_size=50))
def test_graded_scores_have_the_error_of_scipys_paired_t_test(some):
    """The same standard error as ttest_rel; p is that of its t, less what the difference explains.

    Tango's variance at no difference is that of differences around 0 and not around their mean:
    z^2 = t^2 (1 - d^2 n / (gained + lost)), which is t^2 where there is no difference.
    """
    before, after = (np.array([row[place] for row in some]) for place in (0, 1))
    assume(np.std(after - before) > 1e-5)
    assume({*before, *after} - {0.0, 1.0})
    found = paired_difference(a_side(before, graded=True), a_side(after, graded=True))
    oracle = stats.ttest_rel(after, before)
    assert found.standard_error == pytest.approx(oracle._standard_error, rel=1e-6, abs=1e-9)
    assume(found.method == "effective")
    explained = found.estimate**2 * found.cases / (found.gained + found.lost)
    z = abs(oracle.statistic) * math.sqrt(max(0.0, 1 - explained))
    assert found.p == pytest.approx(2 * stats.t.sf(z, len(some) - 1), rel=1e-5, abs=1e-9)


def test_averaged_replicates_are_one_value_per_case():
    """Three replicates of a case are not three cases: the error is that of a paired t test."""
    before, after = [0, 1 / 3, 1, 2 / 3, 0, 1], [1 / 3, 1 / 3, 1, 1, 2 / 3, 1 / 3]
    found = paired_difference(a_side(before, replicates=3), a_side(after, replicates=3))
    assert found.clusters == 6
    assert found.standard_error == pytest.approx(stats.ttest_rel(after, before)._standard_error)


def test_groups_of_equal_cases_count_once():
    """Five cases of each of 20 authors that agree: Tango's interval at 20 cases, about."""
    before, after = table(both=20, gained=30, lost=10, neither=40)
    groups = [place // 5 for place in range(100)]
    grouped = [a_side(side.values, side.name, groups=groups) for side in (before, after)]
    found = paired_difference(*grouped)
    assert found.method == "effective"
    assert found.clusters == 20
    # All of a group move alike: the CR1 variance is G / (G - 1) times that of 20 single cases.
    assert found.design_effect == pytest.approx(5 * 20 / 19)
    size = 100 / found.design_effect
    parts = (30 / found.design_effect, 10 / found.design_effect, size)
    assert found.interval == tango_interval(*parts, t_critical(19))
    z = (parts[0] - parts[1]) / math.sqrt(parts[0] + parts[1])
    assert found.p == pytest.approx(2 * stats.t.sf(z, 19))


def test_graded_groups_are_the_cluster_robust_error_by_hand():
    """Two cases in each of three groups: sums of residuals 0.2, -0.2 and 0; t with 2 degrees.

    The interval is Tango's at the size at which right-or-wrong answers would vary as much.
    """
    after = [0.3, 0.3, 0.1, 0.1, 0.2, 0.2]
    groups = [0, 0, 1, 1, 2, 2]
    options = {"graded": True, "groups": groups}
    found = paired_difference(a_side([0.0] * 6, **options), a_side(after, **options))
    error = math.sqrt(3 / 2 * (0.2**2 + 0.2**2)) / 6
    assert found.standard_error == pytest.approx(error)
    # As right-or-wrong answers: 1.2 gained of 6, variance (0.2 - 0.04) / 6 = 2 / 75.
    effect = error**2 / (2 / 75)
    ends = tango_interval(1.2 / effect, 0, 6 / effect, t_critical(2))
    assert ends is not None
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == pytest.approx((ends.low, ends.high))
    z = math.sqrt(1.2 / effect)
    assert found.p == pytest.approx(2 * stats.t.sf(z, 2))


def test_groups_that_agree_by_luck_do_not_narrow_the_interval():
    """Each of 12 groups gains one and loses one: their means do not vary, and the cases do."""
    before, after = [0.0, 1.0] * 12, [1.0, 0.0] * 12
    groups = [place // 2 for place in range(24)]
    found = paired_difference(a_side(before, groups=groups), a_side(after, groups=groups))
    assert (found.method, found.design_effect) == ("effective", 1.0)
    assert found.interval == tango_interval(12, 12, 24, t_critical(11))
    assert found.p == pytest.approx(1.0)


def test_two_opposed_groups_say_nothing_and_say_so():
    """One author all gained, the other none: the effective size is 1, and the interval is all."""
    groups = [0] * 10 + [1] * 10
    before, after = [0.0] * 20, [1.0] * 10 + [0.0] * 10
    found = paired_difference(a_side(before, groups=groups), a_side(after, groups=groups))
    assert found.method == "clustered"
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == (-1, 1)
    assert found.few_clusters


# --------------------------------------------------------------------------------- edges


def test_one_case_has_an_estimate_and_nothing_else():
    """Of n = 1: no interval, no p, no method."""
    for options in ({}, {"graded": True}, {"groups": [0]}, {"replicates": 3}):
        found = paired_difference(a_side([0.0], **options), a_side([1.0], **options))
        assert found.estimate == 1
        assert (found.interval, found.p, found.method) == (None, None, None)


@pytest.mark.parametrize("value", [0.0, 1.0])
@pytest.mark.parametrize("count", [2, 3, 60])
def test_sides_that_agree_on_everything_are_not_certainly_equal(value, count):
    """No discordant pair: p is 1, and the interval narrows as cases grow but never to nothing."""
    found = paired_difference(a_side([value] * count), a_side([value] * count))
    assert (found.estimate, found.p, found.method) == (0, 1, "score")
    assert 0.05 < width(found) < 1.95


def test_all_gained_is_not_certain_either():
    """60 of 60: the interval ends at 1 and begins below."""
    found = paired_difference(a_side([0.0] * 60), a_side([1.0] * 60))
    assert found.interval is not None
    assert found.interval.high == pytest.approx(1)
    assert 0.8 < found.interval.low < 0.98


def test_one_cluster_has_no_interval_and_is_counted_as_one():
    """Also where its code is 7, because other groups are in another slice."""
    for groups in ([0] * 9, [7] * 9):
        found = paired_difference(
            a_side([0.0] * 9, groups=groups), a_side([1.0] * 9, groups=groups)
        )
        assert (found.interval, found.p, found.clusters) == (None, None, 1)
        assert found.few_clusters


@pytest.mark.parametrize("clusters", [MIN_CLUSTERS - 1, MIN_CLUSTERS])
def test_few_clusters_are_fewer_than_ten(clusters):
    """The bound is in words everywhere."""
    groups = [place % clusters for place in range(40)]
    found = paired_difference(a_side([0.0, 1.0] * 20, groups=groups), a_side([1.0] * 40))
    assert found.few_clusters == (clusters < MIN_CLUSTERS)


def test_graded_scores_that_all_change_alike_have_an_interval():
    """Every case +0.5: no variance to go by, so Tango's interval for as many cases."""
    found = paired_difference(a_side([0.25] * 30, graded=True), a_side([0.75] * 30, graded=True))
    assert found.method == "effective"
    assert found.interval == tango_interval(15, 0, 30, t_critical(29))


def test_nothing_lost_is_zero_and_not_minus_zero():
    """A report never shows -0.0."""
    found = paired_difference(a_side([0.0, 0.5], graded=True), a_side([1.0, 0.5], graded=True))
    assert math.copysign(1, found.lost) == 1


def test_other_cases_are_a_fault_of_the_caller():
    """Nothing is paired by row."""
    with pytest.raises(ValueError, match="same cases"):
        paired_difference(a_side([1.0]), a_side([1.0], ids=("other",)))


# -------------------------------------------------------------------------------- groups


def test_groups_known_to_one_side_alone_count():
    """A run from before the suite had groups is compared in the groups of today."""
    known, unknown = a_side([1.0] * 4, groups=[0, 0, 1, 1]), a_side([0.0] * 4)
    for pair in ((known, unknown), (unknown, known)):
        assert paired_difference(*pair).clusters == 2


def test_what_either_side_puts_together_is_together():
    """{a b} {c} {d} and {a} {b c} {d} are {a b c} {d}, in either order."""
    ours, theirs = a_side([1.0] * 4, groups=[0, 0, 1, 2]), a_side([0.0] * 4, groups=[5, 6, 6, 9])
    for pair in ((ours, theirs), (theirs, ours)):
        joined = joint_groups(*pair)
        assert joined is not None
        assert joined[0] == joined[1] == joined[2] != joined[3]


def test_no_groups_on_either_side_are_none():
    """Every case is its own."""
    assert joint_groups(a_side([1.0]), a_side([0.0])) is None
