"""Whether a measurement can be trusted: each check in each of its statuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from harness.analysis.decision.validity import validity
from harness.analysis.overlap import overlap
from harness.values.leaks import LeakReport
from harness.values.verdict import Check

from .contests import (
    CLEAN,
    LOST,
    TODAY,
    contest,
    ids,
    judged,
    leaky,
    measured,
    policy,
    ruling,
    side,
    table,
)

EQUAL = table(both=190, neither=10)


def _found(*args: Any, **change: Any) -> dict[str, Check]:
    return {check.name: check for check in validity(contest(*(args or EQUAL), **change))}


def test_nothing_wrong_is_valid_and_says_so() -> None:
    """Three checks always speak: cases, completeness, margin."""
    found = _found()
    assert set(found) == {"same cases", "complete", "margin"}
    assert {check.status for check in found.values()} == {"passed"}
    assert found["same cases"].evidence == "both answered the same 200 cases"
    assert all(not check.next_step for check in found.values())


def test_no_case_in_common_is_invalid_and_compares_nothing() -> None:
    """Two suites: no difference, no other numbers, exit 3."""
    old, new = EQUAL
    other = side(new, "new", names=[f"x{i}" for i in range(200)])
    judgement = judged(old, other)
    assert judgement.verdict.ruling == "invalid"
    assert judgement.difference is None
    assert _found(old, other)["same cases"].status == "invalid"


@pytest.mark.parametrize("kind", ["changed", "added", "removed"])
@pytest.mark.parametrize("declared", [False, True])
def test_other_cases_are_invalid_unless_declared(kind: str, *, declared: bool) -> None:
    """A changed, added or removed case; declared, the common cases are counted and compared."""
    old, new = (dict.fromkeys(ids(200), "d") for _ in range(2))
    if kind == "changed":
        new["c7"] = "e"
    else:
        del (old if kind == "added" else new)["c7"]
    found = _found(overlap=overlap(old, new), declared=declared)["same cases"]
    assert found.status == ("passed" if declared else "invalid")
    assert "199 cases in common" in found.evidence
    assert "c7" in found.evidence
    assert bool(found.next_step) != declared


def test_a_limited_candidate_may_lack_cases_and_only_lack_them() -> None:
    """A sample on purpose is compared with the same cases of a whole baseline, but not changed."""
    old, new = dict.fromkeys(ids(200), "d"), dict.fromkeys(ids(50), "d")
    limited = {"limited": True, "overlap": overlap(old, new)}
    assert _found(**limited)["same cases"].status == "passed"
    new["c3"] = "e"
    changed = limited | {"overlap": overlap(old, new)}
    assert _found(**changed)["same cases"].status == "invalid"
    added = limited | {"overlap": overlap(old, dict.fromkeys(("c0", "c1", "x"), "d"))}
    assert _found(**added)["same cases"].status == "invalid"


def test_old_scores_never_meet_new_ones() -> None:
    """Another digest of the scorers is invalid, whichever side has it."""
    for who in ("incumbent", "candidate"):
        found = _found(**{who: {"measured": measured(who, scoring="t")}})
        assert found["same scoring"].status == "invalid"
        assert ruling(*EQUAL, **{who: {"measured": measured(who, scoring="t")}}) == "invalid"
    assert "same scoring" not in _found()


def test_what_the_candidate_was_is_not_what_it_is() -> None:
    """Asked with an earlier prompt: invalid. An incumbent may well be of the past."""
    assert ruling(*EQUAL, candidate={"stale": True}) == "invalid"
    assert _found(candidate={"stale": True})["same arm"].status == "invalid"
    assert "same arm" not in _found(incumbent={"stale": True})


@pytest.mark.parametrize("declared", [False, True])
def test_a_change_of_the_rules_is_invalid_unless_declared(*, declared: bool) -> None:
    """All that changed is named in one line."""
    changed = ("the policy", "the scorers")
    found = _found(changed=changed, declared=declared)["rules of the base"]
    assert found.status == ("passed" if declared else "invalid")
    assert "the policy, the scorers" in found.evidence


@pytest.mark.parametrize("who", ["incumbent", "candidate"])
@pytest.mark.parametrize(
    "change",
    [
        {"replies": 199},
        {"ended": "auth"},
        {"status": "budget"},
        {"status": "interrupted"},
        {"status": "incomplete"},
        {"status": "running"},
        {"status": "unrecorded"},
    ],
    ids=str,
)
def test_what_is_not_complete_is_invalid(who: str, change: dict[str, Any]) -> None:
    """Lacking replies, an arm that ended, a run that was cut: never promotable, never a reject."""
    found = _found(**{who: change})["complete"]
    assert found.status == "invalid"
    assert "--resume" in found.next_step
    assert ruling(*table(both=190, lost=10), **{who: change}) == "invalid"


def test_a_limited_gate_never_promotes_and_may_reject() -> None:
    """--limit: at best inconclusive; what is clearly worse on the sample is rejected."""
    assert _found(limited=True, cases=500)["complete"].status == "inconclusive"
    evidence = _found(limited=True, cases=500)["complete"].evidence
    assert evidence == "200 of 500 cases were asked"
    good, bad = table(both=100, gained=100), table(both=100, lost=100)
    assert ruling(*good, limited=True, cases=500) == "inconclusive"
    assert ruling(*bad, limited=True, cases=500) == "reject"


@pytest.mark.parametrize("who", ["incumbent", "candidate"])
def test_leaks_into_either_side_are_invalid(who: str) -> None:
    """Cases that an arm had met; those left out, and those not asked, do not count."""
    name = {"incumbent": "old", "candidate": "new"}[who]
    found = _found(**{who: {"leaks": leaky("c3", "c4")}})[f"leaks into {name}"]
    assert found.status == "invalid"
    assert found.evidence == "2 cases had been learned from or shown: c3, c4"
    assert "--clean-subset" in found.next_step
    for absent in ({"excluded": ("c3", "c4")}, {}):
        leaks = leaky("c3", "c4") if absent else leaky("elsewhere")
        assert _found(**{who: {"leaks": leaks}}, **absent)[f"leaks into {name}"].status == "passed"
    part = {who: {"leaks": leaky("c3", "c4")}}
    assert _found(**part, excluded=("c3",))[f"leaks into {name}"].status == "invalid"


def test_many_leaked_cases_are_named_and_cut() -> None:
    """Five ids, then an ellipsis."""
    found = _found(candidate={"leaks": leaky(*ids(9))})["leaks into new"]
    assert found.evidence.endswith("c0, c1, c2, c3, c4, …")


def test_clean_is_said_with_the_rows_compared() -> None:
    """'None' means nothing without how many rows there were to leak."""
    assert _found(candidate={"leaks": CLEAN})["leaks into new"].status == "passed"
    assert "50 learned rows" in _found(candidate={"leaks": CLEAN})["leaks into new"].evidence


def test_an_arm_against_itself_is_checked_on_both_sides() -> None:
    """Its clean past does not hide that what it learned from leaks today."""
    past, now = side(EQUAL[0], "new"), side(EQUAL[1], "new")
    for leaks in (leaky("c0"), LOST):
        found = ruling(past, now, incumbent={"leaks": CLEAN}, candidate={"leaks": leaks})
        assert found == "invalid"
        assert (
            ruling(past, now, incumbent={"leaks": leaks}, candidate={"leaks": CLEAN}) == "invalid"
        )
    said = list(
        validity(contest(past, now, incumbent={"leaks": CLEAN}, candidate={"leaks": CLEAN}))
    )
    assert [check.name for check in said].count("leaks into new") == 1


@pytest.mark.parametrize(("say", "status"), [("invalid", "invalid"), ("allow", "passed")])
def test_unknown_training_follows_the_policy(say: str, status: str) -> None:
    """Printed either way; by default nothing rests on it."""
    rules = policy(unknown_training=say)
    found = _found(rules=rules, candidate={"leaks": LOST})["leaks into new"]
    assert found.status == status
    assert "train.jsonl is not here" in found.evidence


def test_known_leaks_of_an_unknown_training_stay_leaks() -> None:
    """Allowing the unknown does not allow what is known."""
    report = LeakReport(status="unknown", reason="lost", cases=("c1",))
    found = _found(rules=policy(unknown_training="allow"), candidate={"leaks": report})
    assert found["leaks into new"].status == "invalid"


@pytest.mark.parametrize("who", ["incumbent", "candidate"])
def test_two_models_are_invalid(who: str) -> None:
    """A provider that swaps the model half way; a name missing in some replies is no second one."""
    found = _found(**{who: {"served_models": ("m-2", "m-1")}})["one model"]
    assert found.status == "invalid"
    assert found.evidence.endswith("was answered by m-1, m-2")
    assert "one model" not in _found(**{who: {"served_models": ("m-1", "", "m-1")}})


@pytest.mark.parametrize("letter", ["p", "j", "h"])
@pytest.mark.parametrize("who", ["incumbent", "candidate"])
def test_errors_above_two_percent_are_invalid_and_no_reject(letter: str, who: str) -> None:
    """2 % exactly is accepted, and said; one more makes the run invalid, not worse."""
    name = {"p": "provider errors", "j": "judge errors", "h": "harness errors"}[letter]

    def outcomes(lost: int) -> list[str]:
        pair = ["+" * 200, "+" * 200]
        place = ["incumbent", "candidate"].index(who)
        pair[place] = "+" * (200 - lost) + letter * lost
        return pair

    assert name not in _found(*outcomes(0))
    assert _found(*outcomes(4))[name].status == "passed"
    assert "2.0%" in _found(*outcomes(4))[name].evidence
    assert _found(*outcomes(5))[name].status == "invalid"
    assert ruling(*outcomes(5)) == "invalid"
    assert ruling(*outcomes(200)) == "invalid"
    strict = policy(max_rates={"provider_error": 0.0, "judge_error": 0.0, "harness_error": 0.0})
    assert _found(*outcomes(1), rules=strict)[name].status == "invalid"


@pytest.mark.parametrize(("age", "status"), [(0, "passed"), (30, "passed"), (31, "invalid")])
@pytest.mark.parametrize("who", ["incumbent", "candidate"])
def test_stale_recordings_are_invalid(who: str, age: int, status: str) -> None:
    """The oldest day counts; exactly the limit is still good."""
    rules = policy(max_fixture_age_days=30)
    days = tuple(str(TODAY - timedelta(days=d)) for d in {0, age})
    found = _found(rules=rules, **{who: {"recorded": days}})["age of the recordings"]
    assert found.status == status
    assert f"{age} da" in found.evidence
    live = _found(rules=rules, **{who: {"recorded": days, "source": "live"}})
    assert "age of the recordings" not in live
    assert "age of the recordings" not in _found(**{who: {"recorded": days}})


@pytest.mark.parametrize("days", [("yesterday",), ("2026-11-27", "soon"), ("",)])
def test_a_day_that_is_none_is_invalid_and_no_fault(days: tuple[str, ...]) -> None:
    """Recordings may be written by hand; who cannot be dated is not young."""
    rules = policy(max_fixture_age_days=30)
    found = _found(rules=rules, candidate={"recorded": days})["age of the recordings"]
    assert found.status == "invalid"


@pytest.mark.parametrize(
    ("right", "margin", "status"),
    [(0, 0.05, "invalid"), (10, 0.05, "invalid"), (11, 0.05, "passed"), (100, 0.45, "passed")],
)
def test_a_margin_as_wide_as_the_incumbent_is_invalid(
    right: int, margin: float, status: str
) -> None:
    """10 of 200 right is 5 %: at a margin of 5 points an arm that gets nothing would pass."""
    pair = table(both=right, neither=200 - right)
    assert _found(*pair, rules=policy(margin=margin))["margin"].status == status
    assert "margin" not in _found(*pair, rules=policy(margin=margin, goal="better"))


def test_invalid_checks_do_not_hide_one_another() -> None:
    """Everything that is wrong is said at once."""
    made = contest(
        "+" * 100,
        "+" * 90 + "p" * 10,
        rules=policy(max_fixture_age_days=1),
        candidate={
            "leaks": leaky("c1"),
            "served_models": ("a", "b"),
            "recorded": ("2020-01-01",),
            "status": "budget",
        },
        changed=("the policy",),
    )
    made = replace(made, incumbent=replace(made.incumbent, measured=measured("x", scoring="t")))
    wrong = {check.name for check in validity(made) if check.status == "invalid"}
    assert wrong == {
        "same scoring",
        "rules of the base",
        "complete",
        "leaks into new",
        "one model",
        "provider errors",
        "age of the recordings",
    }
    assert all(check.next_step for check in validity(made) if check.status == "invalid")


@pytest.mark.parametrize("outcomes", ["+" * 190 + "p" * 10, "+" * 200])
def test_nobody_is_told_to_ask_a_frozen_arm_again(outcomes: str) -> None:
    """What is lost or missing stays so: the next step is another arm."""
    candidate = {"frozen": True, "planned": 201, "served_models": ("a", "b")}
    made = contest("+" * 200, outcomes, candidate=candidate)
    steps = [check.next_step for check in validity(made) if check.status == "invalid"]
    assert len(steps) >= 2
    assert all("new is frozen, and nobody can ask it again" in step for step in steps)
