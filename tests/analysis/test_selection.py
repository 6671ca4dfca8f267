"""Choosing: by hand, against Wilson's interval and CR1 variance, and what must always hold."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.interval import clustered_variance, wilson
from harness.analysis.selection import Offer, choose, spread
from harness.errors import UsageError
from tests.offers import a_price, an_offer, right

CASES = 20
_AMOUNTS = st.integers(1, 40).map(float)


@st.composite
def offers(draw: st.DrawFn, *, priced: bool = False) -> list[Offer]:
    """Arms on the same cases, some of them in groups, some of unknown price or tokens."""
    groups = draw(st.none() | st.lists(st.integers(0, 3), min_size=CASES, max_size=CASES))
    graded = draw(st.booleans())
    value = st.integers(0, 4).map(lambda part: part / 4) if graded else st.sampled_from([0.0, 1.0])
    made = []
    for number in range(draw(st.integers(1, 5))):
        values = draw(st.lists(value, min_size=CASES, max_size=CASES))
        tokens = draw(_AMOUNTS if priced else st.none() | _AMOUNTS)
        price = a_price(draw(_AMOUNTS))
        if not priced:
            price = draw(st.sampled_from([None, price, a_price(1.0, "EUR")]))
        made.append(
            an_offer(
                f"arm{number}", values, tokens=tokens, price=price, groups=groups, graded=graded
            )
        )
    return made


def test_by_hand():
    """80 of 100 best: its error is sqrt(0.8 * 0.2 / 99) = 4.02 points; 76 is within, 75 is not."""
    chosen = choose(
        [
            an_offer("best", right(80, 100), tokens=900),
            an_offer("near", right(76, 100), tokens=300),
            an_offer("below", right(75, 100), tokens=10),
        ]
    )
    assert chosen.best == "best"
    assert chosen.rated["best"].spread.standard_error == pytest.approx(math.sqrt(0.16 / 99))
    assert chosen.bar == pytest.approx(0.8 - math.sqrt(0.16 / 99))
    assert [rated.offer.name for rated in chosen.contenders] == ["best", "near"]
    assert (chosen.arm, chosen.cheapest_by) == ("near", "tokens")
    assert chosen.rated["near"].tokens == pytest.approx(300)


def test_exactly_one_error_below_is_within():
    """5 of 10 in two groups of 4 and 1 has the error sqrt(2 * 2 * 1.5^2) / 10 = 0.3."""
    groups = [0] * 5 + [1] * 5
    best = an_offer("best", [1, 1, 1, 1, 0, 1, 0, 0, 0, 0], groups=groups)
    at_bar = an_offer("at_bar", right(2, 10), groups=groups, tokens=1)
    under = an_offer("under", right(1, 10), groups=groups, tokens=0.5)
    chosen = choose([best, at_bar, under])
    assert chosen.rated["best"].spread.standard_error == pytest.approx(0.3)
    assert chosen.rated["at_bar"].within
    assert not chosen.rated["under"].within
    assert chosen.arm == "at_bar"


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("cases", [1, 3, 120])
def test_no_spread_is_no_certainty(value: float, cases: int):
    """All alike: 1 / (n + 1), the distance from all right to Wilson's lower end at z = 1."""
    found = spread(an_offer("a", [value] * cases, graded=True).side)
    interval = wilson(1.0, max(cases, 2), critical=1.0)
    assert found.assumed
    assert found.standard_error == 1 / (cases + 1)
    if cases > 1:
        assert interval is not None
        assert found.standard_error == pytest.approx(1 - interval.low)


def test_nothing_wrong_is_a_little_surer_than_one_wrong():
    """1 / (n + 1) against 1 / n."""
    none, one = (spread(an_offer("a", right(n, 50)).side).standard_error for n in (50, 49))
    assert (none, one) == (pytest.approx(1 / 51), pytest.approx(1 / 50))


def test_one_group_has_no_spread_either():
    """However many cases it has: they may all share one author."""
    found = spread(an_offer("a", right(30, 60), groups=[0] * 60).side)
    assert found == (0.5, 1, True)


def test_groups_widen_the_error():
    """60 cases of six authors who are all right or all wrong are worth six cases."""
    values = np.repeat([1, 0, 1, 1, 0, 1], 10)
    groups = np.repeat(range(6), 10)
    found = spread(an_offer("a", values, groups=groups).side)
    assert found.clusters == 6
    assert found.standard_error == pytest.approx(math.sqrt((2 / 3) * (1 / 3) / 5))


@given(offers())
def test_the_error_is_the_square_root_of_the_cluster_robust_variance(made: list[Offer]):
    """The same variance that intervals are made from, computed elsewhere."""
    side = made[0].side
    groups = None if side.groups is None else list(side.groups)
    variance, clusters = clustered_variance(list(side.values), groups)
    found = spread(side)
    assert found.clusters == clusters
    assert found.assumed == (variance < 1e-24)
    if not found.assumed:
        assert found.standard_error == pytest.approx(math.sqrt(variance))


@given(offers())
def test_the_chosen_is_never_below_the_bar(made: list[Offer]):
    """One standard error of the best is the most that is given away."""
    chosen = choose(made)
    best = max(rated.mean for rated in chosen.rated.values())
    error = chosen.rated[chosen.best].spread.standard_error
    assert chosen.rated[chosen.best].mean == best
    assert error > 0
    assert chosen.rated[chosen.arm].mean >= best - error - 1e-9
    assert chosen.rated[chosen.arm].within


@given(offers(priced=True))
def test_nothing_within_is_cheaper_than_the_chosen(made: list[Offer]):
    """And what costs the same is not better."""
    chosen = choose(made)
    assert chosen.cheapest_by == "cost"
    mine = chosen.rated[chosen.arm]
    for other in chosen.contenders:
        assert mine.cost_per_1k is not None
        assert other.cost_per_1k is not None
        same = other.cost_per_1k == pytest.approx(mine.cost_per_1k)
        assert same or other.cost_per_1k > mine.cost_per_1k
        assert not same or other.mean <= mine.mean + 1e-9


@given(offers(priced=True), st.data())
def test_a_worse_and_dearer_arm_changes_nothing(made: list[Offer], data: st.DataObject):
    """Trying more that is no use cannot move the choice."""
    chosen = choose(made)
    winner = chosen.rated[chosen.arm]
    count = data.draw(st.integers(1, CASES))
    shift = np.minimum(winner.offer.side.values, np.arange(CASES) < count)
    if not shift.any():
        return
    worse = replace(
        winner.offer,
        side=replace(
            winner.offer.side,
            name="worse",
            values=winner.offer.side.values - shift,
            tokens=winner.offer.side.tokens + 1,
        ),
    )
    place = data.draw(st.integers(0, len(made)))
    again = choose([*made[:place], worse, *made[place:]])
    assert (again.arm, again.best, again.bar) == (chosen.arm, chosen.best, chosen.bar)


@given(offers(), st.randoms())
def test_the_order_matters_only_between_equals(made: list[Offer], chance: random.Random):
    """The same arms in another order: the same bar and contenders, and as cheap and as good."""
    shuffled = list(made)
    chance.shuffle(shuffled)
    one, other = choose(made), choose(shuffled)
    assert one.bar == pytest.approx(other.bar)
    assert {rated.offer.name for rated in one.contenders} == {
        rated.offer.name for rated in other.contenders
    }
    mine, theirs = one.rated[one.arm], other.rated[other.arm]
    assert mine.mean == pytest.approx(theirs.mean)
    assert (mine.tokens, one.cheapest_by) == (theirs.tokens, other.cheapest_by) or (
        mine.cost_per_1k == pytest.approx(theirs.cost_per_1k)
    )


def test_equals_go_to_the_higher_mean_and_then_to_the_first():
    """Of three arms that take the same."""
    low, high = right(76, 100), right(78, 100)
    made = [an_offer("a", low), an_offer("b", high), an_offer("c", high)]
    assert choose(made).arm == "b"
    assert choose(made[::-1]).arm == "c"


def test_money_decides_where_all_contenders_have_a_price():
    """Few dear tokens against many cheap ones: 100 at 10 per million against 500 at 1."""
    dear = an_offer("dear", right(80, 100), tokens=100, price=a_price(10))
    cheap = an_offer("cheap", right(79, 100), tokens=500, price=a_price(1))
    chosen = choose([dear, cheap])
    assert (chosen.arm, chosen.cheapest_by, chosen.currency) == ("cheap", "cost", "USD")
    assert chosen.rated["dear"].cost_per_1k == pytest.approx(1.0)
    assert chosen.rated["cheap"].cost_per_1k == pytest.approx(0.5)


@pytest.mark.parametrize("price", [None, a_price(0.5, "EUR")], ids=["none", "euro"])
def test_tokens_decide_where_a_contender_has_no_comparable_price(price):
    """An unknown price is not a low one, and a euro is no dollar."""
    dear = an_offer("dear", right(80, 100), tokens=100, price=a_price(10))
    other = an_offer("other", right(79, 100), tokens=500, price=price)
    chosen = choose([dear, other])
    assert (chosen.arm, chosen.cheapest_by, chosen.currency) == ("dear", "tokens", "")


def test_the_price_of_an_arm_that_is_too_far_below_does_not_matter():
    """Only the contenders are compared by money."""
    made = [
        an_offer("dear", right(80, 100), tokens=100, price=a_price(10)),
        an_offer("cheap", right(79, 100), tokens=500, price=a_price(1)),
        an_offer("hopeless", right(10, 100)),
    ]
    assert (choose(made).arm, choose(made).cheapest_by) == ("cheap", "cost")


def test_a_classical_arm_takes_neither_tokens_nor_money():
    """It is the cheapest of whatever it comes close to, and spoils no comparison of money."""
    classical = an_offer("classical", right(77, 100), tokens=None, kind="classical")
    priced = an_offer("priced", right(80, 100), price=a_price())
    unpriced = an_offer("unpriced", right(80, 100))
    by_cost, by_tokens = choose([priced, classical]), choose([unpriced, classical])
    assert (by_cost.arm, by_cost.cheapest_by) == ("classical", "cost")
    assert (by_tokens.arm, by_tokens.cheapest_by) == ("classical", "tokens")
    assert choose([classical]).cheapest_by == "tokens"


def test_unknown_tokens_are_the_most():
    """Nobody can call that arm cheap; where none is known the best is chosen."""
    silent = an_offer("silent", right(80, 100), tokens=None)
    heard = an_offer("heard", right(78, 100), tokens=5000)
    assert choose([silent, heard]).arm == "heard"
    assert choose([replace(heard, side=replace(heard.side, tokens=None)), silent]).arm == "silent"


def test_unanswered_cases_have_no_part_in_the_tokens():
    """NaN stands for a case that nobody answered; the mean is over the others."""
    offer = an_offer("a", right(3, 4), tokens=100, price=a_price())
    offer.side.tokens[0] = np.nan
    assert offer.tokens == pytest.approx(100)
    assert offer.cost_per_1k == pytest.approx(0.1)


def test_an_arm_that_lacks_replies_cannot_be_chosen():
    """Nor be the best: one reply of a hundred is not 100 %."""
    made = [
        an_offer("broken", right(1, 1), gap="ended early"),
        an_offer("whole", right(60, 100)),
        an_offer("lossy", right(90, 100), lost=[97, 98, 99]),
        an_offer("unlucky", right(60, 100), lost=[98, 99], tokens=50),
    ]
    chosen = choose(made)
    assert set(chosen.rated) == {"whole", "unlucky"}
    assert [offer.barred for offer in chosen.offers] == ["ended early", "", "errors", ""]
    assert chosen.arm == "unlucky"


def test_nothing_to_choose():
    """No arm is complete: the reasons are named."""
    with pytest.raises(UsageError, match=r"no arm can be chosen: a \(incomplete\)"):
        choose([an_offer("a", [1.0], gap="incomplete")])
    with pytest.raises(UsageError, match="there is none"):
        choose([])


def test_other_cases_are_refused():
    """Means over other cases are no comparison."""
    with pytest.raises(UsageError, match="a and b have not the same cases"):
        choose([an_offer("a", [1.0, 0.0]), an_offer("b", [1.0, 0.0, 1.0])])
