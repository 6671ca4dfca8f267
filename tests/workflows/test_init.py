"""A new suite works at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.values.score import Outcome
from harness.workflows.check import check
from harness.workflows.init import init
from harness.workflows.run import open_suite, run


def test_what_init_writes_is_accepted_and_runs(tmp_path: Path) -> None:
    """`check` finds nothing, `run` completes, and the scripted arms are mostly right."""
    init("tickets", tmp_path)
    (report,) = check(["tickets"], tmp_path)
    assert report.problems == ()
    finished = run(open_suite("tickets", tmp_path))
    assert finished.info.status == "complete"
    for name, planned, right in (("zero_shot", 9, 5), ("few_shot", 27, 15), ("classical", 9, 1)):
        outcomes = finished.arms[name].outcomes()
        assert len(finished.arms[name]) == planned
        assert outcomes[Outcome.CORRECT] >= right
        assert outcomes[Outcome.HARNESS_ERROR] == outcomes[Outcome.PROVIDER_ERROR] == 0


def test_it_can_be_recorded_and_replayed(tmp_path: Path) -> None:
    """The whole life of a suite, without a model."""
    init("tickets", tmp_path)
    suite = open_suite("tickets", tmp_path)
    recorded = run(suite, mode="record")
    assert {path.stem for path in suite.fixtures_folder.iterdir()} == set(suite.arms)
    replayed = run(suite)
    assert all(arm.replayed for arm in replayed.info.arms.values())
    for name, columns in replayed.arms.items():
        assert columns.outcomes() == recorded.arms[name].outcomes()
    (report,) = check(["tickets"], tmp_path)
    assert report.problems == ()


def test_twice(tmp_path: Path) -> None:
    """A suite that exists is never overwritten."""
    init("tickets", tmp_path)
    with pytest.raises(UsageError, match="exists already"):
        init("tickets", tmp_path)
