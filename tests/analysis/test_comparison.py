"""Comparisons of one family: what is in each, by hand and by what must hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.analysis.comparison import (
    ADJUSTMENTS,
    Pair,
    compare_all,
    mean_difference,
)
from harness.analysis.detectable import detectable_difference
from harness.analysis.difference import paired_difference
from harness.analysis.families import holm
from harness.analysis.interval import t_critical
from harness.analysis.power import discordance_limit, minimum_detectable_difference
from harness.values.score import OUTCOMES, Outcome

from .sides import PRICE, a_side, pairs, table, tokens_of


def only(before, after, **options):
    (found,) = compare_all([Pair(before, after)], **options)
    return found


# ------------------------------------------------------------------------------ one comparison


def test_gained_and_lost_are_named():
    """The ids of the cases that rose and fell."""
    found = only(a_side([1, 0, 1, 0]), a_side([1, 1, 0, 0], "new"))
    assert (found.gained, found.lost) == (("c1",), ("c2",))
    assert (found.reference_mean, found.candidate_mean) == (0.5, 0.5)


@given(pairs())
@settings(max_examples=60)
def test_a_comparison_turned_round_is_its_mirror(pair):
    """Estimate, interval, p, and the cases that moved; what is detectable stays."""
    there, back = only(*pair), only(*reversed(pair))
    assert there.difference.estimate == pytest.approx(-back.difference.estimate)
    assert there.p_adjusted == pytest.approx(back.p_adjusted)
    assert (there.gained, there.lost) == (back.lost, back.gained)
    assert there.detectable == pytest.approx(back.detectable)
    if there.simultaneous and back.simultaneous:
        assert there.simultaneous.low == pytest.approx(-back.simultaneous.high, abs=1e-7)


def test_sums_of_the_same_scores_in_another_order_are_no_move():
    """(0.1 + 0.2 + 0.3) / 3 and (0.3 + 0.2 + 0.1) / 3 differ in the last bit only."""
    one, other = (0.1 + 0.2 + 0.3) / 3, (0.3 + 0.2 + 0.1) / 3
    assert one != other
    found = only(a_side([one], graded=True), a_side([other], "new", graded=True))
    assert (found.gained, found.lost) == ((), ())


def test_a_score_that_a_baseline_rounded_is_no_move():
    """2/3 is 0.667 in a baseline; a change that a table shows is a move."""
    options = {"graded": True}
    found = only(a_side([0.667, 0.6], **options), a_side([2 / 3, 0.602], "new", **options))
    assert (found.gained, found.lost) == (("c1",), ())


def test_outcomes_are_cross_tabulated():
    """Wrong to unparsed is not wrong to wrong."""
    before, after = a_side([1, 0, 0]), a_side([0, 0, 1], "new")
    shares = after.shares.copy()
    shares[1] = 0
    shares[1, OUTCOMES.index(Outcome.UNPARSED)] = 1
    found = only(before, replace(after, shares=shares))
    assert found.transitions == {
        Outcome.CORRECT: {Outcome.WRONG: 1},
        Outcome.WRONG: {Outcome.CORRECT: 1, Outcome.UNPARSED: 1},
    }


@given(pairs())
@settings(max_examples=60)
def test_transitions_add_up_to_the_cases(pair):
    """Every case is somewhere, once."""
    found = only(*pair)
    total = sum(count for row in found.transitions.values() for count in row.values())
    assert total == pytest.approx(len(pair[0]))


def test_a_repeated_case_is_spread_over_the_pairs_of_its_outcomes():
    """2/3 correct against correct: two thirds stay, a third is gained."""
    found = only(a_side([2 / 3], replicates=3), a_side([1.0], "new"))
    assert found.transitions[Outcome.CORRECT][Outcome.CORRECT] == pytest.approx(2 / 3)
    assert found.transitions[Outcome.WRONG][Outcome.CORRECT] == pytest.approx(1 / 3)


# ----------------------------------------------------------------------------------- families


def test_no_pairs_are_no_comparisons():
    """An empty family has nothing to adjust."""
    assert compare_all([]) == ()


@pytest.mark.parametrize("adjustment", list(ADJUSTMENTS))
def test_p_values_are_adjusted_over_the_family(adjustment):
    """All pairs together, by the procedure that was asked for."""
    reference = table(both=20, gained=10, lost=2, neither=8)[0]
    candidates = [table(both=20, gained=n, lost=12 - n, neither=8)[1] for n in (10, 7, 6)]
    candidates = [replace(side, ids=reference.ids) for side in candidates]
    found = compare_all([Pair(reference, side) for side in candidates], adjustment=adjustment)
    raw = [one.difference.p for one in found]
    assert [one.p_adjusted for one in found] == list(ADJUSTMENTS[adjustment](raw))


def test_a_simultaneous_interval_is_one_at_a_higher_confidence():
    """Of four comparisons each has 98.75 %; of one it is the interval itself."""
    pair = Pair(*table(both=20, gained=10, lost=2, neither=8))
    alone, *_ = compare_all([pair])
    among, *_ = compare_all([pair] * 4)
    assert alone.simultaneous == alone.difference.interval
    assert among.simultaneous == paired_difference(pair.reference, pair.candidate, 0.9875).interval


def test_the_very_same_replies_are_marked():
    """Whoever pairs the sides knows; nothing else changes."""
    side = a_side([1, 0])
    (found,) = compare_all([Pair(side, replace(side, name="new"), same_replies=True)])
    assert found.same_replies
    assert found.difference.estimate == 0


# ------------------------------------------------------------------------------------- slices


def test_slices_have_their_own_difference_and_family():
    """Two values of a tag, a third with one case is none; Holm over the two."""
    tags = tuple({"lang": lang} for lang in ("en",) * 6 + ("pt",) * 6 + ("es",))
    before = a_side([0] * 6 + [1] * 6 + [0], tags=tags)
    after = a_side([1] * 6 + [1] * 5 + [0] + [1], "new", tags=tags)
    found = only(before, after)
    assert [(part.value, part.difference.estimate) for part in found.slices] == [
        ("en", 1.0),
        ("pt", pytest.approx(-1 / 6)),
    ]
    raw = [part.difference.p for part in found.slices]
    assert [part.p_adjusted for part in found.slices] == list(holm(raw))


def test_a_slice_of_one_group_counts_one_cluster():
    """The codes of the other groups are not in it."""
    tags = ({"t": "a"},) * 3 + ({"t": "b"},) * 3
    options = {"tags": tags, "groups": [0, 0, 0, 5, 5, 5]}
    found = only(a_side([0.0] * 6, **options), a_side([1.0] * 6, "new", **options))
    assert [part.difference.clusters for part in found.slices] == [1, 1]


# ------------------------------------------------------------------------- minimum detectable


def test_what_is_detectable_follows_from_the_upper_limit_of_the_discordance():
    """By hand from the parts: 12 of 60 discordant."""
    found = paired_difference(*table(both=30, gained=8, lost=4, neither=18))
    limit = discordance_limit(12, 60)
    assert detectable_difference(found) == minimum_detectable_difference(60, limit)
    assert detectable_difference(found) > 12 / 60 * 0.5


@pytest.mark.parametrize("cases", [10, 100, 10_000])
def test_without_a_discordant_case_no_difference_is_in_reach(cases):
    """At most about three cases may differ then, and three that all move are no finding."""
    assert detectable_difference(paired_difference(*table(both=cases))) is None


def test_few_clusters_detect_less():
    """The same standard error with fewer degrees of freedom needs a larger difference."""
    values = [score + place // 4 / 100 for place, score in enumerate([0.2, 0.6, 0.1, 0.5] * 6)]
    base = {"graded": True}
    alone = paired_difference(a_side([0.0] * 24, **base), a_side(values, **base))
    few = {"graded": True, "groups": [place // 4 for place in range(24)]}
    grouped = paired_difference(a_side([0.0] * 24, **few), a_side(values, **few))
    assert grouped.standard_error == pytest.approx(alone.standard_error)
    ratio = detectable_difference(grouped) / detectable_difference(alone)
    assert ratio == pytest.approx(
        (t_critical(5) + 0.8416212) / (t_critical(23) + 0.8416212), rel=1e-3
    )


@given(pairs())
@settings(max_examples=100)
def test_what_is_detectable_is_positive_or_unknown(pair):
    """Whatever the sides are, asking for it is no error."""
    found = detectable_difference(paired_difference(*pair))
    assert found is None or found > 0


# ---------------------------------------------------------------------------- tokens and money


def test_a_mean_difference_by_hand():
    """Differences 1, 2 and 3: 2 ± t(2) * 1 / sqrt(3)."""
    found = mean_difference(np.array([10.0, 10, 10]), np.array([11.0, 12, 13]))
    assert found is not None
    assert (found.reference, found.candidate, found.estimate, found.cases) == (10, 12, 2, 3)
    half = t_critical(2) / 3**0.5
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == pytest.approx((2 - half, 2 + half))


def test_cases_that_one_side_did_not_answer_are_left_out():
    """NaN is no 0."""
    found = mean_difference(np.array([10.0, np.nan, 30]), np.array([10.0, 20, np.nan]))
    assert found is not None
    assert (found.cases, found.estimate, found.interval) == (1, 0, None)
    assert mean_difference(np.array([np.nan]), np.array([1.0])) is None


@pytest.mark.parametrize("size", [1e-9, 1.0, 1e7])
def test_a_constant_difference_has_no_interval_of_zero_width(size):
    """Prompts of fixed length differ by the same in every case: nothing varies."""
    before = np.array([1.1, 2.2, 3.3, 0.7]) * size
    found = mean_difference(before, before + 0.3 * size)
    assert found is not None
    assert found.interval is None


@pytest.mark.parametrize("size", [1e-9, 1.0, 1e7])
def test_an_interval_is_as_wide_in_any_unit(size):
    """Micro-dollars and tokens have the same shape."""
    unit = mean_difference(np.zeros(4), np.array([1.0, 2, 3, 4]))
    found = mean_difference(np.zeros(4), np.array([1.0, 2, 3, 4]) * size)
    assert unit is not None
    assert found is not None
    assert found.interval is not None
    assert unit.interval is not None
    assert found.interval.low == pytest.approx(unit.interval.low * size)


def test_tokens_and_money_are_known_only_of_both_sides():
    """A side without usage or price, or in another currency, leaves them unknown."""
    priced = {"tokens": tokens_of([100.0, 200]), "price": PRICE}
    before, after = a_side([1, 0], **priced), a_side([1, 1], "new", **priced)
    found = only(before, after)
    assert found.tokens is not None
    assert found.cost is not None
    assert found.cost.reference == pytest.approx(150e-6)
    assert found.currency == "USD"
    assert only(replace(before, tokens=None), after).tokens is None
    assert only(replace(before, price=None), after).cost is None
    euros = replace(after, price=PRICE.__class__(**{**_fields(PRICE), "currency": "EUR"}))
    assert only(before, euros).cost is None


def _fields(price):
    return {name: getattr(price, name) for name in price.__struct_fields__}


@given(st.lists(st.integers(0, 3), min_size=2, max_size=20))
def test_groups_are_those_of_the_difference(groups):
    """Tokens of one author's cases are no more independent than their answers."""
    before, after = np.zeros(len(groups)), np.arange(len(groups), dtype=float)
    found = mean_difference(before, after, np.array(groups))
    assert found is not None
    assert (found.interval is None) <= (len(set(groups)) < 2 or found.estimate != 0)
