"""What was compared on what, when, and who answered."""

from __future__ import annotations

from harness.reports.side_by_side.facts import facts
from harness.reports.side_by_side.shown import Shown
from harness.values.training import DataFile, Training
from tests.reports.comparisons import HOSTILE, PRICE, a_comparison, a_side
from tests.reports.runs import arm_info, run_info

TRAINED = Training(
    provider="local",
    base="gemma",
    method="lora",
    train=DataFile(file="train.jsonl", rows=300),
    finished="2026-11-22T10:00:00+00:00",
    shutdown="2027-01-14",
)


def told(infos, *sides):
    shown = Shown(compared=a_comparison(*sides), columns={}, infos=infos)
    return {fact.name: fact.values for fact in facts(shown)}


def test_every_question_has_its_answer():
    arms = {
        "few_shot": arm_info(kind="few_shot", recorded=("2026-11-21",), served_models=("g-1",)),
        "tuned": arm_info(
            kind="fine_tuned", replayed=False, served_models=("g-2",), training="lora"
        ),
    }
    info = run_info(arms=arms, trainings={"lora": TRAINED}, prices={"gemma": PRICE})
    found = told(
        {name: (info, arm) for name, arm in arms.items()},
        a_side("few_shot", "+-" * 10),
        a_side("tuned", "++" * 10),
    )
    assert found["Arms"] == ("few_shot (few-shot, the reference)", "tuned (fine-tuned)")
    assert found["Cases"] == ("20 of the test split",)
    assert found["Models, as the servers named them"] == ("g-1 (few_shot)", "g-2 (tuned)")
    assert found["Replies"] == (
        "recorded 2026-11-21 (few_shot)",
        f"asked live on {info.started[:10]} (tuned)",
    )
    assert found["Training"] == (
        "lora: lora on gemma, 300 rows, finished 2026-11-22, stops answering 2027-01-14",
    )
    assert found["Prices"] == ("gemma: https://example.org, 2026-11-28 (USD)",)


def test_a_model_that_no_server_named_is_unknown():
    arm = arm_info(kind="zero_shot", served_models=())
    found = told({"a": (run_info(arms={"a": arm}), arm)}, a_side("a", "+-"), a_side("b", "++"))
    assert found["Models, as the servers named them"] == (f"unknown, asked for {arm.model}",)


def test_a_baseline_without_replies_is_one():
    found = told({}, a_side("approved", "+-"), a_side("b", "++"))
    assert found["Arms"] == ("approved (baseline, the reference)", "b (baseline)")
    assert "Replies" not in found


def test_foreign_names_are_one_line():
    arm = arm_info(kind="zero_shot", served_models=(HOSTILE,), model=HOSTILE)
    info = run_info(arms={HOSTILE: arm}, scorers={HOSTILE: 1}, prices={HOSTILE: PRICE})
    found = told({HOSTILE: (info, arm)}, a_side(HOSTILE, "+-"), a_side("b", "++"))
    texts = [text for values in found.values() for text in values]
    assert not [text for text in texts if "\n" in text or "\x1b" in text]
