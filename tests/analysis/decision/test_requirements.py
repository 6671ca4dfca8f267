"""What a policy asks besides the difference: each requirement met, missed and not measurable."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from harness.analysis.decision.contest import Cost
from harness.analysis.decision.requirements import requirements
from harness.values.verdict import Check

from .contests import TODAY, contest, policy, ruling, side, table

EQUAL = table(both=190, neither=10)


def _found(*args: Any, **change: Any) -> dict[str, Check]:
    return {check.name: check for check in requirements(contest(*(args or EQUAL), **change))}


def _only(**change: Any) -> Check:
    (check,) = _found(**change).values()
    return check


def test_a_policy_without_requirements_has_no_checks() -> None:
    """Nothing is asked that nobody declared."""
    assert _found() == {}


@pytest.mark.parametrize(
    ("letter", "outcome"),
    [
        ("-", "wrong"),
        ("u", "unparsed"),
        ("r", "refused"),
        ("t", "truncated"),
        ("f", "filtered"),
    ],
)
def test_rates_of_failing_fail_above_their_limit(letter: str, outcome: str) -> None:
    """At the limit it passes; one case more is measured and not met, so it rejects."""
    rules = policy(max_rates={outcome: 0.05}, margin=0.2)
    met, missed = "+" * 190 + letter * 10, "+" * 189 + letter * 11
    assert _found("+" * 200, met, rules=rules)[outcome].status == "passed"
    check = _found("+" * 200, missed, rules=rules)[outcome]
    assert check.status == "failed"
    assert "5.5% of new; at most 5.0%" in check.evidence
    assert check.next_step
    assert ruling("+" * 200, missed, rules=rules) == "reject"


def test_rates_are_those_of_the_candidate_alone() -> None:
    """What the incumbent refuses keeps nobody back."""
    rules = policy(max_rates={"refused": 0.0}, goal="better")
    assert _found("r" * 200, "+" * 200, rules=rules)["refused"].status == "passed"


def test_limits_on_errors_of_infrastructure_are_no_requirement() -> None:
    """They make a run invalid; they never reject."""
    rules = policy(max_rates={"provider_error": 0.001})
    assert _found("+" * 200, "+" * 190 + "p" * 10, rules=rules) == {}


COST = Cost(2.0, "USD", "2026-11-01")


@pytest.mark.parametrize(("most", "status"), [(2.0, "passed"), (1.99, "failed")])
def test_cost_of_a_thousand_requests(most: float, status: str) -> None:
    """At the limit it passes; the evidence has currency and day of the price."""
    check = _only(rules=policy(max_cost_per_1k=most), candidate={"cost": COST})
    assert check.status == status
    assert "2 USD at prices of 2026-11-01" in check.evidence


@pytest.mark.parametrize(("most", "status"), [(0.0022, "passed"), (0.0021, "failed")])
def test_cost_of_a_correct_answer(most: float, status: str) -> None:
    """2 USD a thousand at 95 % right are 0.0021053 USD per right answer."""
    check = _only(rules=policy(max_cost_per_correct=most), candidate={"cost": COST})
    assert check.status == status
    assert "0.00210526 USD" in check.evidence


@pytest.mark.parametrize("key", ["max_cost_per_1k", "max_cost_per_correct"])
def test_an_unknown_price_is_not_a_low_one(key: str) -> None:
    """Unknown is inconclusive with the step that makes it known; it never promotes."""
    rules = policy(**{key: 1e9})
    check = _only(rules=rules, candidate={"cost": None})
    assert check.status == "inconclusive"
    assert "unknown" in check.evidence
    assert "harness.toml" in check.next_step
    assert ruling(*EQUAL, rules=rules) == "inconclusive"


def test_nothing_correct_costs_too_much_however_cheap() -> None:
    """No division by none."""
    rules = policy(max_cost_per_correct=1e9, goal="better")
    check = _found("-" * 20, "-" * 20, rules=rules, candidate={"cost": COST})
    assert check["cost per correct answer"].status == "failed"


def test_free_of_charge_is_a_price() -> None:
    """A price of 0 that somebody declared is known."""
    free = Cost(0.0, "USD", "2026-11-01")
    rules = policy(max_cost_per_1k=0.5, max_cost_per_correct=0.5)
    assert {c.status for c in _found(rules=rules, candidate={"cost": free}).values()} == {"passed"}


@pytest.mark.parametrize(
    ("seen", "status"),
    [(2.0, "passed"), (2.01, "failed"), (0.0, "passed"), (None, "inconclusive")],
)
def test_latency(seen: float | None, status: str) -> None:
    """At the limit it passes; unknown is inconclusive."""
    check = _only(rules=policy(max_latency_p95=2.0), candidate={"latency_p95": seen})
    assert check.status == status


def test_the_incumbents_cost_and_latency_do_not_count() -> None:
    """They are limits of the candidate."""
    rules = policy(max_cost_per_1k=1.0, max_latency_p95=1.0)
    dear = {"cost": COST, "latency_p95": 9.0}
    assert {c.status for c in _found(rules=rules, incumbent=dear).values()} == {"inconclusive"}


def _tagged(outcomes: str, name: str, tags: Mapping[int, str]) -> Any:
    made = [{"lang": tags.get(place, "en")} for place in range(len(outcomes))]
    return side(outcomes, name, tags=made)


def _slice(before: str, after: str, count: int, **change: Any) -> Check:
    """A slice of the first `count` cases, with a margin of 10 points."""
    tags = dict.fromkeys(range(count), "pt")
    rules = policy(slices={"lang=pt": 0.1}, margin=0.05)
    sides = (_tagged(before, "old", tags), _tagged(after, "new", tags))
    return _found(*sides, rules=rules, **change)["slice lang=pt"]


def test_a_required_slice_passes_fails_or_has_too_few_cases() -> None:
    """40 equal answers pass at 10 points, 10 cannot tell, 40 lost of 40 fail."""
    assert _slice("+" * 200, "+" * 200, 40).status == "passed"
    few = _slice("+" * 200, "+" * 200, 10)
    assert few.status == "inconclusive"
    assert "more test cases with lang=pt" in few.next_step
    lost = _slice("+" * 200, "-" * 40 + "+" * 160, 40)
    assert lost.status == "failed"
    assert "on 40 cases" in lost.evidence


def test_a_failed_slice_rejects_what_is_better_on_the_whole() -> None:
    """All named slices must hold."""
    before, after = "+" * 40 + "-" * 160, "-" * 40 + "+" * 160
    tags = dict.fromkeys(range(40), "pt")
    sides = (_tagged(before, "old", tags), _tagged(after, "new", tags))
    assert ruling(*sides) == "promote"
    assert ruling(*sides, rules=policy(slices={"lang=pt": 0.1})) == "reject"


@pytest.mark.parametrize("count", [0, 1])
def test_a_slice_of_no_or_one_case_says_nothing(count: int) -> None:
    """Inconclusive and no error."""
    check = _slice("+" * 200, "+" * 200, count)
    assert check.status == "inconclusive"
    assert check.evidence in ("no case has it", "1 case: too few")


def test_a_slice_of_few_groups_is_at_best_inconclusive() -> None:
    """100 cases of 4 authors are 4 authors."""
    tags = [{"lang": "pt"}] * 100
    groups = [place % 4 for place in range(100)]
    sides = [side("+" * 100, name, tags=tags, groups=groups) for name in ("old", "new")]
    check = _found(*sides, rules=policy(slices={"lang=pt": 0.3}))["slice lang=pt"]
    assert check.status == "inconclusive"
    assert "4 groups are too few" in check.evidence


def test_a_slice_that_hangs_on_lost_replies_is_inconclusive() -> None:
    """Lost replies count as wrong in the slice; dropped, it would not fail."""
    before = "+" * 40 + "+" * 360
    after = "p" * 8 + "-" * 4 + "+" * 388
    check = _slice(before, after, 40)
    assert check.status == "inconclusive"
    assert "hangs on lost replies" in check.evidence
    assert "c0, c1, c2, c3, c4, …" in check.next_step
    certain = _slice(before, "p" + "-" * 30 + "+" * 369, 40)
    assert certain.status == "failed"


def test_cases_that_must_pass() -> None:
    """Each named case is correct, or the candidate is kept back by it alone."""
    rules = policy(must_pass=("c0", "c199"))
    after = "+" * 199 + "-"
    check = _only(rules=rules)
    assert (check.status, ruling(*EQUAL, rules=rules)) == ("failed", "reject")
    assert _found("+" * 200, "+" * 200, rules=rules)["must pass"].status == "passed"
    failed = _found("+" * 200, after, rules=rules)["must pass"]
    assert failed.evidence == "1 of 2 are not correct: c199"
    assert ruling("+" * 200, after) == "promote"
    assert ruling("+" * 200, after, rules=rules) == "reject"


def test_a_case_that_must_pass_and_was_not_asked_is_inconclusive() -> None:
    """A sample may lack it; a typo is refused when the suite is read."""
    rules = policy(must_pass=("c0", "nobody"))
    check = _only(rules=rules)
    assert check.status == "inconclusive"
    assert "nobody" in check.evidence
    failed = policy(must_pass=("nobody", "c199"))
    assert _only(rules=failed).status == "failed"


@pytest.mark.parametrize("letter", ["p", "j", "h"])
def test_a_lost_reply_to_a_case_that_must_pass_is_asked_again(letter: str) -> None:
    """What a provider lost says nothing of the candidate: no reject."""
    rules = policy(must_pass=("c199",))
    after = "+" * 199 + letter
    check = _found("+" * 200, after, rules=rules)["must pass"]
    assert check.status == "inconclusive"
    assert "c199" in check.evidence
    assert ruling("+" * 200, after, rules=rules) == "inconclusive"


@pytest.mark.parametrize(
    ("left", "status"), [(90, "passed"), (89, "failed"), (0, "failed"), (-3, "failed")]
)
def test_the_last_day_of_the_model(left: int, status: str) -> None:
    """It must go on answering for as long as the policy says."""
    shutdown = (TODAY + timedelta(days=left), "a list of the provider")
    rules = policy(shutdown_horizon_days=90)
    check = _only(rules=rules, candidate={"shutdown": shutdown})
    assert check.status == status
    assert "a list of the provider" in check.evidence
    assert "in -" not in check.evidence


def test_no_known_last_day_passes_and_says_so() -> None:
    """Most models have none."""
    check = _only(rules=policy(shutdown_horizon_days=90))
    assert check.status == "passed"
    assert "no last day is known" in check.evidence


def test_the_checks_stand_in_the_order_of_the_policy() -> None:
    """Rates, costs, latency, slices, must-pass cases, last day."""
    rules = policy(
        max_rates={"wrong": 0.5},
        max_cost_per_1k=1.0,
        max_cost_per_correct=1.0,
        max_latency_p95=1.0,
        slices={"b=1": 0.1, "a=1": 0.1},
        must_pass=("c0",),
        shutdown_horizon_days=5,
    )
    assert list(_found(rules=rules)) == [
        "wrong",
        "cost per 1,000 requests",
        "cost per correct answer",
        "latency p95",
        "slice b=1",
        "slice a=1",
        "must pass",
        "last day of the model",
    ]
