"""Replies collected elsewhere become the recordings of an arm."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from harness.errors import DataError, ReplayMissError, UsageError
from harness.values.score import Outcome
from harness.workflows.check import check
from harness.workflows.imported import import_replies

from .repository import CASES, Repository

ENDPOINTS = '[endpoints.fake]\nkind = "recorded"\n'
DAY = date(2026, 11, 1)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A suite whose one model is known only by what it said."""
    return Repository(tmp_path, endpoints=ENDPOINTS)


def _rows(count: int = CASES) -> list[dict]:
    return [{"id": f"test{i}", "reply": "yes" if i % 2 == 0 else "no"} for i in range(count)]


def _file(repository: Repository, rows: list[dict]) -> str:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    repository.write("replies.jsonl", text)
    return str(repository.root / "replies.jsonl")


def test_imported_replies_are_an_arm(repository: Repository) -> None:
    """The run replays them, counts them right and needs no server."""
    done = import_replies(repository.open(), "plain", _file(repository, _rows()), day=DAY)
    assert (done.added, done.known, done.missing) == (CASES, 0, ())
    run = repository.run()
    assert run.arms["plain"].outcomes()[Outcome.CORRECT] == CASES
    assert run.info.arms["plain"].recorded == ("2026-11-01",)
    assert check([], repository.root)[0].problems == ()


def test_tokens_and_origin_are_kept(repository: Repository) -> None:
    """What the rows say of tokens, model and day stands in the fixture."""
    row = {"id": "test0", "reply": "yes", "input_tokens": 12, "output_tokens": 1}
    row |= {"model": "ft:gpt-4o-mini:x", "date": "2026-10-01", "finish": "length"}
    import_replies(repository.open(), "plain", _file(repository, [row]), day=DAY)
    (line,) = repository.lines()
    assert line.origin.model == "ft:gpt-4o-mini:x"
    assert line.origin.date == "2026-10-01"
    assert (line.reply.usage.input, line.reply.usage.output) == (12, 1)
    assert line.reply.finish == "length"


def test_a_csv_file_will_do(repository: Repository) -> None:
    """Empty cells say nothing, and an empty reply is a reply."""
    repository.write("replies.csv", "id,reply,input_tokens,trial\ntest0,yes,,\ntest1,,3,\n")
    path = str(repository.root / "replies.csv")
    done = import_replies(repository.open(), "plain", path, day=DAY)
    assert done.added == 2
    assert len(done.missing) == CASES - 2
    assert [line.reply.text for line in repository.lines()] == ["yes", ""]


def test_importing_again_changes_nothing(repository: Repository) -> None:
    """The same file twice: all of it is known."""
    file = _file(repository, _rows())
    import_replies(repository.open(), "plain", file, day=DAY)
    before = repository.lines()
    done = import_replies(repository.open(), "plain", file, day=DAY)
    assert (done.added, done.known) == (0, CASES)
    assert repository.lines() == before


def test_all_problems_and_nothing_written(repository: Repository) -> None:
    """Unknown cases, doubles and wrong columns are all said; no fixture appears."""
    rows = [
        {"id": "nobody", "reply": "yes"},
        {"id": "test1", "reply": "no"},
        {"id": "test1", "reply": "yes"},
        {"id": "test2", "answer": "yes"},
    ]
    with pytest.raises(DataError) as caught:
        import_replies(repository.open(), "plain", _file(repository, rows), day=DAY)
    assert [problem.line for problem in caught.value.problems] == [1, 3, 4]
    assert not repository.fixtures.exists()


def test_an_empty_file(repository: Repository) -> None:
    """Nothing to import is an error."""
    with pytest.raises(DataError, match="no replies"):
        import_replies(repository.open(), "plain", _file(repository, []), day=DAY)


def test_a_recorded_model_is_never_asked(repository: Repository) -> None:
    """What is missing is a miss even with --record or --live; nothing at all names the import."""
    with pytest.raises(UsageError, match="harness fixtures import demo plain FILE"):
        repository.run(mode="live")
    import_replies(repository.open(), "plain", _file(repository, _rows(3)), day=DAY)
    for mode in ("replay", "record", "live"):
        with pytest.raises(ReplayMissError, match="9 of arm plain"):
            repository.run(mode=mode)
