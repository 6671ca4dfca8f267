"""A cancelled evaluation is never promotable (real Inspect logs)."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from harness.errors import ReplayMissError
from harness.store.runs import find_run, read_info, write_info
from harness.store.suite import Suite
from harness.values.verdict import Ruling
from harness.workflows.gate.gate import gate
from harness.workflows.run import run
from tests.cases.recorded_suites import read_lines, recorded_suite

pytestmark = pytest.mark.cases

FOLDER = "21_inspect_eval_logs"
WHOLE = "scorer_logs_2025-02-11T15-18-04-05-00_popularity_mj7khqpMM4GBCfVQozKgzB.jsonl"
CANCELLED = "analysis_test_logs_2025-05-12T20-28-13-04-00_popularity.jsonl"
POLICY = """
[gate]
candidate = "cancelled"
incumbent = "whole"
margin = 0.4
max_rates = { provider_error = 1.0 }
"""


@pytest.fixture
def suite(cases_folder: Path, tmp_path: Path) -> Suite:
    whole, cancelled = (read_lines(cases_folder / FOLDER / name) for name in (WHOLE, CANCELLED))
    cases = [
        {"id": str(row["id"]), "input": {"text": row["input"]}, "expected": row["target"].strip()}
        for row in sorted(whole, key=lambda row: row["id"])
    ]
    replies = {
        "whole": {str(row["id"]): row["completion"] for row in whole},
        "cancelled": {str(row["id"]): row["completion"] for row in cancelled},
    }
    scorer = 'primary = "label"\nlabel = { labels = ["Yes", "No"] }'
    return recorded_suite(tmp_path, "popularity", cases, replies, scorer=scorer, more=POLICY)


def test_three_of_ten_samples_decide_nothing(suite: Suite):
    """2 of 3 right would look like a small loss; the run was cancelled, and so it is invalid."""
    with pytest.raises(ReplayMissError, match="7 of arm cancelled"):
        gate(suite, preview=True)
    with pytest.raises(ReplayMissError):
        run(suite, arms=("cancelled",))
    folder = find_run(suite.settings.results, suite.name, None)
    write_info(folder, msgspec.structs.replace(read_info(folder), status="interrupted"))
    gated = gate(suite, run=str(folder), preview=True)
    assert gated.decision.ruling == Ruling.INVALID
    complete = next(check for check in gated.verdict.checks if check.name == "complete")
    assert (complete.status, complete.next_step != "") == ("invalid", True)
    assert "interrupted" in complete.evidence
