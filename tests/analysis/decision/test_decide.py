"""The verdict as a whole: precedence, the bar, lost replies, small numbers, few clusters."""

from __future__ import annotations

import random
from itertools import pairwise, product
from statistics import NormalDist
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from harness.analysis.decision.standing import standing
from harness.analysis.difference import Difference, paired_difference
from harness.analysis.tango import tango_interval
from harness.values.verdict import Ruling, rule

from .contests import (
    checks,
    contest,
    decide,
    judged,
    leaky,
    policy,
    ruling,
    shuffled,
    side,
    table,
)

MAIN = "not worse than old"
BETTER = policy(goal="better")
LETTERS = "+-urtfpjh"


def _bounds(both: int, gained: int, lost: int, alpha: float = 0.025) -> tuple[float, float]:
    critical = NormalDist().inv_cdf(1 - alpha)
    found = tango_interval(gained, lost, both + gained + lost, critical)
    assert found is not None
    return found.low, found.high


def _ends(found: Difference) -> tuple[float, float]:
    assert found.interval is not None
    return found.interval.low, found.interval.high


# ------------------------------------------------------------------ precedence


PROMOTING = table(both=200)
REJECTED = table(both=100, lost=100)
UNDECIDED = table(both=10)


def test_the_four_rulings() -> None:
    """One contest of each kind."""
    assert ruling(*PROMOTING) == "promote"
    assert ruling(*REJECTED) == "reject"
    assert ruling(*UNDECIDED) == "inconclusive"
    assert ruling(*PROMOTING, candidate={"status": "budget"}) == "invalid"


@pytest.mark.parametrize("pair", [PROMOTING, REJECTED, UNDECIDED])
@pytest.mark.parametrize("missed", [False, True])
@pytest.mark.parametrize("unknown", [False, True])
@pytest.mark.parametrize("leaking", [False, True])
def test_invalid_before_reject_before_inconclusive_before_promote(
    pair: tuple[str, str], *, missed: bool, unknown: bool, leaking: bool
) -> None:
    """Of everything at once the worst decides: trust, then what was measured, then the unknown."""
    rules = policy(
        max_latency_p95=1.0 if missed else None, max_cost_per_1k=1.0 if unknown else None
    )
    candidate: dict[str, Any] = {"latency_p95": 2.0}
    candidate |= {"leaks": leaky("c0")} if leaking else {}
    found = ruling(*pair, rules=rules, candidate=candidate)
    if leaking:
        expected = "invalid"
    elif missed or pair == REJECTED:
        expected = "reject"
    elif unknown or pair == UNDECIDED:
        expected = "inconclusive"
    else:
        expected = "promote"
    assert found == expected


@settings(max_examples=25)
@given(st.data())
def test_the_ruling_follows_from_the_checks_alone(data: st.DataObject) -> None:
    """Whatever the notes say of power: they explain, and never decide."""
    cases = data.draw(st.integers(1, 40))
    draw = st.text(LETTERS, min_size=cases, max_size=cases)
    rules = policy(goal=data.draw(st.sampled_from(["better", "not_worse"])))
    verdict = judged(data.draw(draw), data.draw(draw), rules=rules).verdict
    assert verdict.ruling == rule(verdict.checks)
    assert verdict.notes


# --------------------------------------------------------------------- the bar


@pytest.mark.parametrize(("goal", "bar"), [("not_worse", -0.05), ("better", 0.0)])
def test_promote_and_reject_are_where_the_interval_lies(goal: str, bar: float) -> None:
    """Over all small tables: promote iff low > bar, reject iff high < bar, else inconclusive."""
    rules = policy(goal=goal)
    seen = set()
    for both, gained, lost in product((20, 150), (0, 1, 5, 30), (0, 3, 9, 40)):
        low, high = _bounds(both, gained, lost)
        expected = "promote" if low > bar else "reject" if high < bar else "inconclusive"
        assert ruling(*table(both, gained, lost), rules=rules) == expected, (both, gained, lost)
        seen.add(expected)
    assert seen == {"promote", "reject", "inconclusive"}


@pytest.mark.parametrize("goal", ["not_worse", "better"])
def test_exactly_on_the_bar_is_inconclusive(goal: str) -> None:
    """`>` and `<`: who touches the bar has neither passed nor failed."""
    found = paired_difference(side("+" * 50 + "-" * 9), side("+" * 59, "new"))
    assert found.interval is not None
    low, high = _ends(found)
    assert standing(found, low) == "inconclusive"
    assert standing(found, high) == "inconclusive"
    assert standing(found, low - 1e-9) == "passed"
    assert standing(found, high + 1e-9) == "failed"
    assert policy(goal=goal, margin=0.05).bar == (0 if goal == "better" else -0.05)


def test_not_worse_and_better_are_two_bars() -> None:
    """Equal arms on many cases: not worse, and not better."""
    pair = table(both=190, gained=5, lost=5)
    assert ruling(*pair, rules=policy(margin=0.1)) == "promote"
    assert ruling(*pair, rules=policy(margin=0.1, goal="better")) == "inconclusive"


def test_better_rejects_what_is_worse_by_less_than_the_margin() -> None:
    """The margin of `better` is no allowance."""
    pair = table(both=960, gained=5, lost=35)
    assert ruling(*pair, rules=policy(margin=0.2, goal="better")) == "reject"
    assert ruling(*pair, rules=policy(margin=0.2)) == "promote"


@pytest.mark.parametrize(("alpha", "shown"), [(0.025, 0.95), (0.05, 0.90), (0.005, 0.99)])
def test_alpha_is_one_sided(alpha: float, shown: float) -> None:
    """.025 decides by the 95 % interval that is printed, .05 by the 90 % one."""
    pair = table(both=100, gained=8, lost=2)
    judgement = judged(*pair, rules=policy(alpha=alpha, goal="better"))
    assert judgement.difference is not None
    assert judgement.difference.interval is not None
    assert judgement.difference.confidence == pytest.approx(shown)
    low, high = _bounds(100, 8, 2, alpha)
    assert _ends(judgement.difference) == pytest.approx((low, high), abs=1e-7)
    evidence = checks(judgement)["better than old"].evidence
    assert f"[{100 * low:+.1f}, {100 * high:+.1f}]" in evidence


def test_a_wider_alpha_can_promote_what_a_narrower_does_not() -> None:
    """9 gained and 3 lost: the 90 % interval lies above 0, the 95 % one does not."""
    pair = table(both=100, gained=9, lost=3)
    assert _bounds(100, 9, 3, 0.025)[0] < 0 < _bounds(100, 9, 3, 0.05)[0]
    assert ruling(*pair, rules=policy(alpha=0.025, goal="better")) == "inconclusive"
    assert ruling(*pair, rules=policy(alpha=0.05, goal="better")) == "promote"


def test_the_evidence_has_everything_in_one_line() -> None:
    """Both accuracies, difference, interval, p, method, bar; the step names a number of cases."""
    found = checks(judged(*table(both=90, gained=4, lost=6)))[MAIN]
    assert found.evidence == (
        "94.0% against 96.0%: -2.0 points, 95% interval [-9.2, +4.8], p = 0.527"
        " for no difference (Tango's score interval); "
        "must stay above -5.0 points"
    )
    assert found.next_step.startswith("needs about ")
    assert "more cases, if the difference stays" in found.next_step
    lost = checks(judged(*table(both=90, gained=0, lost=8)))[MAIN]
    assert "at best reject" in lost.next_step


def test_p_and_verdict_cannot_disagree_where_better_is_asked() -> None:
    """A p below 2 alpha and an interval above or below 0 are one statement."""
    for gained, lost in product(range(0, 12, 3), range(12)):
        judgement = judged(*table(both=50, gained=gained, lost=lost), rules=BETTER)
        assert judgement.difference is not None
        assert judgement.difference.p is not None
        decided = judgement.verdict.ruling in (Ruling.PROMOTE, Ruling.REJECT)
        assert decided == (judgement.difference.p < 0.05)


# ------------------------------------------------- few cases, and the extremes


@pytest.mark.parametrize("cases", [1, 2])
@pytest.mark.parametrize("pair", ["++", "--", "+-", "-+"])
@pytest.mark.parametrize("goal", ["not_worse", "better"])
def test_one_or_two_cases_never_promote(cases: int, pair: str, goal: str) -> None:
    """No interval for one, a very wide one for two."""
    judgement = judged(pair[0] * cases, pair[1] * cases, rules=policy(goal=goal))
    assert judgement.verdict.ruling in (Ruling.INCONCLUSIVE, Ruling.INVALID)
    assert judgement.difference is not None
    assert (judgement.difference.interval is None) == (cases == 1)
    if cases == 1:
        main = "better than old" if goal == "better" else MAIN
        assert "1 case, so there is no interval" in checks(judgement)[main].evidence


def test_no_case_at_all_is_invalid() -> None:
    """Nothing in common: no numbers, and still notes that are true."""
    judgement = judged("+", side("+", "new", names=["other"]))
    assert judgement.verdict.ruling == "invalid"
    assert judgement.difference is None
    assert judgement.verdict.notes[0].startswith("0 cases can promote no candidate")


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("goal", ["not_worse", "better"])
def test_all_alike(letter: str, goal: str) -> None:
    """All right on both sides: not worse and not better. All wrong: no margin makes sense."""
    found = ruling(letter * 100, letter * 100, rules=policy(goal=goal))
    if letter in "pjh" or (letter != "+" and goal == "not_worse"):
        assert found == "invalid"
    elif goal == "better":
        assert found == "inconclusive"
    else:
        assert found == "promote"


def test_no_discordant_pair_has_an_interval_with_width() -> None:
    """Identical answers on few cases prove nothing."""
    judgement = judged(*table(both=30, neither=5))
    assert judgement.verdict.ruling == "inconclusive"
    assert judgement.difference is not None
    assert judgement.difference.interval is not None
    assert judgement.difference.interval.low < -0.05
    assert judgement.difference.interval.high > 0.05


# --------------------------------------------------------------------- clusters


def _clustered(before: str, after: str, groups: list[int], **change: Any) -> str:
    return ruling(side(before, groups=groups), side(after, "new", groups=groups), **change)


@pytest.mark.parametrize("clusters", range(1, 14))
def test_fewer_than_ten_clusters_never_promote(clusters: int) -> None:
    """However many cases, and however much better."""
    groups = [place % clusters for place in range(400)]
    after = "".join("-" if place % 17 == 0 else "+" for place in range(400))
    for pair in (("+" * 400, "+" * 400), ("-" * 400, after)):
        for goal in ("not_worse", "better"):
            rules = policy(goal=goal, margin=0.3)
            found = _clustered(*pair, groups, rules=rules)
            assert clusters >= 10 or found != "promote"
    assert _clustered("-" * 400, after, groups, rules=BETTER) == (
        "promote" if clusters >= 10 else "inconclusive"
    )


@pytest.mark.parametrize("clusters", [4, 9, 10])
def test_fewer_than_ten_clusters_never_reject_either(clusters: int) -> None:
    """All lost, and still nine authors say nothing of others."""
    groups = [place % clusters for place in range(400)]
    assert _clustered("+" * 400, "-" * 400, groups) == (
        "reject" if clusters >= 10 else "inconclusive"
    )


def test_one_cluster_has_no_interval() -> None:
    """All cases of one author: nothing is known of others."""
    made = judged(side("+" * 50, groups=[0] * 50), side("-" * 50, "new", groups=[0] * 50))
    assert made.verdict.ruling == "inconclusive"
    assert "50 cases of one group, so there is no interval" in checks(made)[MAIN].evidence


def test_too_few_groups_are_named_in_the_next_step() -> None:
    """More cases of the same authors would not help."""
    groups = [place % 4 for place in range(400)]
    made = judged(side("+" * 400, groups=groups), side("+" * 400, "new", groups=groups))
    assert checks(made)[MAIN].next_step == "4 groups are too few: at least 10"


def test_graded_scores_are_judged_by_their_mean() -> None:
    """Scores between 0 and 1: their own variance decides, and no McNemar stands beside it."""
    chance = random.Random(1)
    old = [chance.random() * 0.8 for _ in range(100)]
    letters = "+" * 100
    for shift, expected in ((0.1, "promote"), (-0.2, "reject")):
        new = [min(1, max(0, value + shift + chance.gauss(0, 0.02))) for value in old]
        made = judged(side(letters, values=old), side(letters, "new", values=new))
        assert made.verdict.ruling == expected
        assert "at the effective size, 100 cases" in checks(made)[MAIN].evidence
        assert not any("McNemar" in note for note in made.verdict.notes)


# ---------------------------------------------------------------- lost replies


def test_readings_that_agree_say_so() -> None:
    """Lost replies within 2 %, and every reading promotes."""
    judgement = judged("+" * 300, "+" * 298 + "pp")
    assert judgement.verdict.ruling == "promote"
    found = checks(judgement)["lost replies"]
    assert found.status == "passed"
    assert found.evidence.count("promotes") == 3


def test_a_promotion_that_hangs_on_lost_replies_is_inconclusive() -> None:
    """What the incumbent lost counts as wrong, which makes the candidate look better."""
    before, after = table(both=194, gained=2)
    judgement = judged(before + "pppp", after + "++++", rules=BETTER)
    found = checks(judgement)
    assert found["better than old"].status == "passed"
    assert found["lost replies"].status == "inconclusive"
    step = "ask these cases again: c196, c197, c198, c199"
    assert found["lost replies"].next_step == step
    assert judgement.verdict.ruling == "inconclusive"


def test_a_rejection_that_hangs_on_lost_replies_is_inconclusive() -> None:
    """18 lost cases and two lost replies reject; with the replies dropped nothing is decided."""
    before, after = table(both=67, gained=5, lost=18, neither=8)
    judgement = judged(before + "++", after + "pp")
    found = checks(judgement)
    assert found["lost replies"].status == "inconclusive"
    assert "against the candidate: -15.0 points, rejects" in found["lost replies"].evidence
    assert "dropped: -13.3 points, decides nothing" in found["lost replies"].evidence
    assert found["lost replies"].next_step == "ask these cases again: c98, c99"
    assert found[MAIN].status == "inconclusive"
    assert judgement.verdict.ruling == "inconclusive"


def test_a_rejection_that_all_readings_share_stands() -> None:
    """Two lost replies do not save what is worse without them."""
    before, after = table(both=50, lost=48)
    assert ruling(before + "++", after + "pp") == "reject"


def test_the_cases_to_ask_again_are_named_up_to_five() -> None:
    """Six and more end in an ellipsis."""
    before, after = table(both=300, gained=0, lost=8, neither=12)
    judgement = judged(before + "+" * 6, after + "p" * 6)
    step = checks(judgement)["lost replies"].next_step
    assert step == "ask these cases again: c320, c321, c322, c323, c324, …"


# ----------------------------------------------------------------------- notes


def test_power_never_changes_a_verdict() -> None:
    """20 cases cannot promote identical answers, says the note; these are better and promoted."""
    judgement = judged(*table(both=14, gained=6))
    assert judgement.verdict.ruling == "promote"
    assert judgement.verdict.notes[0].startswith("20 cases can promote no candidate with identical")


@pytest.mark.parametrize("cases", [200, 201, 10**6])
def test_the_size_of_the_split_changes_no_verdict(cases: int) -> None:
    """The verdict is of what was compared; what was not compared has its own checks."""
    assert ruling(*PROMOTING, cases=cases) == "promote"


def test_the_very_same_replies_are_noted() -> None:
    """A candidate that is the incumbent by another name is not a discovery."""
    same = contest(*PROMOTING).candidate.measured
    notes = judged(*PROMOTING, incumbent={"measured": same}).verdict.notes
    assert "Both sides are the very same replies." in notes
    assert "Both sides are the very same replies." not in judged(*PROMOTING).verdict.notes


def test_what_was_left_out_is_noted() -> None:
    """With how many cases."""
    notes = judged(*PROMOTING, excluded=("x", "y")).verdict.notes
    assert "2 cases that leaked into either side are left out for both." in notes


def test_sensitivity_explains_and_decides_nothing() -> None:
    """Exact and mid-p McNemar and Newcombe stand in one note."""
    (note,) = [n for n in judged(*table(90, 5, 5)).verdict.notes if n.startswith("For sens")]
    assert "without a say in the verdict" in note
    assert "exact McNemar p = 1.000" in note


# ------------------------------------------------------------------ properties


@st.composite
def _tables(draw: st.DrawFn) -> tuple[int, int, int, int]:
    return (
        draw(st.integers(0, 300)),
        draw(st.integers(0, 40)),
        draw(st.integers(0, 40)),
        draw(st.integers(0, 60)),
    )


RULES = st.builds(
    policy,
    goal=st.sampled_from(["better", "not_worse"]),
    margin=st.sampled_from([0.01, 0.05, 0.2]),
    alpha=st.sampled_from([0.005, 0.025, 0.05, 0.2]),
)


@settings(max_examples=25)
@given(_tables(), RULES)
@example((0, 1, 0, 0), policy())
def test_one_more_right_answer_never_undoes_a_promotion(
    counts: tuple[int, int, int, int], rules: Any
) -> None:
    """Of right-or-wrong answers: a lost case that is won back, or one more gained."""
    both, gained, lost, neither = counts
    assume(both + gained + lost + neither)
    order = ["reject", "inconclusive", "promote"]
    before = ruling(*table(*counts), rules=rules)
    better = []
    if lost:
        better.append((both + 1, gained, lost - 1, neither))
    if neither:
        better.append((both, gained + 1, lost, neither - 1))
    for counts_after in better:
        after = ruling(*table(*counts_after), rules=rules)
        if before == "invalid":  # the margin against the incumbent, which does not change
            assert after == "invalid"
        else:
            assert order.index(after) >= order.index(before)


@settings(max_examples=25)
@given(_tables(), st.integers(0, 3), RULES, st.sampled_from("pjh"), st.booleans())
def test_a_lost_reply_never_helps_the_side_that_lost_it(
    counts: tuple[int, int, int, int], lost: int, rules: Any, letter: str, of_candidate: bool
) -> None:
    """In the primary estimate it counts as not correct, whatever it would have been."""
    before, after = table(*counts)
    assume(len(before) > lost)
    pair = [before, after]
    change = pair[of_candidate]
    pair[of_candidate] = letter * lost + change[lost:]
    intact, lossy = judged(before, after, rules=rules), judged(*pair, rules=rules)
    assert intact.difference is not None
    assert lossy.difference is not None
    sign = 1 if of_candidate else -1
    assert sign * lossy.difference.estimate <= sign * intact.difference.estimate
    order = ["reject", "inconclusive", "promote"]
    both = [str(intact.verdict.ruling), str(lossy.verdict.ruling)]
    if of_candidate and "invalid" not in both:
        assert both[1] != "promote" or both[0] == "promote"
    assert set(both) <= {*order, "invalid"}


@settings(max_examples=25)
@given(_tables(), st.sampled_from([0.005, 0.025, 0.05, 0.2, 0.4]))
def test_two_arms_cannot_both_be_better(counts: tuple[int, int, int, int], alpha: float) -> None:
    """With the sides swapped a promotion is a rejection, and what is inconclusive stays so."""
    assume(sum(counts))
    rules = policy(goal="better", alpha=alpha)
    before, after = table(*counts)
    swapped = {"promote": "reject", "reject": "promote", "inconclusive": "inconclusive"}
    assert ruling(after, before, rules=rules) == swapped[ruling(before, after, rules=rules)]


@settings(max_examples=25)
@given(
    st.integers(1, 60).flatmap(
        lambda n: st.tuples(
            st.text(LETTERS, min_size=n, max_size=n),
            st.text(LETTERS, min_size=n, max_size=n),
            st.none() | st.lists(st.integers(0, 15), min_size=n, max_size=n),
            st.permutations(range(n)),
        )
    ),
    RULES,
)
def test_the_order_of_cases_changes_nothing(
    drawn: tuple[str, str, list[int] | None, list[int]], rules: Any
) -> None:
    """Pairs are made by id; ruling, difference and interval are those of any order."""
    before, after, groups, order = drawn
    codes = None
    if groups is not None:
        known = sorted(set(groups))
        codes = [known.index(group) for group in groups]
    made = contest(side(before, groups=codes), side(after, "new", groups=codes), rules=rules)
    one, other = decide(made), decide(shuffled(made, order))
    assert one.verdict.ruling == other.verdict.ruling
    assert one.difference is not None
    assert other.difference is not None
    assert one.difference.estimate == pytest.approx(other.difference.estimate, abs=1e-12)
    if one.difference.interval is not None:
        assert _ends(one.difference) == pytest.approx(_ends(other.difference), abs=1e-9)


@settings(max_examples=25)
@given(_tables(), st.sampled_from([0.01, 0.05, 0.2]))
def test_a_wider_margin_never_undoes_a_promotion(
    counts: tuple[int, int, int, int], margin: float
) -> None:
    """Nor a stricter one a rejection, as long as the margin makes sense."""
    assume(counts[0] + counts[2] > (margin + 0.1) * sum(counts))
    order = ["reject", "inconclusive", "promote"]
    rulings = [ruling(*table(*counts), rules=policy(margin=m)) for m in (margin, margin + 0.05)]
    places = [order.index(found) for found in rulings]
    assert all(a <= b for a, b in pairwise(places))
