"""What a policy can ever decide on n cases: the boundary exactly, and words that are true."""

from __future__ import annotations

from statistics import NormalDist

import pytest

from harness.analysis.decision.reach import more_cases, reach, sentences
from harness.analysis.difference import Difference, paired_difference
from harness.analysis.resample import Range
from harness.analysis.tango import tango_interval
from harness.values.gate import Gate

from .contests import policy, ruling, side, table


def _identical(cases: int, rules: Gate) -> bool:
    """By the interval itself, and by a whole contest at the same number of cases."""
    interval = tango_interval(0, 0, cases, NormalDist().inv_cdf(1 - rules.alpha))
    return interval is not None and interval.low > rules.bar


def _brute_force(rules: Gate) -> int:
    gained = rules.goal == "better"
    critical = NormalDist().inv_cdf(1 - rules.alpha)
    for cases in range(2, 5000):
        interval = tango_interval(cases if gained else 0, 0, cases, critical)
        if interval is not None and interval.low > rules.bar:
            return cases
    raise AssertionError


@pytest.mark.parametrize("alpha", [0.005, 0.025, 0.05, 0.2])
@pytest.mark.parametrize("margin", [0.02, 0.05, 0.3])
@pytest.mark.parametrize("goal", ["not_worse", "better"])
def test_the_fewest_cases_are_exactly_the_boundary(goal: str, margin: float, alpha: float) -> None:
    """Counted up one by one, the first n that promotes is the one that is named."""
    rules = policy(goal=goal, margin=margin, alpha=alpha)
    needed = reach(rules, 100).needed
    assert needed == _brute_force(rules)
    assert not reach(rules, needed - 1).possible
    assert reach(rules, needed).possible


def test_the_boundary_is_that_of_the_verdict() -> None:
    """73 cases with identical answers are promoted at a margin of 5 points, 72 are not."""
    rules = policy(margin=0.05)
    assert reach(rules, 1).needed == 73
    assert ruling(*table(both=72), rules=rules) == "inconclusive"
    assert ruling(*table(both=73), rules=rules) == "promote"


def test_four_cases_can_show_better() -> None:
    """All gained: 4 of 4 exceed nothing with 97.5 % one-sided, 3 of 3 do not."""
    rules = policy(goal="better", margin=0.1)
    assert reach(rules, 1).needed == 4
    assert ruling(*table(gained=3), rules=rules) == "inconclusive"
    assert ruling(*table(gained=4), rules=rules) == "promote"


@pytest.mark.parametrize("cases", [0, 1, 2, 3, 20, 72])
def test_what_cannot_be_promoted_is_said_and_how_many_cases_it_takes(cases: int) -> None:
    """One sentence with both numbers instead of a probability."""
    rules = policy(margin=0.05)
    (text,) = sentences(rules, reach(rules, cases), graded=False)
    assert text.startswith(f"{cases} case")
    assert text.endswith("for identical answers at least 73 are needed.")
    better = policy(goal="better", margin=0.05)
    (text,) = sentences(better, reach(better, min(cases, 3)), graded=False)
    assert "right wherever the incumbent is wrong: at least 4 are needed" in text


@pytest.mark.parametrize("cases", range(6))
def test_only_one_that_is_clearly_better_is_said_where_there_can_be_one(cases: int) -> None:
    """Three cases promote nobody at all; four promote who gains all four."""
    rules = policy(margin=0.05)
    (text,) = sentences(rules, reach(rules, cases), graded=False)
    possible = cases > 0 and ruling("-" * cases + "+", "+" * (cases + 1), rules=rules) == "promote"
    assert ("only one that is clearly better" in text) == (cases >= 4)
    assert possible == (cases >= 4)


def test_too_few_for_equal_answers_may_be_enough_for_better_ones() -> None:
    """20 cases promote who gains 4 and loses none, so no sentence says that nobody can pass."""
    rules = policy(margin=0.05)
    assert ruling(*table(both=16, gained=4), rules=rules) == "promote"
    (text,) = sentences(rules, reach(rules, 20), graded=False)
    assert "only one that is clearly better" in text


def test_no_number_of_cases_is_made_up() -> None:
    """A margin of a millionth takes more cases than are searched; the text says more than."""
    rules = policy(margin=1e-6)
    found = reach(rules, 100)
    assert not found.possible
    (text,) = sentences(rules, found, graded=False)
    assert text.endswith("more than 1,000,000 are needed.")


def test_a_boundary_below_a_million_is_found() -> None:
    """Between the last doubling and a million the bisection still goes on."""
    rules = policy(margin=5e-6)
    needed = reach(rules, 100).needed
    assert needed < 1_000_000
    assert _identical(needed, rules)
    assert not _identical(needed - 1, rules)


def test_power_is_named_at_three_discordances() -> None:
    """Enough cases: the chance of a candidate that is just as good at 5, 10 and 20 %."""
    rules = policy(margin=0.05)
    found = reach(rules, 300)
    assert list(found.power) == [0.05, 0.10, 0.20]
    chances = list(found.power.values())
    assert chances == sorted(chances, reverse=True)
    (text,) = sentences(rules, found, graded=False)
    assert "a candidate that is just as good" in text
    assert "5%, 10% and 20% of the cases" in text


def test_better_assumes_a_gain_of_the_margin() -> None:
    """The margin of a goal `better` plans and decides nothing."""
    rules = policy(goal="better", margin=0.08)
    found = reach(rules, 300)
    assert found.gain == 0.08
    (text,) = sentences(rules, found, graded=False)
    assert "a true gain of 8.0 points" in text
    assert "a true gain of 0.080" in sentences(rules, found, graded=True)[0]


@pytest.mark.parametrize("goal", ["not_worse", "better"])
def test_so_many_cases_as_planned_have_the_power_that_was_asked(goal: str) -> None:
    """80 %, by exact enumeration; with few discordant pairs the plan is on the safe side."""
    rules = policy(goal=goal, margin=0.06)
    planned = reach(rules, 100).planned
    assert list(planned) == [0.05, 0.10, 0.20]
    for discordance in (0.10, 0.20):
        cases = planned[discordance]
        assert cases is not None
        assert 0.78 < reach(rules, cases).power[discordance] < 0.86
    assert "For 80% it takes about" in sentences(rules, reach(rules, 300), graded=False)[0]


def test_an_alpha_near_the_power_leaves_nothing_to_plan() -> None:
    """No number rather than a made-up one."""
    rules = policy(margin=0.06, alpha=0.45)
    assert set(reach(rules, 100).planned.values()) == {None}
    assert "it takes" not in sentences(rules, reach(rules, 300), graded=False)[0]


def test_more_cases_shrink_the_interval_to_a_promotion() -> None:
    """The same shares on as many cases as named are promoted."""
    rules = policy(margin=0.05)
    before, after = table(both=90, gained=5, lost=5)
    found = paired_difference(side(before), side(after, "new"))
    more = more_cases(found, rules)
    assert more is not None
    times = -(-(100 + more) // 100)
    assert ruling(*table(both=90 * times, gained=5 * times, lost=5 * times)) == "promote"


@pytest.mark.parametrize("estimate", [-0.05, -0.2])
def test_no_number_of_cases_promotes_what_lies_below_the_bar(estimate: float) -> None:
    """Where the difference does not exceed the bar there is no number."""
    found = Difference(
        cases=50,
        clusters=50,
        estimate=estimate,
        gained=0,
        lost=10,
        interval=Range(estimate - 0.1, estimate + 0.1),
        p=0.5,
        method="score",
    )
    assert more_cases(found, policy(margin=0.05)) is None


def test_without_an_interval_there_is_no_number() -> None:
    """One case has no width that could shrink."""
    assert more_cases(paired_difference(side("+"), side("+", "new")), policy()) is None
