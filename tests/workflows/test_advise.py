"""Advice from what is recorded: a small repository from nothing to a choice, and shipped suites."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from harness.analysis.advice.advice import Advice, Advised
from harness.errors import UsageError
from harness.workflows.advise.advise import advise
from harness.workflows.select import select
from tests.conftest import PROJECT

from .gate.gate_repository import ARMS, CASES, GATE, TODAY, GateRepository
from .repository import SHOTS, Repository

SHUTDOWN = (
    'provider = "openai"\nbase = "m"\nmethod = "lora"\nmodel = "m"\nshutdown = "2027-01-14"\n'
)
TUNED = """
[arms.tuned]
extends = "plain"
prompt = "other"
training = "lora"
"""


@pytest.fixture
def stand(tmp_path: Path) -> GateRepository:
    """`other` is right on all 40 cases, `plain` on half; both on test and on validation."""
    made = GateRepository(tmp_path)
    made.record(plain="-" * 20 + "+" * 20, other="+" * CASES)
    made.run(arms=("plain", "other"), mode="record", split="validation")
    return made


def advised(repository: Repository, **choices: object) -> Advised:
    return advise(repository.open(), **({"today": TODAY} | choices))  # type: ignore[arg-type]


def rules(found: Advised) -> list[str]:
    return [advice.rule for advice in found.advice]


def the(found: Advised, rule: str) -> Advice:
    (advice,) = [advice for advice in found.advice if advice.rule == rule]
    return advice


def test_a_choice_on_validation_that_test_confirms(stand: GateRepository) -> None:
    """Both are zero-shot: the best is held against the next, and is to be written down."""
    found = advised(stand)
    assert (found.suite, found.split, found.day) == ("demo", "test", "2026-11-28")
    assert rules(found)[:2] == ["trusted", "cases-decided"]
    assert the(found, "cases-decided").evidence[0].startswith("other against plain: +50.0 points")
    use = the(found, "use-chosen")
    assert (use.status, use.next_step) == ("act", "harness select demo")
    assert "Use other" in use.says
    assert "measurably better than plain" in use.says


def test_once_it_is_chosen_and_approved_nothing_is_left(stand: GateRepository) -> None:
    """The step after the selection is the gate, and after the promotion none."""
    select(stand.open(), today=TODAY)
    assert the(advised(stand), "use-chosen").next_step == "harness gate demo --candidate other"
    stand.promote("other")
    assert the(advised(stand), "use-chosen").status == "fine"


def test_nothing_is_written_and_nobody_is_asked(stand: GateRepository) -> None:
    """With an endpoint that answers to nobody the advice is the same."""
    before = advised(stand)
    files = {path: path.read_bytes() for path in stand.root.rglob("*") if path.is_file()}
    assert advised(stand) == before
    assert {p: p.read_bytes() for p in stand.root.rglob("*") if p.is_file()} == files


def test_kinds_that_nobody_tried_are_named(stand: GateRepository) -> None:
    """A label is what a classical arm can give."""
    untried = the(advised(stand), "untried")
    assert "few-shot, fine-tuned or classical" in untried.says


def test_without_validation_the_command_records_it(tmp_path: Path) -> None:
    """One arm lacks it: no choice is made, and the steps are said to be flattered."""
    stand = GateRepository(tmp_path)
    stand.record(plain="-" * 20 + "+" * 20, other="+" * CASES)
    found = the(advised(stand), "not-chosen-apart")
    assert found.next_step == "harness run demo --arm plain --arm other --split validation --record"
    stand.run(arms=("plain",), mode="record", split="validation")
    found = the(advised(stand), "not-chosen-apart")
    assert found.next_step == "harness run demo --arm other --split validation --record"


def test_a_frozen_arm_without_validation_blocks_nothing(tmp_path: Path) -> None:
    """It is held against the chosen one on test, where it is recorded."""
    stand = GateRepository(tmp_path, arms=ARMS + ARMS.replace("other", "third"))
    stand.prompt("third", "{{ text }} asked of third")
    stand.record(plain="-" * CASES, other="-" * 20 + "+" * 20, third="+" * CASES)
    stand.run(arms=("plain", "other"), mode="record", split="validation")
    stand.replace("suite.toml", 'prompt = "third"', 'prompt = "third"\nfrozen = true')
    found = the(advised(stand), "choice-contradicted")
    assert "third" in found.says


def test_an_arm_that_is_not_recorded_as_asked_is_left_out(stand: GateRepository) -> None:
    """Its prompt was edited: the rest is judged, and the command is named."""
    stand.prompt("plain", "{{ text }} asked otherwise of plain")
    found = advised(stand)
    lacking = the(found, "not-recorded")
    assert "plain" in lacking.says
    assert lacking.next_step == "harness run demo --arm plain --record"
    assert "cases-unknown" in rules(found)


def test_nothing_recorded_is_refused_with_the_command(tmp_path: Path) -> None:
    """Advice rests on nothing else."""
    with pytest.raises(UsageError, match="harness run demo --record"):
        advised(GateRepository(tmp_path))


def test_splits_that_are_no_ground(stand: GateRepository) -> None:
    """Arms learned from one; nobody knows what is right in the other."""
    for split in ("train", "extra"):
        with pytest.raises(UsageError, match="test or validation"):
            advised(stand, split=split)
    assert advised(stand, split="validation").split == "validation"


def test_errors_and_unreadable_replies(tmp_path: Path) -> None:
    """Two of 40 lost are 5 %; 20 of 38 unreadable are most of the errors."""
    stand = GateRepository(tmp_path)
    stand.record(plain="p" * 2 + "u" * 20 + "+" * 18, other="+" * CASES)
    found = advised(stand)
    errors = the(found, "errors")
    assert "plain: 5.0% lost" in errors.evidence[0]
    assert errors.next_step == "harness run demo --arm plain --split test --record"
    assert "plain" in the(found, "format").says
    assert found.steps[0].rule == "errors"


def test_the_lenient_reading_needs_no_declaration(tmp_path: Path) -> None:
    """'The answer is yes' is right, and not in the form that is asked for."""
    stand = GateRepository(tmp_path)
    said = '[endpoints.fake]\nkind = "scripted"\nrules = [["case [0-9]*[02468]\\\\.", "The answer '
    stand.write("harness.toml", said + 'is yes."]]\ndefault = "no"\n')
    stand.run(arms=("plain",), mode="record")
    strict = the(advised(stand), "strictness")
    assert "read leniently +50.0 points" in strict.evidence[0]
    assert "label_lenient" in strict.next_step


def test_shot_seeds(tmp_path: Path) -> None:
    """Two seeds are too few."""
    made = Repository(tmp_path, arms=SHOTS)
    made.run(mode="record")
    found = advised(made)
    assert "drew them 2 times" in the(found, "shot-seeds-unknown").says


def test_a_tuned_arm_its_losses_and_its_last_day(tmp_path: Path) -> None:
    """Everything that a training tells or does not."""
    stand = GateRepository(tmp_path, arms=ARMS + TUNED + "[trainings.lora]\n")
    stand.write("suites/demo/training/lora.toml", SHUTDOWN)
    stand.record(plain="-" * 20 + "+" * 20, other="+" * CASES, tuned="+" * CASES)
    found = advised(stand)
    assert "losses-unknown" in rules(found)
    assert the(found, "no-curve").next_step.startswith("harness curve demo tuned --sizes")
    assert "price-unknown" in rules(found)
    ending = the(found, "switched-off")
    assert "ends in 47 days, on 2027-01-14" in ending.says
    assert "--arm tuned --split validation" in ending.next_step
    assert "switched-off" not in rules(advised(stand, today=date(2026, 9, 1)))


def test_the_policy_says_what_matters(tmp_path: Path) -> None:
    """Its margin is the target; without one it is 5 points."""
    stand = GateRepository(tmp_path)
    stand.record(plain="-" * 20 + "+" * 20, other="+" * CASES)
    assert "10.0 points (the margin of [gate])" in str(advised(stand))
    stand.replace("suite.toml", GATE, "")
    assert "5.0 points (a convention" in str(advised(stand))


@pytest.mark.parametrize(
    ("suite", "expected"),
    [
        (
            "review_stars",
            {
                "trusted",
                "cases-decided",
                "same-answer",
                "knowledge",
                "use-chosen",
                "shots-help",
                "tuning-helps",
                "model-helps",
                "classical-beats-prompts",
                "shot-seeds-steady",
                "curve-bent",
                "over-fitting-stopped",
                "price-unknown",
                "answers-on",
            },
        ),
        (
            "order_fields",
            {
                "trusted",
                "truncated-harmless",
                "cases-decided",
                "format",
                "knowledge",
                "format-unclear",
                "use-chosen",
                "shots-help",
                "tuning-helps",
                "shot-seeds-unknown",
                "no-curve",
                "over-fitting-stopped",
                "price-unknown",
                "answers-on",
            },
        ),
    ],
)
def test_the_shipped_suites(suite: str, expected: set[str]) -> None:
    """The rules that their recordings fire; docs/advise.md shows the advice itself."""
    found = advise(PROJECT / "suites" / suite, today=TODAY)
    assert set(rules(found)) == expected
    if suite == "review_stars":  # whose advice stands in the page
        page = " ".join((PROJECT / "docs" / "advise.md").read_text().split())
        said = [
            " ".join(text.split()) for one in found.advice for text in (one.says, *one.evidence)
        ]
        assert [text for text in said if text not in page] == []
    assert found.steps == ()  # what is wrong with the arms that fine_tuned beats is a note
