"""What MLflow is told of a run: read back from a store in SQLite, and as values."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from harness.analysis.interval import wilson
from harness.store.decisions import append_decision
from harness.store.runs import load_run, read_info, write_info
from harness.store.tracking import Entry
from harness.values.baseline import Contender
from harness.values.verdict import Ruling
from harness.workflows.entrants import entrants_of_run
from harness.workflows.export.export import export
from harness.workflows.export.tracked import entries
from tests.approved import OTHER, a_decision, measured
from tests.workflows.repository import CASES, RIGHT, SCRIPTED, Repository

from .conftest import PRICED


def _entries(repository: Repository, folder: Path) -> tuple[Entry, Entry]:
    parent, (child,) = entries(repository.open(), load_run(repository.runs[0]), folder)
    return parent, child


@pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy")  # MLflow on SQLAlchemy 2.1
def test_a_suite_in_a_store_of_mlflow(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Exported twice, it is there once: a run for the whole, and one in it for the arm."""
    monkeypatch.chdir(tmp_path)
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    page = tmp_path / "page.html"
    page.write_text("<p>a page")
    (written,) = export(repository.open(), mlflow=uri, attach=[page])
    (again,) = export(repository.open(), mlflow=uri, attach=[page])
    run = written.holds.rpartition(" of ")[2].partition(" ")[0]
    assert written.holds == f"2 MLflow runs new of {run} in demo"
    assert again.holds == f"2 MLflow runs unchanged of {run} in demo"

    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=uri)
    experiment = client.get_experiment_by_name("demo")
    runs = {run.info.run_name: run for run in client.search_runs([experiment.experiment_id])}
    assert set(runs) == {f"demo {run}", "plain"}
    parent, child = runs[f"demo {run}"], runs["plain"]
    assert child.data.tags["mlflow.parentRunId"] == parent.info.run_id
    assert child.data.metrics["accuracy"] == RIGHT / CASES
    assert child.data.params["model"] == "m"
    files = [one.path for one in client.list_artifacts(parent.info.run_id)]
    assert files == ["page.html", "report.md", "run.json"]
    assert [one.path for one in client.list_artifacts(child.info.run_id)] == ["replies.csv"]


def test_the_numbers_of_an_arm(repository: Repository, tmp_path: Path):
    """Accuracy with Wilson's interval, a rate for every way of failing, tokens and seconds."""
    parent, child = _entries(repository, tmp_path / "files")
    interval = wilson(RIGHT / CASES, CASES)
    assert interval is not None
    numbers = child.metrics
    assert (numbers["accuracy"], numbers["cases"]) == (RIGHT / CASES, CASES)
    assert (numbers["accuracy.low"], numbers["accuracy.high"]) == (interval.low, interval.high)
    assert sum(value for name, value in numbers.items() if name.startswith("rate.")) == (
        pytest.approx(1 - RIGHT / CASES)
    )
    assert "cost_per_1k" not in numbers
    assert "harness.currency" not in child.tags
    assert (parent.metrics, parent.arm, child.arm) == ({}, "", "plain")
    assert child.params == child.params | {
        "suite": "demo",
        "split": "test",
        "arm": "plain",
        "kind": "zero_shot",
        "form": "completion",
        "cases": str(CASES),
    }
    assert (child.tags["harness.state"], child.ending) == ("complete", "FINISHED")


def test_money_is_per_thousand_requests(tmp_path: Path):
    """At the run's prices; the currency is a tag, since a metric is a number alone."""
    repository = Repository(tmp_path, endpoints=SCRIPTED + PRICED)
    repository.run(mode="record")
    _, child = _entries(repository, tmp_path / "files")
    sent, said = child.metrics["tokens.input"], child.metrics["tokens.output"]
    assert child.metrics["cost_per_1k"] == pytest.approx((2 * sent + 8 * said) / 1e6 / CASES * 1000)
    assert child.tags["harness.currency"] == "USD"


def test_an_arm_that_broke_off_has_no_accuracy(repository: Repository, tmp_path: Path):
    """A share of the first cases would stand beside shares of all."""
    folder = repository.runs[0]
    info = read_info(folder)
    arms = {"plain": msgspec.structs.replace(info.arms["plain"], ended="auth: 401")}
    write_info(folder, msgspec.structs.replace(info, arms=arms, status="incomplete"))
    parent, child = _entries(repository, tmp_path / "files")
    assert "accuracy" not in child.metrics
    assert (child.tags["harness.state"], child.ending, parent.ending) == (
        "ended early",
        "FAILED",
        "FAILED",
    )


def test_the_newest_decision_about_these_very_replies(repository: Repository, tmp_path: Path):
    """One about other replies of the same arm says nothing of this run."""
    suite = repository.open()
    run = load_run(repository.runs[0])
    same = entrants_of_run(run, ["plain"], {"plain": 0})[0].measured
    folder = suite.settings.baselines / "demo"
    rulings = [(same, Ruling.REJECT), (same, Ruling.PROMOTE), (measured(OTHER), Ruling.INVALID)]
    for number, (replies, ruling) in enumerate(rulings, 1):
        candidate = Contender(arm="plain", source="recorded", measured=replies, mean=0.75)
        decision = a_decision(number, candidate=candidate, ruling=ruling)
        append_decision(folder, lambda _, made=decision: made)
    _, child = _entries(repository, tmp_path / "files")
    assert child.tags["harness.verdict"] == "promote"
    assert child.tags["harness.verdict.number"] == "2"
    assert child.tags["harness.verdict.incumbent"] == "few"
    assert "harness.in_production" not in child.tags


def test_an_arm_in_production_is_marked(repository: Repository, tmp_path: Path):
    """If these are the replies that were approved."""
    from harness.workflows.gate.promote import promote

    promote(repository.open(), "plain", reason="the first", baseline_only=False)
    _, child = _entries(repository, tmp_path / "files")
    assert child.tags["harness.in_production"] == "true"


def test_equal_runs_are_equal_entries(repository: Repository, tmp_path: Path):
    """The content is a digest of what is said, and of the files."""
    first, second = (_entries(repository, tmp_path / name) for name in ("one", "two"))
    assert [one.content for one in first] == [one.content for one in second]
    (tmp_path / "two" / "report.md").write_text("edited")
    assert first[0].content != second[0].content
