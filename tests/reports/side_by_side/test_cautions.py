"""Under-powered, truncated, unpriced: what a reader of the finding must know."""

from __future__ import annotations

from harness.reports.side_by_side.cautions import cautions
from harness.reports.side_by_side.shown import Shown
from tests.analysis.cost.arms import MINI_41, money, priced
from tests.reports.comparisons import a_comparison, a_side

EVEN = "-" * 12 + "+" * 17 + "-" * 21


def said(*sides, **change):
    return cautions(Shown(compared=a_comparison(*sides), columns={}, infos={}, **change))


def test_a_finding_of_nothing_says_what_it_would_have_found():
    (text,) = said(a_side("few_shot", "+" * 15 + "-" * 35), a_side("tuned", EVEN))
    assert text.startswith("tuned against few_shot is under-powered: 50 cases find a true")


def test_a_difference_that_was_found_had_power_enough():
    assert said(a_side("few_shot", "-" * 50), a_side("tuned", "+" * 40 + "-" * 10)) == ()


def test_cut_replies_from_two_percent_on():
    full = a_side("plain", "-" * 100), a_side("tuned", "+" * 99 + "t")
    assert said(*full) == ()
    (text,) = said(full[0], a_side("tuned", "+" * 98 + "tt"))
    assert text.startswith("2.0% of the replies of tuned were cut off")


def test_unknown_costs_are_named_once_with_their_reason():
    reason = "no price of m is known; declare it"
    arms = [
        priced("a", [[1, 0, 0, 1]], None, unknown=reason),
        priced("b", [[1, 0, 0, 1]], None, unknown=reason),
        priced("c", [[1, 0, 0, 1]], MINI_41),
        priced("d", [[0, 0, 0, 0]], None, unknown=reason, kind="classical"),
    ]
    sides = a_side("a", "-" * 50), a_side("b", "+" * 50)
    assert said(*sides, costs=(money(*arms),)) == (f"The cost of a and b is unknown: {reason}",)
    assert said(*sides, costs=()) == ()
