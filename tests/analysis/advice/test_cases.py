"""Enough cases, enough for what was found, too few, too few groups."""

from __future__ import annotations

import pytest

from harness.analysis.advice.cases import Cases, cases_advice, more_cases, roughly
from harness.analysis.difference import paired_difference
from tests.analysis.sides import a_side, table


def advice(sides, target: float = 0.05, bar: float = 0.0):
    seen = Cases(reference=sides[0], candidate=sides[1], target=target, bar=bar, source="we")
    (found,) = cases_advice(seen)
    return found


def test_one_arm_tells_nothing():
    """How much answers differ by chance is seen between two."""
    (found,) = cases_advice(None)
    assert (found.rule, found.status) == ("cases-unknown", "cannot_tell")


def test_a_large_difference_is_decided_and_small_ones_are_not():
    """40 of 100 gained and none lost; 5 points could be missed."""
    found = advice(table(both=40, gained=40, neither=20))
    assert (found.rule, found.status) == ("cases-decided", "fine")
    assert "lies above 0" in found.says
    assert "lies below 0" in advice(table(both=40, lost=40, neither=20)).says
    assert any("more cases would find 5.0 points" in line for line in found.evidence)


def test_a_difference_within_chance_needs_more_cases():
    """6 gained and 4 lost of 100; 80 % power for 5 points needs several times as many."""
    found = advice(table(both=60, gained=6, lost=4, neither=30))
    assert (found.rule, found.status) == ("cases-too-few", "act")
    assert found.next_step.startswith("about ")
    assert "more cases" in found.next_step


def test_many_cases_are_enough():
    """The same shares of 10,000."""
    found = advice(table(both=6_000, gained=600, lost=400, neither=3_000))
    assert (found.rule, found.status) == ("cases-enough", "fine")


def test_the_bar_of_a_policy_decides():
    """No difference at all is not worse by 20 points, and not better."""
    sides = table(both=60, gained=2, lost=2, neither=36)
    assert advice(sides, bar=-0.2).rule == "cases-decided"
    assert advice(sides).rule == "cases-too-few"


def test_few_groups_decide_nothing():
    """Nine groups do not, ten do."""

    def sides(groups: int):
        values = [0.0, 1.0] * 90
        codes = [place % groups for place in range(180)]
        return a_side([0.0] * 180, groups=codes), a_side(values, "new", groups=codes)

    assert advice(sides(9)).rule == "few-groups"
    assert "1 new group" in advice(sides(9)).next_step
    assert advice(sides(10)).rule != "few-groups"


def test_no_width_no_plan():
    """Two cases: no difference is in reach."""
    found = advice(table(both=2))
    assert found.rule == "cases-too-few"
    assert "no true difference is found" in found.evidence[1]


def test_a_plan_from_few_cases():
    """None of 30 differ, at most 9.5 % do; Connor's formula has 297 cases, less the 30.

    (1.96 * sqrt(0.095) + 0.84 * sqrt(0.095 - 0.0025))^2 / 0.05^2.
    """
    found = advice(table(both=30))
    assert found.rule == "cases-too-few"
    assert found.next_step == "about 270 more cases would find 5.0 points"


def test_more_cases_by_hand():
    """Half the difference takes four times the cases: 300 more than 100."""
    assert more_cases(100, 0.10, 0.05) == 300
    assert more_cases(100, 0.05, 0.05) == 0


def test_the_plan_brings_the_difference_down_to_the_target():
    """Planned again with as many cases of the same kind, 5 points are found."""
    sides = table(both=60, gained=6, lost=4, neither=30)
    from harness.analysis.detectable import detectable_difference

    found = detectable_difference(paired_difference(*sides))
    times = 1 + more_cases(100, found, 0.05) / 100
    many = table(*(round(count * times) for count in (60, 6, 4, 30)))
    assert detectable_difference(paired_difference(*many)) <= 0.05


@pytest.mark.parametrize(("number", "text"), [(7, "7"), (16, "16"), (784, "780"), (1_249, "1,200")])
def test_roughly(number, text):
    """Two digits."""
    assert roughly(number) == text
