"""Real leaks between published train and test files make a verdict invalid (snips)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.store.suite import Suite
from harness.values.verdict import Ruling
from harness.workflows.gate.gate import Gated, gate
from harness.workflows.run import open_suite
from tests.cases.recorded_suites import read_lines

pytestmark = pytest.mark.cases

SUITE = """
title = "Intent of a request (snips)"
[data]
train = "data/train.jsonl"
test = "data/test.jsonl"
columns = { id = "id", input = { text = "text" }, expected = "label" }
[scorer]
primary = "exact"
[arms.tfidf]
model = "tfidf_logreg"
[arms.majority]
model = "classical:majority"
[gate]
candidate = "tfidf"
incumbent = "majority"
goal = "better"
margin = 0.05
"""
MAJORITY = """
from sklearn.dummy import DummyClassifier


def majority():
    return DummyClassifier(strategy="most_frequent")
"""
# Test rows that are training rows, as the source's table counts them.
SAME_TEXT = 26


@pytest.fixture(scope="module")
def suite(cases_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Suite:
    folder = tmp_path_factory.mktemp("snips") / "suites" / "snips"
    (folder / "data").mkdir(parents=True)
    for split in ("train", "test"):
        rows = read_lines(cases_folder / "13_intent_train_test_sets" / "snips" / f"{split}.jsonl")
        named = [{"id": f"{split}{n}", **row} for n, row in enumerate(rows)]
        text = "".join(json.dumps(row) + "\n" for row in named)
        (folder / "data" / f"{split}.jsonl").write_text(text)
    (folder / "suite.toml").write_text(SUITE)
    (folder / "classical.py").write_text(MAJORITY)
    return open_suite(folder)


@pytest.fixture(scope="module")
def gated(suite: Suite) -> Gated:
    return gate(suite, preview=True)


def test_leaks_make_a_huge_gain_invalid(gated: Gated):
    """The classifier is far better, and nobody may promote it on cases that it has met."""
    assert gated.decision.ruling == Ruling.INVALID
    leaks = {check.name: check for check in gated.verdict.checks if "leaks" in check.name}
    assert {check.status for check in leaks.values()} == {"invalid"}
    assert set(leaks) == {"leaks into majority", "leaks into tfidf"}
    report = gated.contest.candidate.leaks
    assert report is not None
    same = report.counts.get("exact", 0) + report.counts.get("normalised", 0)
    assert same == SAME_TEXT
    assert gated.decision.low is not None
    assert gated.decision.low > 0.5


def test_the_clean_subset_decides(suite: Suite, gated: Gated):
    """Without what leaked, the same cases for both, the gain stands and is promoted."""
    report = gated.contest.candidate.leaks
    assert report is not None
    clean = gate(suite, preview=True, clean_subset=True)
    assert clean.decision.ruling == Ruling.PROMOTE
    assert clean.decision.cases == 700 - len(report.cases)
