"""From which volume on tuning is cheaper: an interval with ends, without one, never, unknown."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from harness.analysis.advice.volume import Volume, volume_advice
from tests.analysis.cost.arms import costing, money, priced, tuned


def advice(prompted, *, after=None, scenarios: Any = ()):
    arms = (prompted, tuned("tuned", [1.0, 1.1, 1.2], 10.0) if after is None else after)
    return volume_advice(Volume(suite="demo", own=money(*arms), scenarios=scenarios))


@pytest.mark.parametrize(
    ("costs", "rule", "status", "text"),
    [
        ([3.0, 3.1, 3.3], "pays-back", "fine", "5 requests [5, 5] against plain"),
        ([0.5, 0.6, 0.6], "never-pays-back", "fine", "never against plain"),
        ([0.9, 1.9, 0.9], "pay-back-unclear", "cannot_tell", "requests, or never, against plain"),
    ],
)
def test_by_what_a_request_saves(costs, rule, status, text):
    """10 of training over 2 a request are 5; nothing saved is never."""
    (found,) = advice(costing("plain", costs))
    assert (found.rule, found.status) == (rule, status)
    assert text in found.evidence[0]


def test_an_unknown_price():
    """Never 0: what is missing is named, with what would be at other prices."""
    unpriced = priced(
        "tuned", [[1, 0, 0, 1]] * 3, None, kind="fine_tuned", unknown="no price of m is known"
    )
    other = msgspec.structs.replace(
        money(costing("plain", [3.0, 3.1, 3.3]), tuned("tuned", [1.0, 1.1, 1.2], 10.0)),
        basis="a list",
    )
    (found,) = advice(costing("plain", [1.0, 1.0, 1.0]), after=unpriced, scenarios=[other])
    assert (found.rule, found.status) == ("price-unknown", "cannot_tell")
    assert '[prices."m"]' in found.next_step
    assert found.evidence[0].startswith('As if "a list": 5 requests')


def test_an_unknown_training_price():
    """The rest of the break-even is no number without it."""
    (found,) = advice(
        costing("plain", [3.0, 3.1, 3.3]), after=tuned("tuned", [1.0, 1.1, 1.2], None)
    )
    assert found.rule == "price-unknown"
    assert "what its training cost" in found.says
    assert found.next_step == "harness cost demo says what to add"


def test_few_groups_decide_nothing():
    """Nine of them tell no break-even, ten do."""
    for groups, rule in ((9, "pay-back-unclear"), (10, "pays-back")):
        codes = [place % groups for place in range(20)]
        plain = costing("plain", [3.0, 3.1] * 10, groups=codes)
        (found,) = advice(plain, after=tuned("tuned", [1.0] * 20, 10.0, groups=codes))
        assert found.rule == rule


def test_hosting_is_asked_for_by_the_month():
    """An hour of it is paid whether anybody asks or not."""
    (found,) = advice(
        costing("plain", [3.0, 3.1, 3.3]),
        after=tuned("tuned", [1.0, 1.1, 1.2], 10.0, hosting=1e6),
    )
    assert found.rule == "pays-back"
    assert found.evidence[0].startswith("Worth its hosting: from ")
    assert "M requests a month" in found.evidence[0]
    assert "Pays back" not in found.evidence[0]


def test_nothing_tuned_or_nothing_prompted():
    """There is nothing to pay back, or nothing to be cheaper than."""
    plain = costing("plain", [1.0, 1.0])
    assert volume_advice(Volume(suite="demo", own=money(plain, plain))) == []
    classical = costing("count", [1.0, 1.1, 1.2], kind="classical")
    assert advice(classical) == []
