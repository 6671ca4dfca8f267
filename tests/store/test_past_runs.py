"""Past runs in brief: from journals once, then from summaries that know when they are stale."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import DataError
from harness.store import past_runs as module
from harness.store.journal import Journal
from harness.store.past_runs import SUMMARY_FILE, past_runs
from harness.store.runs import INFO_FILE, JOURNAL_FILE, read_info, write_info
from harness.values.score import Outcome

from .journals import arm, failed, info, record, renamed, written

RIGHT = [record("x"), record("y")]


def _folder(results: Path, name: str) -> Path:
    return results / "runs" / "s" / name


def _means(results: Path) -> list[float | None]:
    return [run.arms["a"].mean for run in past_runs(results, "s", "test")[0]]


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The journals that were read."""
    read: list[Path] = []
    load = module.load_run

    def counted(folder: Path):
        read.append(folder)
        return load(folder)

    monkeypatch.setattr(module, "load_run", counted)
    return read


def test_runs_come_oldest_first_with_what_arms_reached(tmp_path: Path):
    """The mean and interval that the tables show."""
    written(_folder(tmp_path, "2"), [record("x"), record("y", outcome=Outcome.WRONG)])
    written(_folder(tmp_path, "1"), RIGHT)
    found, skipped = past_runs(tmp_path, "s", "test")
    assert [(run.info.id, run.arms["a"].mean) for run in found] == [("1", 1.0), ("2", 0.5)]
    assert found[1].arms["a"].cases == 2
    interval = found[1].arms["a"].interval
    assert interval is not None
    assert interval.low < 0.5 < interval.high
    assert skipped == ()


def test_a_journal_is_read_once(tmp_path: Path, loads: list[Path]):
    """The second time the summary beside it is enough."""
    written(_folder(tmp_path, "1"), RIGHT)
    first = past_runs(tmp_path, "s", "test")
    assert past_runs(tmp_path, "s", "test") == first
    assert len(loads) == 1


def test_a_stale_summary_is_made_again(tmp_path: Path, loads: list[Path]):
    """The journal grew, or run.json says something else."""
    folder = written(_folder(tmp_path, "1"), [record("x"), failed("y")])
    assert _means(tmp_path) == [0.5]
    with Journal(folder / JOURNAL_FILE) as journal:
        journal.append(record("y"))
    assert _means(tmp_path) == [1.0]
    write_info(folder, renamed(read_info(folder), arms={"a": arm(ended="auth: 401 no key")}))
    assert _means(tmp_path) == [None]
    assert len(loads) == 3


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b'{"version":0,"made_from":[1,2,3,4],"arms":{}}']
)
def test_a_summary_that_is_broken_or_old_is_made_again(tmp_path: Path, data: bytes):
    """It may be deleted or damaged: it holds nothing of its own."""
    folder = written(_folder(tmp_path, "1"), RIGHT)
    (folder / SUMMARY_FILE).write_bytes(data)
    assert _means(tmp_path) == [1.0]
    assert (folder / SUMMARY_FILE).read_bytes() != data


def test_where_nothing_can_be_written_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A read-only disk costs time, not an answer."""
    written(_folder(tmp_path, "1"), RIGHT)

    def refused(*words: object) -> None:
        raise DataError("cannot be written")

    monkeypatch.setattr(module, "write_atomic", refused)
    assert _means(tmp_path) == [1.0]


def test_a_run_that_grows_while_it_is_read_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Its summary would be of neither state."""
    folder = written(_folder(tmp_path, "1"), [record("x")])
    load = module.load_run

    def grown(path: Path):
        run = load(path)
        with Journal(folder / JOURNAL_FILE) as journal:
            journal.append(record("y"))
        return run

    monkeypatch.setattr(module, "load_run", grown)
    past_runs(tmp_path, "s", "test")
    assert not (folder / SUMMARY_FILE).exists()


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("running", "not finished, or killed"),
        ("limited", "limited to a part of the cases"),
        ("budget", "stopped at its budget"),
        ("interrupted", "interrupted"),
        ("unrecorded", "replies were not recorded"),
    ],
)
def test_what_is_not_whole_is_skipped_with_a_reason(tmp_path: Path, status: str, reason: str):
    """Its shares are of other cases than those of whole runs."""
    written(_folder(tmp_path, "1"), RIGHT, info("1", status=status))
    found, (skipped,) = past_runs(tmp_path, "s", "test")
    assert found == ()
    assert (skipped.name, skipped.reason) == ("1", reason)


def test_an_incomplete_run_has_the_arms_that_are_complete(tmp_path: Path):
    """One that broke off has no mean, and one without a record was not run."""
    arms = {"a": arm(), "b": arm(ended="auth: 401"), "c": arm()}
    records = [*RIGHT, record("x", arm="b")]
    written(_folder(tmp_path, "1"), records, info("1", status="incomplete", arms=arms))
    ((run,), _) = past_runs(tmp_path, "s", "test")
    assert {name: (one.mean, one.gap) for name, one in run.arms.items()} == {
        "a": (1.0, ""),
        "b": (None, "ended early"),
        "c": (None, "not run"),
    }


def test_broken_runs_are_skipped_and_named(tmp_path: Path):
    """Without a journal, with a damaged one, or with a run.json that is none."""
    for name in ("1", "2", "3", "4"):
        written(_folder(tmp_path, name), RIGHT)
    (_folder(tmp_path, "1") / JOURNAL_FILE).unlink()
    (_folder(tmp_path, "2") / JOURNAL_FILE).write_bytes(b"{}\n")
    (_folder(tmp_path, "3") / INFO_FILE).write_bytes(b"{")
    found, skipped = past_runs(tmp_path, "s", "test")
    assert [run.info.id for run in found] == ["4"]
    assert [one.name for one in skipped] == ["1", "2", "3"]
    assert "No such file" in skipped[0].reason
    assert "no record" in skipped[1].reason
    assert "broken" in skipped[2].reason


def test_other_splits_and_suites_are_not_there(tmp_path: Path):
    """Nor are they skipped: nobody asked for them."""
    written(_folder(tmp_path, "1"), RIGHT, info("1", split="validation"))
    assert past_runs(tmp_path, "s", "test") == ((), ())
    assert past_runs(tmp_path, "other", "test") == ((), ())
