"""Exports of a small suite: what is recorded, what was run, and what cannot be exported."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import msgspec
import pytest

from harness.errors import DataError, MissingExtraError, UsageError
from harness.store.runs import JOURNAL_FILE, read_info, write_info
from harness.workflows.export import sources
from harness.workflows.export.export import export
from tests.workflows.repository import CASES, RIGHT, Repository, usual_cases


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_what_is_recorded_is_exported(repository: Repository, tmp_path: Path):
    """Every case of the arm, with what was expected; named after the replies."""
    path = tmp_path / "out.csv"
    (written,) = export(repository.open(), [path])
    rows = _table(path)
    assert len(rows) == CASES
    assert sum(row["correct"] == "true" for row in rows) == RIGHT
    assert {row["recalled"] for row in rows} == {"true"}
    expected = {case["id"]: case["expected"] for case in usual_cases("test", CASES)}
    assert {row["case"]: row["expected"] for row in rows} == expected
    run = rows[0]["run"]
    assert run.startswith("recorded-")
    assert written.holds == f"12 replies of {run}"


@pytest.mark.parametrize("name", ["out.csv", "out.jsonl", "out.parquet", "out.xml"])
def test_the_same_recordings_make_the_same_file(repository: Repository, tmp_path: Path, name: str):
    """Byte for byte: nothing in it comes from a clock."""
    for folder in ("one", "two"):
        export(repository.open(), [tmp_path / folder / name])
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_past_runs_are_exported_together(repository: Repository, tmp_path: Path):
    """By id, path and `newest`; the same one named twice is there once."""
    first, second = repository.runs[0], repository.run().path
    path = tmp_path / "out.jsonl"
    export(repository.open(), [path], runs=[first.name, str(first), "newest"])
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert [row["run"] for row in rows] == [first.name] * CASES + [second.name] * CASES
    assert {row["recalled"] for row in rows[:CASES]} == {False}


def test_only_the_arms_that_were_asked_for(tmp_path: Path):
    """Of a run with two."""
    repository = Repository(tmp_path, arms='[arms.other]\nextends = "plain"\n')
    repository.run(mode="record")
    export(repository.open(), [tmp_path / "out.csv"], runs=["newest"], arms=["other"])
    assert {row["arm"] for row in _table(tmp_path / "out.csv")} == {"other"}
    with pytest.raises(UsageError, match="has no arm 'none'"):
        export(repository.open(), [tmp_path / "out.csv"], runs=["newest"], arms=["none"])


def test_what_was_expected_then_is_not_what_is_expected_now(repository: Repository, tmp_path: Path):
    """A case whose expected value changed since has none in the export of the old run."""
    cases = usual_cases("test", CASES)
    cases[0]["expected"] = "no"
    repository.cases("test", cases)
    export(repository.open(), [tmp_path / "out.csv"], runs=["newest"])
    expected = {row["case"]: row["expected"] for row in _table(tmp_path / "out.csv")}
    assert (expected["test0"], expected["test1"]) == ("", "no")


def _junit(path: Path) -> dict[str, str]:
    (suite,) = ET.parse(path).getroot()
    tags = {case.get("name", ""): [child.tag for child in case] for case in suite}
    return {name: "".join(found) or "passed" for name, found in tags.items()}


def test_a_run_as_junit(repository: Repository, tmp_path: Path):
    """One test case per case, in the order of the split."""
    export(repository.open(), [tmp_path / "out.xml"])
    cases = _junit(tmp_path / "out.xml")
    assert list(cases) == [case["id"] for case in usual_cases("test", CASES)]
    assert list(cases.values()).count("passed") == RIGHT
    assert list(cases.values()).count("failure") == CASES - RIGHT


def test_cases_that_nobody_answered_are_skipped(repository: Repository, tmp_path: Path):
    """As in a run that was killed; of a limited run they were not to be asked."""
    folder = repository.run(limit=3).path
    export(repository.open(), [tmp_path / "out.xml"], runs=[folder.name])
    assert len(_junit(tmp_path / "out.xml")) == 3
    info = read_info(folder)
    write_info(folder, msgspec.structs.replace(info, limit=None, status="interrupted"))
    export(repository.open(), [tmp_path / "out.xml"], runs=[folder.name])
    assert list(_junit(tmp_path / "out.xml").values()).count("skipped") == CASES - 3


def test_junit_holds_one_run(repository: Repository, tmp_path: Path):
    """Two would have the same names."""
    repository.run()
    with pytest.raises(UsageError, match="holds one run, and 2 were named"):
        export(repository.open(), [tmp_path / "o.xml"], runs=[one.name for one in repository.runs])


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_gets_all_of_a_run(repository: Repository, tmp_path: Path, *, there: bool):
    """A folder per run; one that is not there yet is told by its slash."""
    folder = tmp_path / "all"
    if there:
        folder.mkdir()
    export(repository.open(), [folder if there else f"{folder}/"], runs=["newest"])
    (run,) = folder.iterdir()
    assert run.name == repository.runs[0].name
    assert sorted(path.name for path in run.iterdir()) == ["replies.csv", "report.md", "run.json"]
    assert read_info(run) == read_info(repository.runs[0])
    assert len(_table(run / "replies.csv")) == CASES


def test_several_targets_at_once(repository: Repository, tmp_path: Path):
    """One replay for all of them."""
    targets = [tmp_path / "out.csv", tmp_path / "out.parquet"]
    assert [one.target for one in export(repository.open(), targets)] == [*map(str, targets)]


@pytest.mark.parametrize("name", ["out.xlsx", "out", "out.csv.gz"])
def test_an_unknown_kind_of_target(repository: Repository, tmp_path: Path, name: str):
    """Said before anything is replayed or written."""
    with pytest.raises(UsageError, match=r"\.csv, \.jsonl or \.parquet"):
        export(repository.open(), [tmp_path / "fine.csv", tmp_path / name])
    assert not (tmp_path / "fine.csv").exists()


@pytest.fixture
def unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A replay would be a fault."""

    def replayed(*args: object, **choices: object) -> None:
        raise AssertionError("replayed before the targets were looked at")

    monkeypatch.setattr(sources, "run", replayed)


@pytest.mark.parametrize("package", ["pyarrow", "mlflow"])
@pytest.mark.usefixtures("unasked")
def test_a_package_that_is_not_there(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str
):
    """Said before anything is replayed, and nothing is written."""
    monkeypatch.setitem(sys.modules, package, None)
    targets = [tmp_path / "out.xml", tmp_path / "out.parquet"]
    with pytest.raises(MissingExtraError, match=r"prompted-vs-tuned\["):
        export(repository.open(), targets, mlflow="sqlite:///mlflow.db")
    assert not list(tmp_path.glob("out*"))


@pytest.mark.parametrize(
    "target", ["harness.toml/out.csv", "harness.toml/out.xml", "harness.toml/x/"]
)
@pytest.mark.usefixtures("unasked")
def test_a_folder_that_cannot_be_written(repository: Repository, tmp_path: Path, target: str):
    """Said before anything is replayed; of the others no folder is left."""
    with pytest.raises(DataError, match=r"harness\.toml/.*: cannot be written"):
        export(repository.open(), [tmp_path / "new" / "fine.csv", f"{tmp_path}/{target}"])
    assert not (tmp_path / "new").exists()


def test_a_run_without_records(repository: Repository, tmp_path: Path):
    """There is nothing to export, and no file that looks as if there were."""
    folder = repository.runs[0]
    (folder / JOURNAL_FILE).write_bytes(b"")
    with pytest.raises(DataError, match="has no records: there is nothing to export"):
        export(repository.open(), [tmp_path / "out.csv"], runs=["newest"])
    assert not (tmp_path / "out.csv").exists()


def test_a_run_that_is_being_written(repository: Repository, tmp_path: Path):
    """What is there is exported, and the answer says that it is not all."""
    folder = repository.runs[0]
    write_info(folder, msgspec.structs.replace(read_info(folder), status="running"))
    lines = (folder / JOURNAL_FILE).read_bytes().splitlines(keepends=True)
    (folder / JOURNAL_FILE).write_bytes(b"".join(lines[:4]) + lines[4][:20])
    (written,) = export(repository.open(), [tmp_path / "out.csv"], runs=["newest"])
    assert written.holds == f"4 replies of {folder.name} (not finished)"


def test_nothing_is_recorded(tmp_path: Path):
    """The message says how to record, and what to export instead."""
    with pytest.raises(UsageError, match="harness run demo --record"):
        export(Repository(tmp_path).open(), [tmp_path / "out.csv"])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({}, "nothing to export to"),
        ({"mlflow": " "}, "the URI of the MLflow store is empty"),
        ({"mlflow": "x://", "attach": [Path("no")]}, "no such file"),
    ],
)
def test_calls_that_cannot_mean_anything(repository: Repository, words: Any, message: str):
    """Said before anything is replayed."""
    with pytest.raises(UsageError, match=message):
        export(repository.open(), **words)
