"""Approved states: what a seal covers, which decisions ask the same, and how they are counted."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.values.baseline import (
    Baseline,
    BaselineCase,
    Contender,
    Decision,
    next_number,
    seal_of,
    sealed,
)
from harness.values.gate import Gate
from harness.values.leaks import LeakReport
from harness.values.score import Outcome
from harness.values.verdict import Check, Ruling
from tests.approved import BASELINES, DECISIONS, OTHER, POLICY, a_baseline, a_case, a_decision
from tests.approved import measured as measured_

replace = msgspec.structs.replace


@given(BASELINES, st.randoms())
def test_a_seal_does_not_depend_on_the_order_of_cases(baseline: Baseline, chance):
    """Cases are sorted by id; sealing what is sealed changes nothing."""
    cases = list(baseline.cases)
    assert [case.id for case in cases] == sorted(case.id for case in cases)
    chance.shuffle(cases)
    assert sealed(baseline.header, tuple(cases)) == baseline
    assert baseline.header.seal == seal_of(baseline.header, baseline.cases)
    assert len(baseline.header.seal) == 24


def test_scores_are_rounded_before_they_are_sealed():
    """A file has three decimals, and its seal is that of what it says."""
    baseline = a_baseline((a_case("a", Outcome.WRONG, 0.12345), a_case("b", score=1)))
    assert [case.score for case in baseline.cases] == [0.123, 1.0]
    assert all(type(case.score) is float for case in baseline.cases)


CASES = (a_case("a"), a_case("b", Outcome.WRONG))
HEADER = a_baseline(CASES).header
CHANGES: dict[str, Any] = {
    "suite": "other",
    "arm": "other",
    "split": "validation",
    "kind": "few_shot",
    "model": "other",
    "shot_seed": 1,
    "measured": measured_(OTHER),
    "cases": 3,
    "correct": 2,
    "mean": 0.6,
    "graded": True,
    "correct_at": 0.9,
    "outcomes": {"correct": 2},
    "tokens": {},
    "date": "2026-11-29",
    "reason": "other",
    "approval": "override",
    "decision": 1,
    "commit": "abc",
    "served_models": ("m",),
    "recorded": ("2026-11-01",),
    "prices": {"m": {"input": 1.0}},
    "leaks": LeakReport(status="clean"),
    "version": 2,
}


def test_every_field_of_the_header_is_tried():
    """A new field must not stay outside the seal unseen."""
    assert {*CHANGES, "seal"} == {field.name for field in msgspec.structs.fields(HEADER)}


@pytest.mark.parametrize("field", CHANGES)
def test_the_seal_is_over_the_whole_header(field: str):
    """Every field of it but the seal."""
    changed = replace(HEADER, **{field: CHANGES[field]})
    assert seal_of(changed, CASES) != seal_of(HEADER, CASES)


def test_the_seal_is_not_over_itself():
    """Else it could not be computed."""
    assert seal_of(replace(HEADER, seal="x"), CASES) == seal_of(HEADER, CASES)


@pytest.mark.parametrize(
    "cases",
    [
        CASES[:1],
        (CASES[1], CASES[0]),
        (*CASES, a_case("c")),
        *[
            (replace(CASES[0], **change), CASES[1])
            for change in (
                {"id": "aa"},
                {"digest": OTHER},
                {"outcome": Outcome.REFUSED},
                {"score": 0.999},
            )
        ],
    ],
)
def test_the_seal_is_over_all_lines(cases: tuple[BaselineCase, ...]):
    """A case less or more, another order, and any field of any line."""
    assert seal_of(HEADER, cases) != seal_of(HEADER, CASES)


# What does not belong to a question: when it was asked, by whom, and what came of it.
@pytest.mark.parametrize(
    "change",
    [
        {"number": 7},
        {"time": "2026-12-01T00:00:00Z"},
        {"ruling": Ruling.REJECT},
        {"difference": None},
        {"p": 0.5},
        {"method": "tango"},
        {"checks": (Check("margin", "failed", "no"),)},
        {"commit": "abc"},
        {"notes": ("again",)},
    ],
)
def test_asking_again_is_the_same_question(change: dict[str, Any]):
    """The same replies under the same policy."""
    assert a_decision(**change).question == a_decision().question


def _side(**change: Any) -> Contender:
    return replace(a_decision().candidate, **change)


@pytest.mark.parametrize(
    "change",
    [
        {"candidate": _side(measured=measured_(OTHER))},
        {"incumbent": _side()},
        {"policy": replace(POLICY, margin=0.03)},
        {"policy": replace(POLICY, alpha=0.05)},
        {"policy": replace(POLICY, must_pass=())},
        {"cases": 200},
    ],
)
def test_another_question(change: dict[str, Any]):
    """Other replies, another policy, or a part of the cases."""
    assert a_decision(**change).question != a_decision().question


def test_a_default_written_out_asks_nothing_new():
    """A policy that a file spells out equals one that leaves it out."""
    short = {"candidate": "a", "margin": 0.1}
    long = short | {"alpha": 0.025, "goal": "not_worse", "slices": {}, "must_pass": []}
    policies = [msgspec.convert(values, Gate) for values in (short, long)]
    first, second = (a_decision(policy=policy).question for policy in policies)
    assert first == second


@given(DECISIONS)
def test_a_question_survives_json(decision: Decision):
    """What was asked is known again from its line."""
    data = msgspec.json.encode(decision)
    assert msgspec.json.decode(data, type=Decision).question == decision.question


def test_questions_are_counted():
    """One, two, three; asked again, a question keeps its number."""
    asked: tuple[Decision, ...] = ()
    for cases, number in [(100, 1), (200, 2), (100, 1), (300, 3), (200, 2), (400, 4)]:
        decision = a_decision(0, cases=cases)
        assert next_number(asked, decision) == number
        asked += (replace(decision, number=number),)


@given(st.lists(st.integers(1, 50), max_size=6), st.integers(1, 5))
def test_a_new_question_has_the_next_number(numbers: list[int], cases: int):
    """One more than the highest, whatever gaps a merge has left."""
    earlier = tuple(a_decision(number, cases=1000 + number) for number in numbers)
    assert next_number(earlier, a_decision(cases=cases)) == 1 + max(numbers, default=0)


def test_each_split_has_its_own_numbers():
    """Ten questions to validation do not make the test set tired."""
    earlier = tuple(
        replace(a_decision(number, cases=1000 + number), split="validation")
        for number in range(1, 11)
    )
    assert next_number(earlier, a_decision(cases=5)) == 1
    assert next_number(earlier, replace(a_decision(cases=5), split="validation")) == 11
