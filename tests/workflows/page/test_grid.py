"""Every case with the replies of all sides, as the page gets them."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.values.request import Message
from harness.values.score import Outcome
from harness.workflows.compare.compare import compared_sides
from harness.workflows.compare.sources import Named
from harness.workflows.page.grid import GridReader
from harness.workflows.page.source import grid_source
from tests.workflows.gate.gate_repository import GateRepository
from tests.workflows.repository import SHOTS, Repository


@pytest.fixture
def shots(tmp_path: Path) -> Repository:
    """Two recorded arms, one with two shot seeds."""
    made = Repository(tmp_path, arms=SHOTS)
    made.run(mode="record")
    return made


def grid(repository, **choices):
    with compared_sides(repository.open(), Named(**choices), least=1) as sides:
        source = grid_source(sides)
        with GridReader(sides.suite, source, source.cases) as reader:
            return source.arms, list(reader.read(source.cases))


def test_columns_are_the_sides_and_rows_the_cases_in_the_order_of_the_file(shots):
    arms, cases = grid(shots)
    assert [(arm.name, arm.kind) for arm in arms] == [("plain", "zero-shot"), ("shots", "few-shot")]
    assert [case.id for case in cases] == [f"test{i}" for i in range(12)]
    assert {len(replies) for case in cases for replies in case.replies[:1]} == {1}
    assert {tuple(reply.shot_seed for reply in case.replies[1]) for case in cases} == {(1, 2)}


def test_a_reply_as_the_run_judged_it(shots):
    _, cases = grid(shots)
    first, undecided = cases[0].replies[0][0], cases[3].replies[0][0]
    assert (first.outcome, first.value, first.extracted) == (Outcome.CORRECT, 1.0, "yes")
    assert (undecided.outcome, undecided.value, undecided.text) == (Outcome.UNPARSED, 0.0, "hm")
    assert first.cost is None


def test_prompts_are_what_was_sent(shots):
    _, cases = grid(shots)
    case = cases[0]
    (plain,), (one, two) = case.replies
    assert plain.prompt == (Message("prompt", "The text says yes, test 0."),)
    for reply in (one, two):
        (message,) = reply.prompt
        assert len(reply.shots) == 2
        assert message.content.endswith("\nThe text says yes, test 0.")
        assert message.content.count("\n") == 2


def test_after_an_edit_of_the_template_nobody_knows_what_was_sent(shots):
    shots.run(mode="replay")
    shots.prompt("plain", "Another {{ text }}.")
    _, cases = grid(shots, runs=("newest",))
    assert cases[0].replies[0][0].prompt is None
    assert cases[0].replies[1][0].prompt is not None


def test_a_case_that_changed_since_is_not_shown_with_what_was_answered_before(shots):
    shots.run(mode="replay")
    shots.replace("data/test.jsonl", "no, test 1", "nope, test 1")
    _, cases = grid(shots, runs=("newest",))
    (changed,) = [case for case in cases if not case.input]
    assert (changed.id, changed.expected) == ("test1", None)
    assert changed.replies[0][0].text == "no"
    assert changed.replies[0][0].prompt is None


def test_a_failure_is_told_and_is_no_answer(tmp_path):
    failing = GateRepository(tmp_path)
    failing.answer("plain", "p" + "+" * 39)
    failing.live("plain")
    _, cases = grid(failing, runs=("newest",))
    lost, right = cases[0].replies[0][0], cases[1].replies[0][0]
    assert (lost.failed, lost.usage, lost.value) == (True, None, 0.0)
    assert lost.text.startswith("bad_request")
    assert (right.failed, right.value) == (False, 1.0)


def test_a_baseline_without_its_replies_shows_its_outcomes(tmp_path):
    approved = GateRepository(tmp_path)
    approved.record(plain="+-" * 20, other="+" * 40)
    approved.promote("plain")
    approved.record(plain="+" * 40)
    arms, cases = grid(approved, baselines=("plain",))
    assert [arm.kind for arm in arms] == ["baseline"]
    outcomes = [case.replies[0][0].outcome for case in cases]
    assert outcomes.count(Outcome.CORRECT) == 20
    assert {case.replies[0][0].text for case in cases} == {None}
