"""Costs of arms, the time to pay back, amortising: by hand, and where nothing can be said."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest

from harness.analysis.cost.arm import Ending, Spending
from harness.analysis.cost.pay_back import in_time
from harness.analysis.cost.quotient import NEVER, Quotient
from harness.analysis.interval import t_critical
from harness.values.price import Price

from .arms import DATED, TODAY, costing, money, priced, tuned


def test_cost_of_a_request_by_hand():
    """1, 2, 3 and 6 money: mean 3, s^2 = 14/3, half of 4 cases = t(3) * sqrt(14/12)."""
    found = money(costing("plain", [1, 2, 3, 6])).arm("plain").per_request
    half = t_critical(3) * math.sqrt(14 / 12)
    assert found.estimate == pytest.approx(3)
    assert (found.interval.low, found.interval.high) == (0, pytest.approx(3 + half))


def test_groups_widen_the_interval():
    """Four cases that are two groups say less than four."""
    alone = money(costing("plain", [1, 1, 3, 3.5])).arm("plain").per_request.interval
    grouped = money(costing("plain", [1, 1, 3, 3.5], groups=[0, 0, 1, 1])).arm("plain").per_request
    assert grouped.interval.high > alone.high


def test_per_correct_is_the_ratio_of_the_means():
    """2 money a request and half of them right: 4 money each."""
    found = money(costing("plain", [1, 3] * 20, [1, 0] * 20)).arm("plain")
    assert found.per_correct.estimate == pytest.approx(4)
    assert found.correct == 0.5
    assert money(costing("plain", [1, 3], [0, 0])).arm("plain").per_correct == NEVER


def test_what_nobody_answered_is_left_out():
    """NaN is no cost: the mean is that of the others, and the pair too."""
    plain = costing("plain", [4, 4, math.nan, 6])
    found = money(plain, tuned("tuned", [1, 2, 3, math.nan], 10.0))
    assert found.arm("plain").per_request.estimate == pytest.approx(14 / 3)
    assert found.pay_backs[0].gain.cases == 2
    assert found.pay_backs[0].gain.estimate == pytest.approx(2.5)


def test_a_case_that_nobody_answered_is_an_error():
    """Where errors cost: 5 a request as of the others, and 100 for 2 errors among 4."""
    plain = costing("plain", [4, 4, math.nan, 7], [1, 0, 0, 1])
    found = money(plain, tuned("tuned", [1] * 4, 10.0, values=[1, 1, 1, 1]), error_cost=100)
    assert found.arm("plain").with_errors.estimate == pytest.approx(5 + 100 * 0.5)
    assert found.pay_backs[0].gain.cases == 4
    assert found.pay_backs[0].gain.estimate == pytest.approx(4 + 100 * 0.5)


@pytest.mark.parametrize(("size", "groups"), [(1, None), (4, [0, 0, 0, 0])])
@pytest.mark.parametrize("hosting", [None, 0.5])
def test_one_case_or_group_alone_tells_no_break_even(size, groups, hosting):
    """What it saved there is known, and nothing of the next one."""
    plain = costing("plain", [2.0] * size, groups=groups)
    cheap = tuned("tuned", [1.0] * size, 10.0, groups=groups, hosting=hosting)
    (pair,) = money(plain, cheap, volume=1_000, horizon=5).pay_backs
    assert pair.gain.estimate == pytest.approx(1)
    assert (pair.requests, pair.months, pair.from_volume, pair.in_time) == (None,) * 4
    assert "more than one case" in pair.unknown


def test_errors_that_no_case_shows_are_not_known_to_be_alike():
    """All right in both arms: the error of that is 1 / (G + 1), times what an error costs."""
    plain, cheap = costing("plain", [2.0] * 9), tuned("tuned", [1.0] * 9, 10.0)
    (certain,) = money(plain, cheap).pay_backs
    assert certain.requests == Quotient(pytest.approx(10))
    (pair,) = money(plain, cheap, error_cost=2.0).pay_backs
    half = t_critical(8) * 2.0 / 10
    assert pair.gain.interval.low == pytest.approx(1 - half)
    assert pair.gain.interval.high == pytest.approx(1 + half)
    assert money(plain, cheap, error_cost=20.0).pay_backs[0].requests.unbounded
    assert money(plain, error_cost=2.0).arm("plain").with_errors.interval is not None


def test_pay_back_by_hand():
    """Savings of 1, 2 and 3: 2 +- t(2) / sqrt(3), which is 4.97 / 2 and reaches 0; K is 10."""
    (pair,) = money(costing("plain", [2, 3, 4]), tuned("tuned", [1, 1, 1], 10.0)).pay_backs
    half = t_critical(2) / math.sqrt(3)
    assert pair.gain.estimate == pytest.approx(2)
    assert pair.requests == Quotient(pytest.approx(5), pytest.approx(10 / (2 + half)), None)
    (sure,) = money(costing("plain", [2, 2.1, 2.2]), tuned("tuned", [1, 1, 1], 10.0)).pay_backs
    assert sure.requests.low < sure.requests.estimate < sure.requests.high


def test_dearer_by_request_never_pays_back():
    """However many requests there are."""
    (pair,) = money(costing("plain", [1, 1.1, 1.2]), tuned("tuned", [2, 2, 2], 10.0)).pay_backs
    assert pair.requests == NEVER


def test_months_by_hand():
    """K = 100, savings of 1, 1 hour of hosting is 0.5, 500 requests a month: 100 / (500 - 360)."""
    plain = costing("plain", [2, 2])
    (pair,) = money(plain, tuned("tuned", [1, 1], 100.0, hosting=0.5), volume=500).pay_backs
    assert pair.months.estimate == pytest.approx(100 / 140)
    assert pair.requests.estimate == pytest.approx(500 * 100 / 140)
    assert pair.from_volume.estimate == pytest.approx(360)
    (less,) = money(plain, tuned("tuned", [1, 1], 100.0, hosting=0.5), volume=300).pay_backs
    assert less.months == NEVER


def test_a_volume_that_the_interval_does_not_carry():
    """Savings of 1 +- something: hosting is paid at the estimate, and not at the lower end."""
    plain = costing("plain", [1.5, 2, 2.5, 2])
    (pair,) = money(plain, tuned("tuned", [1] * 4, 100.0, hosting=0.5), volume=500).pay_backs
    assert pair.gain.interval.low > 0
    assert pair.months.unbounded
    assert pair.months.low < 100 / 140


def test_hosting_without_a_volume_has_no_number_of_requests():
    """It is paid by the hour; only the volume that carries it is known."""
    (pair,) = money(costing("plain", [2, 2]), tuned("tuned", [1, 1], 100.0, hosting=0.5)).pay_backs
    assert (pair.requests, pair.months) == (None, None)
    assert pair.from_volume.estimate == pytest.approx(360)


def test_errors_cost():
    """With e = 10 plain is right once of 4 and tuned 3 times, which saves 10 * 1/2 on top of -1."""
    plain = costing("plain", [1] * 4, [1, 0, 0, 0])
    after = tuned("tuned", [2] * 4, 8.0, values=[1, 1, 1, 0])
    (bare,), (pair,) = (money(plain, after, error_cost=e).pay_backs for e in (0, 10))
    assert bare.requests == NEVER
    assert pair.gain.estimate == pytest.approx(4)
    changes = np.array([-1, 9, 9, -1])
    half = t_critical(3) * changes.std(ddof=1) / 2
    assert pair.gain.interval.high == pytest.approx(4 + half)
    assert pair.requests == Quotient(pytest.approx(2), pytest.approx(8 / (4 + half)), None)
    assert money(plain, after, error_cost=10).arm("plain").with_errors.estimate == pytest.approx(
        8.5
    )


def test_labels_and_evaluation_are_part_of_the_investment():
    """10 + 5 + 3."""
    after = tuned("tuned", [1, 1], 10.0)
    found = money(costing("plain", [2, 2]), after, labelling=5.0, evaluation=3.0)
    assert found.investments[0].total == 18
    assert found.pay_backs[0].requests.estimate == pytest.approx(18)


def test_a_training_of_unknown_cost_has_no_break_even():
    """What a request saves is known all the same."""
    (pair,) = money(costing("plain", [2, 2]), tuned("tuned", [1, 1], None), labelling=5.0).pay_backs
    assert pair.requests is None
    assert pair.unknown == "what its training cost"
    assert pair.gain.estimate == pytest.approx(1)


def test_unknown_costs_are_no_number():
    """Neither of the arm, nor against it."""
    lost = priced("plain", [[1, 0, 0, 1]] * 2, None, unknown="no price")
    found = money(lost, tuned("tuned", [1, 1], 10.0))
    assert found.arm("plain").per_request is found.arm("plain").per_correct is None
    assert found.pay_backs[0].gain is None
    assert found.pay_backs[0].unknown == "what a request to plain costs"


def test_two_currencies_do_not_meet():
    """Each arm keeps its own; a training in another one has no total."""
    euro = Price(input=1e6, output=0.0, currency="EUR", **DATED)
    found = money(priced("plain", [[2, 0, 0, 0]] * 2, euro), tuned("tuned", [1, 1], 10.0))
    assert found.arm("plain").currency == "EUR"
    assert found.pay_backs[0].unknown == "a rate between EUR and USD"
    spending = Spending(training=10.0, basis="as the job said", currency="EUR")
    after = costing("tuned", [1, 1], kind="fine_tuned", spending=spending)
    spent = money(costing("plain", [2, 2]), after).investments[0]
    assert (spent.training, spent.total) == (10.0, None)
    assert "EUR" in spent.basis


def test_an_arm_without_a_model_asks_for_no_money():
    """Nothing is cheaper, so that tuning never pays back by money alone; by errors it may."""
    classical = priced("bag", [[0, 0, 0, 0]] * 4, None, kind="classical", values=[0] * 4)
    after = tuned("tuned", [1] * 4, 10.0)
    found = money(classical, after)
    assert found.arm("bag").free
    assert found.arm("bag").per_request is None
    assert found.pay_backs[0].requests == NEVER
    assert money(classical, after, error_cost=6).pay_backs[0].requests.estimate == pytest.approx(2)


def test_amortised_until_the_horizon_or_the_last_day():
    """K = 100 over 50 requests a month: 6 months of 30 days end before a horizon of 12."""
    ending = Ending(TODAY + timedelta(days=180), "a page")
    after = tuned("tuned", [1, 1], 100.0, hosting=0.1, ending=ending)
    plain = costing("plain", [2, 2])
    life = money(plain, after, volume=50, horizon=12).lifetime("tuned")
    assert (life.months, life.ending) == (6, ending)
    assert life.per_request == pytest.approx(1 + 72 / 50 + 100 / 300)
    life = money(plain, after, volume=50, horizon=2).lifetime("tuned")
    assert (life.months, life.ending) == (2, None)
    assert money(plain, after).lifetime("tuned").per_request is None
    assert money(plain, tuned("tuned", [1, 1], 1.0)).lifetimes == ()


def test_switched_off_is_too_late():
    """No requests are left to pay by."""
    after = tuned("tuned", [1, 1], 1.0, ending=Ending(date(2026, 10, 23), "a page"))
    found = money(costing("plain", [2, 2]), after, volume=1e6)
    assert found.lifetime("tuned").months < 0
    assert found.lifetime("tuned").per_request is None
    assert found.pay_backs[0].in_time == "no"


@pytest.mark.parametrize(
    ("months", "answer"),
    [
        (Quotient(3.0), "yes"),
        (Quotient(9.0), "no"),
        (Quotient(3.0, 2.0, 6.0), "yes"),
        (Quotient(3.0, 2.0, 6.1), "cannot tell"),
        (Quotient(9.0, 6.1, 12.0), "no"),
        (Quotient(3.0, 2.0, None), "cannot tell"),
        (Quotient(None, 7.0, None), "no"),
        (NEVER, "no"),
    ],
)
def test_in_time_is_said_only_of_a_whole_interval(months, answer):
    """Six months are left."""
    assert in_time(months, 6.0) == answer
