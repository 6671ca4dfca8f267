"""The first sentence of the page: it claims what the intervals support, and no more."""

from __future__ import annotations

import pytest

from harness.reports.side_by_side.finding import finding
from harness.reports.side_by_side.shown import Held, Shown
from harness.values.verdict import Check, Ruling
from tests.analysis.cost.arms import MINI_41, MINI_41_TUNED, worked
from tests.approved import a_decision
from tests.reports.comparisons import a_comparison, a_side

GOOD, BAD = "+" * 45 + "-" * 5, "+" * 15 + "-" * 35


def told(*sides, **change):
    return finding(Shown(compared=a_comparison(*sides), columns={}, infos={}, **change))


def test_a_measured_gain():
    said = told(a_side("few_shot", BAD), a_side("fine_tuned", GOOD))
    assert said.startswith("fine_tuned beats few_shot by 60.0 points [+")
    assert said.endswith("on 50 cases.")


def test_the_best_of_several_must_hold_for_all_of_them():
    """Of one comparison it is the interval itself, of three a wider one."""
    sides = [a_side("few_shot", BAD), a_side("fine_tuned", GOOD)]
    alone = told(*sides)
    among = told(*sides, a_side("other", BAD), a_side("third", BAD))
    assert "fine_tuned beats few_shot by 60.0 points" in among
    assert among != alone


def test_a_measured_loss_names_the_nearest():
    said = told(a_side("few_shot", GOOD), a_side("fine_tuned", BAD), a_side("none", "-" * 50))
    assert said.startswith("fine_tuned falls behind few_shot: -60.0 points [-")
    assert said.endswith("and no other arm comes nearer.")


def test_no_finding_says_what_would_have_been_seen():
    said = told(a_side("few_shot", BAD), a_side("fine_tuned", "-" * 12 + "+" * 17 + "-" * 21))
    assert said.startswith("50 cases do not tell fine_tuned from few_shot: +4.0 points [")
    assert "they would have shown a difference of" in said


def test_one_case_says_nothing():
    said = told(a_side("few_shot", "-"), a_side("fine_tuned", "+"))
    assert said == "1 case cannot tell fine_tuned from few_shot."


def test_the_same_replies_are_no_comparison():
    sides = (a_side("few_shot", BAD), a_side("again", BAD))
    compared = a_comparison(*sides, same=frozenset({"again"}))
    said = finding(Shown(compared=compared, columns={}, infos={}))
    assert said == "again and few_shot gave the very same replies to 50 cases."


def test_an_arm_by_itself():
    assert told(a_side("few_shot", BAD)).startswith("few_shot reaches 30.0% (")


@pytest.mark.parametrize(
    ("ruling", "words"),
    [
        (Ruling.PROMOTE, "tuned may replace few"),
        (Ruling.REJECT, "tuned must not replace few"),
        (Ruling.INCONCLUSIVE, "these cases cannot tell whether tuned may replace few"),
    ],
)
def test_a_gate_speaks_first(ruling, words):
    decision = a_decision(ruling=ruling, difference=0.113, low=0.069, high=0.158, cases=240)
    said = told(a_side("plain", BAD), a_side("tuned", GOOD), gate=Held(decision, None))
    assert said == f"{words}: +11.3 points [+6.9, +15.8] on 240 cases."


@pytest.mark.parametrize("difference", [0.113, None])
def test_an_invalid_gate_says_why_and_no_number(difference):
    checks = (Check("same cases", "passed", "240"), Check("complete", "invalid", "3 of 10 replies"))
    decision = a_decision(ruling=Ruling.INVALID, difference=difference, checks=checks)
    said = told(a_side("plain", BAD), a_side("tuned", GOOD), gate=Held(decision, None))
    assert said == "nothing can be said about tuned against few: 3 of 10 replies."


def test_what_it_costs_is_part_of_the_sentence():
    """The pair that the sentence is about, at the prices of the runs."""
    found = worked(MINI_41, MINI_41_TUNED, 5.0)
    sides = a_side("shots_8", BAD), a_side("tuned", GOOD)
    assert told(*sides, costs=(found,)).endswith(
        "on 50 cases; at your prices tuned pays back against shots_8 after 2,758 requests."
    )
    assert told(*sides, costs=()).endswith("on 50 cases.")


def test_names_cannot_break_the_line():
    said = told(a_side("few_shot", BAD), a_side("x\x1b[31m\ny", GOOD))
    assert "\n" not in said
    assert "\x1b" not in said
