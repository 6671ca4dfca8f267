"""Inputs without an expected value: their replies are kept, and never judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.workflows.check import check

from .repository import Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path)
    made.replace("suite.toml", "[scorer]", 'extra = "data/extra.jsonl"\n[scorer]')
    rows = [{"id": f"extra{i}", "input": {"text": f"yes, {i}"}} for i in range(3)]
    made.cases("extra", rows)
    return made


def test_replies_are_recorded_and_replayed(repository: Repository) -> None:
    """Recorded beside the others, they come back as any reply does."""
    repository.run(split="extra", mode="record")
    assert [line.split for line in repository.lines()] == ["extra"] * 3
    run = repository.run(split="extra")
    assert run.info.status == "complete"
    assert run.info.scorers == {"unlabelled": 1}


def test_nothing_is_counted_as_right(repository: Repository) -> None:
    """Whatever was answered, no accuracy can come of it."""
    run = repository.run(split="extra", mode="live")
    assert list(run.arms["plain"].score) == [0.0] * 3


def test_other_splits_still_need_an_expected_value(repository: Repository) -> None:
    """Only extra inputs may leave it out."""
    repository.cases("test", [{"id": "t", "input": {"text": "yes"}}])
    (report,) = check([], repository.root)
    assert any("expected" in str(problem) for problem in report.problems)


def test_the_suite_is_in_order(repository: Repository) -> None:
    """Null is no impossible expectation here."""
    repository.run(split="extra", mode="record")
    repository.run(mode="record")
    assert check([], repository.root)[0].problems == ()
