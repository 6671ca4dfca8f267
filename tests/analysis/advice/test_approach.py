"""Which arm to use, and what each step up is worth: by the interval, on both sides of it."""

from __future__ import annotations

from typing import Any

import pytest

from harness.analysis.advice.approach import Approach, Chosen, approach_advice, beaten_arms
from harness.analysis.advice.beaten import NOBODY
from harness.analysis.advice.step import step_of
from harness.analysis.difference import paired_difference
from tests.analysis.sides import a_side, tokens_of

CASES = 400
KINDS = {"zero": "zero_shot", "few": "few_shot", "tuned": "fine_tuned", "count": "classical"}


def reached(name: str, right: int, tokens: float = 100.0, **more: Any):
    """So many of 400 right, the same cases first for every arm."""
    values = [1.0] * right + [0.0] * (CASES - right)
    return a_side(values, name, tokens=tokens_of([tokens] * CASES), **more)


def seen(rights: dict[str, int], *, chosen: str | None = "tuned", **more: Any) -> Approach:
    """Arms by name; validation has them in the same order as the judged split."""
    order = sorted(rights, key=lambda name: -rights[name])
    given: dict[str, Any] = {
        "suite": "demo",
        "split": "test",
        "graded": False,
        "sides": {name: reached(name, right) for name, right in rights.items()},
        "kinds": {name: KINDS[name] for name in rights},
        "best": {KINDS[name]: name for name in order},
        "chosen": None
        if chosen is None
        else Chosen(
            arm=chosen,
            best=order[0],
            among=tuple(rights),
            mean=0.5,
            standard_error=0.05,
            clusters=100,
            cheapest_by="tokens",
        ),
        "choosing": "harness run demo --split validation --record",
        "production": "",
        "selected": "",
        "missing": {},
        "margin": 0.05,
    }
    return Approach(**(given | more))


def advice(rights: dict[str, int], **more: Any):
    return {one.rule: one for one in approach_advice(seen(rights, **more))}


ALL = {"zero": 100, "few": 150, "count": 200, "tuned": 300}


def test_the_whole_ladder():
    """Each step is 50 cases of 400 or more, none is lost: all are measurable."""
    found = advice(ALL)
    assert list(found) == [
        "use-chosen",
        "shots-help",
        "tuning-helps",
        "model-helps",
        "classical-beats-prompts",
    ]
    assert "measurably better than count, few and zero" in found["use-chosen"].says


def test_intervals_hold_for_all_comparisons_together():
    """Five different pairs: zero-few, few-tuned, count-tuned, count-few, zero-tuned."""
    step = step_of(reached("few", 150), reached("tuned", 300), tests=5, margin=0.05)
    assert step.sentence() in advice(ALL)["tuning-helps"].evidence
    wide, narrow = step.difference, paired_difference(step.cheaper, step.dearer)
    assert wide.interval.low < narrow.interval.low


@pytest.mark.parametrize(
    ("selected", "production", "status", "step"),
    [
        ("", "", "act", "harness select demo"),
        ("tuned", "few", "act", "harness gate demo --candidate tuned"),
        ("tuned", "tuned", "fine", ""),
    ],
)
def test_what_is_left_to_do(selected, production, status, step):
    """Write the choice down, hold the gate, or nothing."""
    found = advice(ALL, selected=selected, production=production)["use-chosen"]
    assert (found.status, found.next_step) == (status, step)


def test_the_cheapest_that_nothing_beats():
    """Nobody is shown to be better than what validation took for its price."""
    found = advice({"few": 201, "tuned": 202}, chosen="few")["use-chosen"]
    assert "no arm is measurably better" in found.says
    assert "the cheapest, by tokens, within one standard error of tuned" in found.evidence[0]


def test_whom_the_chosen_arm_beats():
    """With how much; not the arm in production, nobody where it is beaten, or on validation."""
    found = beaten_arms(seen(ALL))
    assert (found.by, set(found.arms)) == ("tuned", {"zero", "few", "count"})
    step = step_of(reached("few", 150), reached("tuned", 300), tests=5, margin=0.05)
    assert found.arms["few"] == step.over()
    assert set(beaten_arms(seen(ALL, production="few")).arms) == {"zero", "count"}
    assert set(beaten_arms(seen({"zero": 100, "few": 299, "tuned": 300})).arms) == {"zero"}
    for nobody in ({"chosen": "few"}, {"chosen": None}, {"split": "validation"}):
        assert beaten_arms(seen(ALL, **nobody)) == NOBODY


def test_test_contradicts_validation():
    """It is not chosen anew on the cases that are to judge."""
    found = advice(ALL, chosen="few")["choice-contradicted"]
    assert found.status == "cannot_tell"
    assert "count and tuned" in found.says or "tuned and count" in found.says
    assert "fresh cases" in found.next_step


def test_on_validation_a_choice_is_no_proof():
    """The replies that chose cannot confirm."""
    found = advice(ALL, split="validation")["use-chosen"]
    assert "no proof" in found.says
    assert len(found.evidence) == 1


def test_an_arm_that_validation_left_out_is_a_rival():
    """A frozen one that nobody recorded there."""
    chosen = Chosen(
        arm="few",
        best="few",
        among=("zero", "few"),
        mean=0.5,
        standard_error=0.05,
        clusters=100,
        cheapest_by="tokens",
    )
    best = {"few_shot": "few", "zero_shot": "zero"}
    found = advice({"zero": 100, "few": 150, "tuned": 300}, chosen=None, best=best)
    assert "not-chosen-apart" in found
    rights = {"zero": 100, "few": 150, "tuned": 300}
    given = seen(rights, best=best)
    rules = [
        one.rule
        for one in approach_advice(
            Approach(
                **({name: getattr(given, name) for name in given.__dict__} | {"chosen": chosen})
            )
        )
    ]
    assert rules[0] == "choice-contradicted"


def test_without_validation_nothing_is_chosen():
    """The steps are still measured, and said to be flattered."""
    found = advice(ALL, chosen=None)
    assert "use-chosen" not in found
    assert found["not-chosen-apart"].next_step == "harness run demo --split validation --record"
    assert "tuning-helps" in found


@pytest.mark.parametrize(
    ("low", "high", "rule", "status"),
    [
        (100, 150, "shots-help", "fine"),
        (150, 150, "shots-unneeded", "act"),
        (150, 100, "shots-unneeded", "act"),
        (150, 158, "shots-help", "fine"),
        (150, 152, "shots-unneeded", "act"),
    ],
)
def test_what_examples_are_worth(low, high, rule, status):
    """Equal answers to 400 cases differ by less than 5 points: the interval is 2 points wide."""
    found = advice({"zero": low, "few": high}, chosen=None)[rule]
    assert found.status == status
    assert found.evidence[1] == "Tokens per reply: 100 of few, 100 of zero."


NAMES = {"shots": ("zero", "few"), "tuning": ("few", "tuned"), "model": ("count", "few")}
UNNEEDED = {"shots": "shots-unneeded", "tuning": "tuning-unneeded", "model": "no-llm"}


@pytest.mark.parametrize("step", list(NAMES))
def test_the_dearer_is_not_needed_or_cannot_be_told(step):
    """Equal on 400 cases is not needed; equal on 20 tells nothing; nor do nine groups."""
    low, high = NAMES[step]
    found = advice({low: 200, high: 200}, chosen=None)
    assert found[UNNEEDED[step]].status == "act"
    few = {name: a_side([1.0, 0.0] * 10, name) for name in (low, high)}
    found = advice({low: 200, high: 200}, chosen=None, sides=few)
    assert found[f"{step}-unclear"].status == "cannot_tell"
    groups = [place % 9 for place in range(CASES)]
    grouped = {name: reached(name, 200, groups=groups) for name in (low, high)}
    found = advice({low: 200, high: 200}, chosen=None, sides=grouped)
    assert "from 9 groups: too few to decide" in found[f"{step}-unclear"].evidence[0]


def test_who_uses_neither_has_nothing_to_do():
    """That examples are not needed is no step for whoever uses the tuned arm."""
    rights = {"zero": 150, "few": 150, "tuned": 300}
    assert advice(rights, chosen="tuned")["shots-unneeded"].status == "fine"
    assert advice(rights, chosen="tuned", production="few")["shots-unneeded"].status == "act"


def test_a_classical_arm_that_is_not_better_than_prompts_is_not_praised():
    """Equal is not better."""
    assert "classical-beats-prompts" not in advice({"few": 200, "count": 200, "tuned": 300})


def test_kinds_that_nobody_tried():
    """Named, with what adds them."""
    found = advice({"zero": 100}, chosen=None, missing={"few_shot": "shots = …"})
    assert list(found) == ["untried"]
    assert "few-shot" in found["untried"].says


def test_unknown_tokens_are_not_said():
    """Nothing stands in their place."""
    sides = {name: a_side([float(name == "few")] * CASES, name) for name in ("zero", "few")}
    found = advice({"zero": 0, "few": 400}, chosen=None, sides=sides)["shots-help"]
    assert len(found.evidence) == 1
