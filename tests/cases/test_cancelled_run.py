"""A cancelled evaluation is never promotable (real Inspect logs)."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.store.runs import load_run
from harness.store.suite import Suite
from harness.values.imported import ArmImport
from harness.values.verdict import Ruling
from harness.workflows.gate.gate import gate
from harness.workflows.gate.promote import promote
from harness.workflows.importing.importing import import_logs
from harness.workflows.run import open_suite
from tests.cases.inspect_logs import CANCELLED, WHOLE, inspect_log

pytestmark = pytest.mark.cases

POLICY = {
    "candidate": "cancelled",
    "incumbent": "gpt_4o_mini",
    "margin": 0.4,
    "preview": True,
}


@pytest.fixture
def imported(cases_folder: Path, tmp_path: Path) -> tuple[Suite, ArmImport]:
    logs = [
        str(inspect_log(cases_folder, name, tmp_path / f"{n}.json"))
        for n, name in enumerate((WHOLE, CANCELLED))
    ]
    (tmp_path / "suites").mkdir()
    import_logs(logs[:1], "popularity", start=tmp_path)
    done = import_logs(logs[1:], "popularity", start=tmp_path, arm="cancelled")
    return open_suite("popularity", tmp_path), done.arms[0]


def test_three_of_ten_samples_decide_nothing(imported: tuple[Suite, ArmImport]):
    """2 of 3 right would look like a small loss; the log was cancelled, and so it is invalid."""
    suite, arm = imported
    assert (arm.status, arm.cases, arm.recorded) == ("cancelled", 3, False)
    gated = gate(suite, run=arm.run, **POLICY)
    assert gated.decision.ruling == Ruling.INVALID
    complete = next(check for check in gated.verdict.checks if check.name == "complete")
    assert (complete.status, complete.next_step != "") == ("invalid", True)
    assert "3 of 10 replies (the log of Inspect was cancelled)" in complete.evidence


def test_there_is_nothing_to_promote(imported: tuple[Suite, ArmImport]):
    """It has no recordings, so that neither a gate without its run nor an override can take it."""
    suite, _ = imported
    with pytest.raises(UsageError, match="nothing is recorded"):
        gate(suite, **POLICY)
    with pytest.raises(UsageError, match="nothing is recorded"):
        promote(suite, "cancelled", reason="it looked fine", override=True)


def test_a_cancelled_log_of_every_case_is_no_better(cases_folder: Path, tmp_path: Path):
    """A suite made of its three samples alone has them all, and it stays cancelled."""
    log = inspect_log(cases_folder, CANCELLED, tmp_path / "log.json")
    done = import_logs([str(log)], "three", start=tmp_path)
    found = load_run(done.arms[0].run)
    assert (found.info.status, found.info.cases, len(found.arms["gpt_4o_mini"])) == (
        "interrupted",
        3,
        3,
    )
    assert found.info.arms["gpt_4o_mini"].ended == "the log of Inspect was cancelled"
    assert not open_suite("three", tmp_path).fixtures_folder.exists()
