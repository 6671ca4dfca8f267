"""An MLflow store on this disk: what is kept is read back with MLflow's own client.

The store is one of files, which is there at once; tests/workflows/export has one in SQLite.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.errors import DataError, MissingExtraError, UsageError
from harness.store.tracking import Entry, TrackingStore

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

PARENT = Entry(
    run="r1",
    arm="",
    name="demo r1",
    started="2026-11-28T10:00:00+00:00",
    finished="2026-11-28T10:01:00+00:00",
    ending="FINISHED",
    params={"suite": "demo"},
    tags={"harness.status": "complete"},
)
CHILD = replace(
    PARENT,
    arm="plain",
    name="plain",
    params={"suite": "demo", "arm": "plain"},
    metrics={"accuracy": 0.75, "rate.wrong": 0.25},
    about={"harness.version": "0.1.0"},
)


Runs = Callable[[], "dict[str, Run]"]


@pytest.fixture(scope="module")
def uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One store for all tests, each of which has its own experiment."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
        yield tmp_path_factory.mktemp("mlflow").as_uri()


@pytest.fixture
def client(uri: str) -> MlflowClient:
    TrackingStore(uri, "first")
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=uri)


@pytest.fixture
def experiment(request: pytest.FixtureRequest) -> str:
    return request.node.name


@pytest.fixture
def runs(client: MlflowClient, experiment: str) -> Runs:
    """The runs of the test's experiment by name; each is there once."""

    def found() -> dict[str, Run]:
        known = client.get_experiment_by_name(experiment)
        listed = client.search_runs([known.experiment_id])
        named = {run.info.run_name: run for run in listed}
        assert len(named) == len(listed)
        return named

    return found


def test_a_run_and_its_arms_are_kept_nested(
    uri: str, experiment: str, runs: Runs, client: MlflowClient, tmp_path: Path
):
    """Parameters, metrics, tags, times and files, as they were given."""
    file = tmp_path / "replies.csv"
    file.write_text("a,b\n")
    kept = TrackingStore(uri, experiment).keep(PARENT, [replace(CHILD, files=[file])])
    assert [one.state for one in kept] == ["new", "new"]
    parent, child = runs()["demo r1"], runs()["plain"]
    assert [parent.info.run_id, child.info.run_id] == [one.id for one in kept]
    assert child.data.params == {"suite": "demo", "arm": "plain"}
    assert child.data.metrics == {"accuracy": 0.75, "rate.wrong": 0.25}
    assert child.data.tags["mlflow.parentRunId"] == parent.info.run_id
    assert (child.data.tags["harness.run_id"], child.data.tags["harness.arm"]) == ("r1", "plain")
    assert child.data.tags["harness.version"] == "0.1.0"
    assert (child.info.status, child.info.end_time - child.info.start_time) == ("FINISHED", 60_000)
    assert child.info.start_time == 1_795_860_000_000
    assert [one.path for one in client.list_artifacts(child.info.run_id)] == ["replies.csv"]
    copy = client.download_artifacts(child.info.run_id, "replies.csv", str(tmp_path))
    assert Path(copy).read_text() == "a,b\n"


def test_the_same_again_changes_nothing(uri: str, experiment: str, runs: Runs):
    """Whatever `about` says, as the version that exports."""
    TrackingStore(uri, experiment).keep(PARENT, [CHILD])
    again = replace(CHILD, about={"harness.version": "0.2.0"})
    kept = TrackingStore(uri, experiment).keep(PARENT, [again])
    assert [one.state for one in kept] == ["unchanged", "unchanged"]
    assert set(runs()) == {"demo r1", "plain"}


def test_what_has_changed_is_updated_in_place(uri: str, experiment: str, runs: Runs):
    """A resumed run, a new verdict: the newest value counts, be it lower."""
    TrackingStore(uri, experiment).keep(PARENT, [CHILD])
    before = runs()["plain"].info.run_id
    changed = replace(
        CHILD,
        metrics={"accuracy": 0.5},
        tags={"harness.verdict": "reject"},
        params={**CHILD.params, "suite": "other", "more": "1"},
    )
    kept = TrackingStore(uri, experiment).keep(PARENT, [changed])
    assert [one.state for one in kept] == ["unchanged", "updated"]
    after = runs()["plain"]
    assert after.info.run_id == before
    assert after.data.metrics["accuracy"] == 0.5
    assert after.data.tags["harness.verdict"] == "reject"
    assert after.data.params == {"suite": "demo", "arm": "plain", "more": "1"}


def test_an_export_that_was_cut_short_is_made_whole(
    uri: str, experiment: str, runs: Runs, monkeypatch: pytest.MonkeyPatch
):
    """A run without its content's tag is not taken for a whole one."""
    store = TrackingStore(uri, experiment)
    with monkeypatch.context() as patched:
        patched.setattr(store._client, "log_batch", _full)
        with pytest.raises(DataError, match="No space left"):
            store.keep(PARENT, [CHILD])
    assert [one.state for one in store.keep(PARENT, [CHILD])] == ["updated", "new"]
    assert runs()["demo r1"].data.params == {"suite": "demo"}


def _full(*words: object, **named: object) -> None:
    raise OSError(28, "No space left on device")


def test_two_runs_stay_two(uri: str, experiment: str, runs: Runs):
    """Arms of one name, of different runs."""
    store = TrackingStore(uri, experiment)
    store.keep(PARENT, [CHILD])
    store.keep(replace(PARENT, run="r2", name="demo r2"), [replace(CHILD, run="r2", name="b")])
    assert set(runs()) == {"demo r1", "plain", "demo r2", "b"}


@pytest.mark.parametrize("ending", ["RUNNING", "FAILED", "KILLED"])
def test_a_run_ends_as_it_did(uri: str, experiment: str, runs: Runs, ending):
    """One that is still being written is running there too."""
    TrackingStore(uri, experiment).keep(replace(PARENT, ending=ending), [])
    assert runs()["demo r1"].info.status == ending


def test_a_text_that_is_too_long_is_cut(uri: str, experiment: str, runs: Runs):
    """MLflow refuses it; a model's name may be a path."""
    TrackingStore(uri, experiment).keep(replace(PARENT, params={"model": "m" * 9000}), [])
    assert len(runs()["demo r1"].data.params["model"]) == 500


def test_a_deleted_experiment_is_a_problem(uri: str, experiment: str, client: MlflowClient):
    """MLflow would neither find nor make it; the message says what to do."""
    client.delete_experiment(client.create_experiment(experiment))
    with pytest.raises(DataError, match="was deleted: restore it"):
        TrackingStore(uri, experiment)


@pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy")
def test_a_store_that_cannot_be_used_is_a_problem_without_its_password(tmp_path: Path):
    """No scheme of MLflow, no database, nobody at the port."""
    file = tmp_path / "x.db"
    file.write_text("no database " * 100)
    with pytest.raises(DataError, match="file is not a database"):
        TrackingStore(f"sqlite:///{file}", "e")
    with pytest.raises(DataError, match="nonsense://…@host/x: ") as caught:
        TrackingStore("nonsense://me:secret@host/x", "e")
    assert "secret" not in str(caught.value)


@pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy")
def test_a_driver_that_is_missing_is_named():
    """It is of the kind of store, and not of our extra."""
    with pytest.raises(UsageError, match="needs psycopg") as caught:
        TrackingStore("postgresql://me:secret@127.0.0.1:9/x", "e")
    assert "secret" not in str(caught.value)


def test_without_mlflow_the_extra_is_named(monkeypatch: pytest.MonkeyPatch):
    """With the command that installs it."""
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(MissingExtraError, match=r"prompted-vs-tuned\[mlflow\]"):
        TrackingStore("sqlite:///x.db", "e")


def test_nothing_is_told_to_others(client: MlflowClient):
    """MLflow would report its use; within our process it does not."""
    from mlflow.telemetry.utils import is_telemetry_disabled

    assert is_telemetry_disabled()
