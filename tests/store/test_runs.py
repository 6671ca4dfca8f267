"""Runs on disk: what is written is read, found by id or path, and becomes a frame."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from harness.errors import DataError, UsageError
from harness.store.journal import Journal
from harness.store.runs import find_run, load_run, read_info, run_folders, write_info
from harness.values.price import Price
from harness.values.record import Exchange, Record
from harness.values.reply import Answer, Failure, Usage, assistant
from harness.values.request import Replicate
from harness.values.run import ArmInfo, RunInfo, WindowChange
from harness.values.score import Outcome, Score

ARM = ArmInfo(kind="zero_shot", digest="d", endpoint="e", model="m", planned=2, replayed=True)
INFO = RunInfo(
    id="r1",
    suite="s",
    title="T",
    split="test",
    mode="replay",
    status="complete",
    started="2026-01-01T00:00:00Z",
    cases=2,
    inputs_digest="i",
    expected_digest="x",
    arms={"a": ARM},
    scorers={"stars": 1},
    correct_at=1.0,
    graded=False,
    seed=0,
    prices={"m": Price(input=1.0, output=2.0, as_of="2026-01-01", source="a page")},
    windows={"e": (WindowChange(0.5, 4.0, "start"),)},
)
ANSWER = Answer(assistant("5"), usage=Usage(30, 10, 1, 2, 1), model="m-1", latency=0.5)
FAILED = Exchange("k", Failure("timeout", latency=2.0), ("timeout", "timeout"))


def _record(case: str, outcome: Outcome = Outcome.CORRECT, **fields: Any) -> Record:
    given = {
        "arm": "a",
        "case": case,
        "input_digest": "d",
        "outcome": outcome,
        "exchanges": (Exchange("k", ANSWER),),
        "scores": {"stars": Score(1.0, 5)},
        "tags": {"lang": "en"},
    }
    return Record(**(given | fields))


def _failed(case: str, **fields: Any) -> Record:
    return _record(case, Outcome.PROVIDER_ERROR, exchanges=(FAILED,), scores={}, **fields)


def _run(results: Path, name: str, records: list[Record]) -> Path:
    folder = results / "runs" / "s" / name
    write_info(folder, msgspec.structs.replace(INFO, id=name))
    with Journal(folder / "journal.jsonl") as journal:
        for record in records:
            journal.append(record)
    return folder


def test_what_a_run_says_about_itself_survives(tmp_path: Path):
    """read(write(x)) == x; the file is indented for people and diffs."""
    write_info(tmp_path, INFO)
    assert read_info(tmp_path) == INFO
    assert (tmp_path / "run.json").read_text().startswith('{\n "id": "r1",\n')


def test_a_run_has_columns_per_arm_and_streams_its_records(tmp_path: Path):
    """Cases are numbered by the given index; records of unknown arms are passed over."""
    records = [_record("y"), _record("x"), _record("x", arm="other")]
    folder = _run(tmp_path, "r1", records)
    run = load_run(folder, {"x": 0, "y": 1})
    assert list(run.arms) == ["a"]
    assert list(run.arms["a"].case) == [1, 0]
    assert list(run.records()) == records
    assert run.info.id == "r1"


def test_without_an_index_cases_are_numbered_as_they_come(tmp_path: Path):
    """Arms share the numbers, so that they can be paired."""
    info = msgspec.structs.replace(INFO, arms={"a": ARM, "b": ARM})
    records = [_record("y"), _record("x", arm="b"), _record("x"), _record("y", arm="b")]
    folder = _run(tmp_path, "r1", records)
    write_info(folder, info)
    run = load_run(str(folder))
    assert list(run.arms["a"].case) == [0, 1]
    assert list(run.arms["b"].case) == [1, 0]


def test_a_frame_has_a_row_per_record(tmp_path: Path):
    """Texts, tokens, scores and tags in columns; a failure has its kind and no text."""
    folder = _run(tmp_path, "r1", [_record("x", replicate=Replicate(2, 1)), _failed("y")])
    frame = load_run(folder).to_frame()
    answered, failed = frame.to_dict("records")
    assert answered == answered | {
        "arm": "a",
        "case": "x",
        "shot_seed": 2,
        "trial": 1,
        "outcome": "correct",
        "text": "5",
        "finish": "stop",
        "model": "m",
        "served_model": "m-1",
        "attempts": 1,
        "latency": 0.5,
        "tokens.input": 30,
        "tokens.cached": 10,
        "tokens.cache_write": 1,
        "tokens.output": 2,
        "tokens.reasoning": 1,
        "score.stars": 1.0,
        "extracted.stars": "5",
        "tag.lang": "en",
    }
    assert (failed["failure"], failed["attempts"], failed["latency"]) == ("timeout", 3, 2.0)
    assert frame["text"].isna().tolist() == [False, True]


def test_in_a_frame_only_a_failed_record_is_replaced(tmp_path: Path):
    """After a resume the answer counts; rows are in the order of the journal."""
    records = [_failed("x"), _record("y", Outcome.WRONG), _record("x"), _record("y")]
    frame = load_run(_run(tmp_path, "r1", records)).to_frame()
    assert list(zip(frame["case"], frame["outcome"], strict=True)) == [
        ("y", "wrong"),
        ("x", "correct"),
        ("y", "correct"),
    ]


def test_a_run_without_records_is_an_empty_frame(tmp_path: Path):
    """A run that was stopped at once."""
    assert load_run(_run(tmp_path, "r1", [])).to_frame().empty


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"id":1}', b'{"id":"\xff"}'])
def test_a_broken_run_is_a_problem(tmp_path: Path, data: bytes):
    """run.json is named, whatever is wrong with it."""
    (tmp_path / "run.json").write_bytes(data)
    with pytest.raises(DataError, match=r"run\.json: broken: "):
        read_info(tmp_path)


def test_a_folder_without_run_json_is_no_run(tmp_path: Path):
    """Neither is an absent folder."""
    with pytest.raises(DataError, match="is no run"):
        load_run(tmp_path / "none")


def test_runs_are_listed_oldest_first(tmp_path: Path):
    """By their ids, which begin with the time; other folders are passed over."""
    for name in ("20260202", "20260101"):
        _run(tmp_path, name, [])
    (tmp_path / "runs" / "s" / "junk").mkdir()
    assert [folder.name for folder in run_folders(tmp_path, "s")] == ["20260101", "20260202"]
    assert run_folders(tmp_path, "unknown") == []


def test_a_run_is_found_by_id_or_path_or_as_the_newest(tmp_path: Path):
    """What a user would write."""
    old, new = _run(tmp_path, "20260101", []), _run(tmp_path, "20260202", [])
    assert find_run(tmp_path, "s", None) == new
    assert find_run(tmp_path, "s", "20260101") == old
    assert find_run(tmp_path / "elsewhere", "s", str(old)) == old


def test_a_run_that_is_not_there_lists_those_that_are(tmp_path: Path):
    """The next step stands in the message."""
    with pytest.raises(UsageError, match="s has no run yet; newest runs: none"):
        find_run(tmp_path, "s", None)
    _run(tmp_path, "20260101", [])
    with pytest.raises(UsageError, match="s has no run 2025; newest runs: 20260101"):
        find_run(tmp_path, "s", "2025")
