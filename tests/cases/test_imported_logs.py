"""Imported logs have the figures that Inspect gives of them, and 27 tasks become one suite."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from harness.store.runs import load_run
from harness.values.imported import SuiteImport
from harness.values.verdict import Ruling
from harness.workflows.compare.compare import compare
from harness.workflows.entrants import entrants_of_run
from harness.workflows.gate.gate import gate
from harness.workflows.importing.importing import import_logs
from harness.workflows.report import page
from harness.workflows.run import open_suite
from tests.cases.inspect_logs import CANCELLED, GRADED, STREAMING, WHOLE, expected, inspect_log
from tests.cases.recorded_suites import read_lines
from tests.cases.test_bbh_family import scored

pytestmark = pytest.mark.cases


def imported(cases_folder: Path, root: Path, name: str, **choices: str) -> SuiteImport:
    log = inspect_log(cases_folder, name, root / name.replace(".jsonl", ".json"))
    return import_logs([str(log)], choices.pop("suite", "logs"), start=root, **choices)


@pytest.mark.parametrize("name", [WHOLE, STREAMING, CANCELLED, GRADED])
def test_accuracy_and_its_error_are_those_of_inspect(name: str, cases_folder: Path, tmp_path: Path):
    """The mean over cases, epochs averaged within each, and its standard error."""
    said = expected(cases_folder, name)
    ((scorer, metrics),) = said["metrics"].items()
    done = imported(cases_folder, tmp_path, name)
    (arm,) = done.arms
    assert (arm.status, arm.model, arm.replies) == (said["status"], said["model"], said["n"])
    assert done.score == scorer
    assert arm.given == pytest.approx(metrics["accuracy"])
    (entrant,) = entrants_of_run(load_run(arm.run))
    assert entrant.side.mean == pytest.approx(metrics["accuracy"])
    error = entrant.side.values.std(ddof=1) / len(entrant.side) ** 0.5
    assert error == pytest.approx(metrics["stderr"])
    columns = entrant.columns
    if columns is not None and name != GRADED:  # there Inspect counts the grader's tokens too
        (used,) = said["model_usage"].values()
        assert (sum(columns.input), sum(columns.output)) == (
            used["input_tokens"],
            used["output_tokens"],
        )


def test_what_the_readme_says_of_two_logs(cases_folder: Path, tmp_path: Path):
    """620 + 20 tokens; 258 tokens in 4 samples, which are 2 epochs of 2 cases."""
    whole = imported(cases_folder, tmp_path, WHOLE)
    streaming = imported(cases_folder, tmp_path, STREAMING, suite="streaming")
    columns = load_run(whole.arms[0].run).arms["gpt_4o_mini"]
    assert (sum(columns.input), sum(columns.output)) == (620, 20)
    (columns,) = load_run(streaming.arms[0].run).arms.values()
    assert sum(columns.input) + sum(columns.output) == 258
    assert (streaming.cases, streaming.arms[0].trials) == (2, 2)


def test_our_scorer_says_what_inspect_said(cases_folder: Path, tmp_path: Path):
    """`match` can be said again from the texts, what a model graded cannot."""
    whole = imported(cases_folder, tmp_path, WHOLE)
    assert whole.rescored is not None
    assert (whole.scorer, whole.rescored.equal, whole.rescored.compared) == ("label", 10, 10)
    graded = imported(cases_folder, tmp_path, GRADED, suite="graded")
    assert (graded.scorer, graded.score, graded.rescored) == ("imported", "model_graded_fact", None)


def test_imported_arms_compare_gate_and_report(cases_folder: Path, tmp_path: Path):
    """Like arms of our own."""
    imported(cases_folder, tmp_path, WHOLE)
    imported(cases_folder, tmp_path, WHOLE, arm="again")
    suite = open_suite("logs", tmp_path)
    compared = compare(suite)
    assert [side.mean for side in compared.sides] == [0.8, 0.8]
    choices = {"candidate": "again", "incumbent": "gpt_4o_mini", "margin": 0.3, "preview": True}
    assert gate(suite, **choices).decision.ruling == Ruling.PROMOTE
    assert "80.0%" in page(suite)


def test_27_tasks_are_one_suite(cases_folder: Path, tmp_path: Path):
    """6,511 cases x 2 arms with the task as a tag; every score is that of a second reading."""
    folder = cases_folder / "07_bbh_direct_vs_cot"
    direct, cot = (read_lines(folder / f"{name}.jsonl.gz") for name in ("direct", "cot"))
    table = tmp_path / "bbh.csv"
    right: dict[str, int] = {}
    with table.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "input", "expected", "arm", "reply", "tags.task", "score.published"])
        for arm, rows in (("direct", direct), ("cot", cot)):
            for asked, row in zip(direct, rows, strict=True):
                good = scored(row["prediction"], row["target"])
                right[arm] = right.get(arm, 0) + good
                id_ = f"{asked['task']}-{asked['i']:03}"
                cells = [id_, asked["input"], asked["target"], arm, row["prediction"]]
                writer.writerow([*cells, asked["task"], int(good)])
    done = import_logs([str(table)], "bbh", start=tmp_path)
    assert (done.cases, done.scorer) == (6511, "imported")
    compared = compare(open_suite("bbh", tmp_path))
    assert {side.name: round(side.mean * 6511) for side in compared.sides} == right
    tasks = {dict(tags)["task"] for tags in compared.sides[0].tags}
    assert tasks == {row["task"] for row in direct}
    assert len(tasks) == 27
