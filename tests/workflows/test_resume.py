"""Going on with a run: what is asked again, what is not, and who may."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harness.errors import JournalBusyError, UsageError
from harness.store.journal import Journal, read_journal
from harness.store.runs import JOURNAL_FILE, Run, write_info
from harness.values.record import Record
from harness.values.score import INFRASTRUCTURE, Outcome

from .repository import CASES, RIGHT, SCRIPTED, SHOTS, Repository, addresses

FAILING = SCRIPTED + 'fail = { "test 1" = "server_error" }\n'


def cut(finished: Run, keep: int, torn: str = "", **more: Any) -> Run:
    """The same run as if it had been killed after so many records."""
    path = finished.path / JOURNAL_FILE
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:keep]) + torn)
    write_info(finished.path, msgspec.structs.replace(finished.info, status="running", **more))
    return finished


def finals(records: Iterator[Record]) -> Counter[tuple[str, str, int, int]]:
    return Counter(addresses([r for r in records if r.outcome not in INFRASTRUCTURE]))


@pytest.mark.parametrize("keep", [0, 1, 7, 35])
@pytest.mark.parametrize("torn", ["", '{"arm":"pla'])
def test_nothing_acknowledged_is_asked_again(tmp_path: Path, keep: int, torn: str) -> None:
    """After a kill the journal goes on where it ended, a torn last line is cut, all are final."""
    repository = Repository(tmp_path, arms=SHOTS)
    whole = repository.run(mode="live")
    before = list(whole.records())[:keep]
    cut(whole, keep, torn)
    resumed = repository.run(resume="")
    assert resumed.path == whole.path
    assert resumed.info.status == "complete"
    after = list(resumed.records())
    assert after[:keep] == before
    counts = finals(iter(after))
    assert len(counts) == 3 * CASES
    assert set(counts.values()) == {1}


def test_columns_are_those_of_the_whole_run(repository: Repository) -> None:
    """What was done before counts in the tables of the resumed run."""
    whole = repository.run(mode="live")
    expected = whole.arms["plain"].outcomes()
    resumed = repository.run(resume=cut(whole, 5).info.id)
    assert resumed.arms["plain"].outcomes() == expected
    assert expected[Outcome.CORRECT] == RIGHT


def test_a_finished_run_asks_nothing(repository: Repository) -> None:
    """Resumed by its id it stays as it is."""
    whole = repository.run(mode="live")
    before = (whole.path / JOURNAL_FILE).read_bytes()
    assert repository.run(resume=whole.info.id).info.status == "complete"
    assert (whole.path / JOURNAL_FILE).read_bytes() == before


def test_failures_are_asked_again_and_wrong_answers_are_not(repository: Repository) -> None:
    """Infrastructure failures get another chance; the new record takes their place in the table."""
    repository.write("harness.toml", FAILING)
    failed = repository.run(mode="live")
    assert failed.arms["plain"].outcomes()[Outcome.PROVIDER_ERROR] == 3  # test 1, 10 and 11
    repository.write("harness.toml", SCRIPTED)
    healed = repository.run(resume=failed.info.id)
    records = list(healed.records())
    assert len(records) == CASES + 3
    assert {record.case for record in records[CASES:]} == {"test1", "test10", "test11"}
    assert healed.arms["plain"].outcomes()[Outcome.PROVIDER_ERROR] == 0
    assert healed.arms["plain"].outcomes()[Outcome.CORRECT] == RIGHT
    assert len(healed.arms["plain"]) == CASES


def test_failures_are_asked_again_only_so_often(repository: Repository) -> None:
    """After 24 attempts over all resumes a failure is final."""
    repository.write("harness.toml", FAILING)
    failed = repository.run(mode="live")
    lengths = []
    for _ in range(26):
        resumed = repository.run(resume=failed.info.id)
        lengths.append(sum(1 for _ in resumed.records()))
    assert lengths[0] == CASES + 3
    assert lengths[22] == CASES + 3 * 23
    assert lengths[23:] == [lengths[22]] * 3
    assert resumed.arms["plain"].outcomes()[Outcome.PROVIDER_ERROR] == 3


def test_it_goes_on_as_what_it_began_as(tmp_path: Path) -> None:
    """Arms, split, mode, trials, limit and seed are those of the beginning."""
    repository = Repository(tmp_path, arms=SHOTS)
    began = {"arms": ["shots"], "split": "validation", "mode": "live", "trials": 2, "limit": 3}
    first = cut(repository.run(**began, seed=5), 4)
    second = repository.run(resume=first.info.id)
    for name in ("split", "mode", "trials", "limit", "seed", "cases"):
        assert getattr(second.info, name) == getattr(first.info, name)
    assert list(second.info.arms) == ["shots"]
    assert len(finals(second.records())) == 3 * 2 * 2


@pytest.mark.parametrize(
    ("path", "old", "new", "what"),
    [
        ("data/test.jsonl", "yes, test 0", "yes, test zero", "the cases"),
        ("data/test.jsonl", '"expected": "no"', '"expected": "yes"', "the expected values"),
        ("prompts/plain.j2", "The text", "The message", "the arms"),
        ("suite.toml", 'model = "m"\n[arms', 'model = "m2"\n[arms', "the arms"),
        ("suite.toml", 'primary = "label"', 'primary = "exact"', "the scorers"),
        ("suite.toml", "label.labels", "correct_at = 0.5\nlabel.labels", "the scorers"),
    ],
)
def test_a_changed_suite_is_refused(
    repository: Repository, path: str, old: str, new: str, what: str
) -> None:
    """Half a run of one thing and half of another is no run."""
    first = cut(repository.run(mode="live"), 5)
    before = (first.path / JOURNAL_FILE).read_bytes()
    repository.replace(path, old, new)
    with pytest.raises(UsageError, match=f"cannot be resumed: .*{what}.* changed"):
        repository.run(resume=first.info.id)
    assert (first.path / JOURNAL_FILE).read_bytes() == before


def test_the_newest_unfinished_run(repository: Repository) -> None:
    """Finished runs are passed over."""
    first = cut(repository.run(mode="live"), 5)
    repository.run(mode="live")
    assert repository.run(resume="").path == first.path
    with pytest.raises(UsageError, match="no unfinished run"):
        repository.run(resume="")


def test_by_path(repository: Repository, tmp_path: Path) -> None:
    """A run that was moved can still be named."""
    first = cut(repository.run(mode="live"), 5)
    moved = tmp_path / "moved"
    shutil.move(first.path, moved)
    assert repository.run(resume=str(moved)).path == moved


def test_two_writers_are_refused(repository: Repository) -> None:
    """While somebody holds the journal nobody else resumes it; what he writes is untouched."""
    first = cut(repository.run(mode="live"), 5)
    with Journal(first.path / JOURNAL_FILE), pytest.raises(JournalBusyError, match="another"):
        repository.run(resume=first.info.id)
    assert len(list(read_journal(first.path / JOURNAL_FILE))) == 5


def test_recording_goes_on(repository: Repository) -> None:
    """A resumed recording ends with the fixtures of the whole run."""
    first = cut(repository.run(mode="record"), 5)
    (repository.fixtures / "plain.jsonl").unlink()
    repository.run(resume=first.info.id)
    assert len(repository.lines()) == CASES


def test_what_it_says_about_itself_is_kept(repository: Repository) -> None:
    """When it began, and which models answered, also where nothing is left to be asked."""
    first = cut(repository.run(mode="live"), CASES, started="2026-01-01T00:00:00+00:00")
    again = repository.run(resume=first.info.id)
    assert again.info.started == "2026-01-01T00:00:00+00:00"
    assert again.info.arms["plain"].server == "scripted"
    assert again.info.arms["plain"].served_models == ("m",)
