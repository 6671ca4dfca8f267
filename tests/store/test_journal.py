"""The journal: what was acknowledged stays, whatever kills the writer; one writer at a time."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import DataError, JournalBusyError
from harness.store import appended as appended_module
from harness.store.journal import Journal, read_journal
from harness.values.record import Exchange, Record
from harness.values.reply import Answer, Failure, Usage, assistant
from harness.values.request import Replicate
from harness.values.score import Outcome, Score


def _record(case: str, text: str = "5") -> Record:
    return Record(
        arm="a",
        case=case,
        input_digest="d",
        outcome=Outcome.CORRECT,
        exchanges=(Exchange("k", Answer(assistant(text), usage=Usage(3, output=1))),),
        replicate=Replicate(1, 2),
        shots=("t1", "t2"),
        scores={"stars": Score(1.0, 5)},
        tags={"lang": "en"},
    )


RECORDS = [_record(f"case-{i}", "Grüße\n😀" * i) for i in range(12)]


def _write(path: Path, records: list[Record]) -> bytes:
    with Journal(path) as journal:
        for record in records:
            journal.append(record)
    return path.read_bytes()


def test_records_come_back_in_order(tmp_path: Path):
    """decode(encode(x)) == x, one line each, failures too; folders are made."""
    failed = Record(
        arm="b",
        case="c",
        input_digest="d",
        outcome=Outcome.PROVIDER_ERROR,
        exchanges=(Exchange("k", Failure("timeout", "slow", None, 1.0), ("timeout",)),),
    )
    path = tmp_path / "run" / "journal.jsonl"
    data = _write(path, [*RECORDS, failed])
    assert list(read_journal(path)) == [*RECORDS, failed]
    assert data.count(b"\n") == len(RECORDS) + 1


def test_a_journal_is_appended_to(tmp_path: Path):
    """Opening it again loses nothing."""
    path = tmp_path / "journal.jsonl"
    _write(path, RECORDS[:5])
    _write(path, RECORDS[5:])
    assert list(read_journal(path)) == RECORDS


def test_a_record_is_there_before_append_returns(tmp_path: Path):
    """No buffer of this process: another reader sees it at once."""
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        for count, record in enumerate(RECORDS, 1):
            journal.append(record)
            assert len(list(read_journal(path))) == count


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_truncation_loses_a_whole_line(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
):
    """Cut anywhere: all whole lines are read, and the next writer goes on behind them."""
    path = tmp_path_factory.mktemp("journal") / "journal.jsonl"
    whole = _write(path, RECORDS)
    cut = data.draw(st.integers(0, len(whole)))
    os.truncate(path, cut)
    kept = whole[:cut].count(b"\n")
    assert list(read_journal(path)) == RECORDS[:kept]
    _write(path, [_record("next")])
    assert list(read_journal(path)) == [*RECORDS[:kept], _record("next")]


@pytest.mark.parametrize("chunk", [1, 7, 64, 1 << 16])
def test_a_torn_line_is_cut_whatever_its_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
):
    """The search for the last line end goes back in steps; a line may be longer than one."""
    monkeypatch.setattr(appended_module, "_CHUNK", chunk)
    path = tmp_path / "journal.jsonl"
    whole = _write(path, RECORDS[:2])
    path.write_bytes(whole + b'{"arm":"' + b"x" * 300)
    Journal(path).close()
    assert path.read_bytes() == whole


def test_a_file_that_is_one_torn_line_becomes_empty(tmp_path: Path):
    """A writer killed in its first record."""
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b'{"arm"')
    Journal(path).close()
    assert path.read_bytes() == b""


def test_a_second_writer_is_refused(tmp_path: Path):
    """In another process; it may write once the first one has closed."""
    path = tmp_path / "journal.jsonl"
    code = "import sys; from pathlib import Path; from harness.store.journal import Journal; "
    command = [sys.executable, "-c", code + "Journal(Path(sys.argv[1])).close()", str(path)]
    with Journal(path) as journal:
        journal.append(RECORDS[0])
        second = subprocess.run(command, capture_output=True, text=True, check=False)
    assert second.returncode != 0
    assert f"JournalBusyError: {path}: another process is writing this run" in second.stderr
    assert list(read_journal(path)) == RECORDS[:1]
    subprocess.run(command, check=True)


def test_a_second_writer_in_this_process_is_refused_too(tmp_path: Path):
    """The lock belongs to the open file, not to the process."""
    path = tmp_path / "journal.jsonl"
    with Journal(path), pytest.raises(JournalBusyError):
        Journal(path)


def test_the_lock_of_a_killed_writer_is_free(tmp_path: Path):
    """A kill -9 leaves what was written and no lock."""
    path = tmp_path / "journal.jsonl"
    code = """
import os, signal, sys
from pathlib import Path
from harness.store.journal import Journal, read_journal
source, target = map(Path, sys.argv[1:])
journal = Journal(target)
for record in read_journal(source):
    journal.append(record)
os.kill(os.getpid(), signal.SIGKILL)
"""
    source = tmp_path / "source.jsonl"
    _write(source, RECORDS)
    done = subprocess.run([sys.executable, "-c", code, str(source), str(path)], check=False)
    assert done.returncode == -9
    _write(path, [_record("next")])
    assert list(read_journal(path)) == [*RECORDS, _record("next")]


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from harness.errors import DataError
from harness.store.journal import Journal, read_journal
source, target, limit = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
with Journal(target) as journal:
    try:
        for count, record in enumerate(read_journal(source)):
            journal.append(record)
    except DataError as error:
        print(count, error)
"""


@pytest.mark.parametrize("over", [0, 1, 100])
def test_a_full_disk_leaves_whole_lines(tmp_path: Path, over: int):
    """The kernel takes a part of a line, or none; the journal ends with the record before."""
    source, target = tmp_path / "source.jsonl", tmp_path / "target.jsonl"
    lines = _write(source, RECORDS).splitlines(keepends=True)
    limit = len(b"".join(lines[:3])) + over
    command = [sys.executable, "-c", FULL_DISK, str(source), str(target), str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"3 {target}: cannot be written")
    assert target.read_bytes() == b"".join(lines[:3])


def _fail(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """From now on these calls say that the disk is broken."""

    def broken(*args: object) -> NoReturn:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    for name in names:
        monkeypatch.setattr(appended_module.os, name, broken)


def test_a_failing_sync_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """By itself and on closing, which gives the lock back all the same."""
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    with monkeypatch.context() as patch:
        _fail(patch, "fsync")
        for call in (journal.sync, journal.close):
            with pytest.raises(DataError, match=r"journal\.jsonl: cannot be written \(Input/outp"):
                call()
    Journal(path).close()


def test_a_failing_close_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Some file systems report only then what they could not write."""
    journal = Journal(tmp_path / "journal.jsonl")
    with monkeypatch.context() as patch:
        _fail(patch, "close")
        with pytest.raises(DataError, match=r"journal\.jsonl: cannot be written"):
            journal.close()
    journal.close()


def test_a_journal_that_cannot_be_recovered_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Its torn line cannot be cut: an error that names it, no lock, and the file as it was."""
    path = tmp_path / "journal.jsonl"
    path.write_bytes(_write(path, RECORDS[:1]) + b'{"arm"')
    with monkeypatch.context() as patch:
        _fail(patch, "ftruncate")
        with pytest.raises(DataError, match=r"journal\.jsonl: cannot be written"):
            Journal(path)
    _write(path, RECORDS[1:2])
    assert list(read_journal(path)) == RECORDS[:2]


def test_what_could_not_be_cut_is_cut_before_the_next_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Half a line, and a disk that fails to take it away: the next record does not follow it."""
    path = tmp_path / "journal.jsonl"
    write = os.write

    def half(file: int, data: bytes) -> int:
        write(file, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with Journal(path) as journal:
        journal.append(RECORDS[0])
        with monkeypatch.context() as patch:
            patch.setattr(appended_module.os, "write", half)
            _fail(patch, "ftruncate")
            with pytest.raises(DataError, match=r"journal\.jsonl: .* \(No space left"):
                journal.append(RECORDS[1])
            with pytest.raises(DataError, match=r"journal\.jsonl: .* \(Input/output"):
                journal.append(RECORDS[1])
        journal.append(RECORDS[2])
    assert list(read_journal(path)) == [RECORDS[0], RECORDS[2]]


def test_a_line_that_is_no_record_is_a_problem(tmp_path: Path):
    """A whole line is never passed over silently: what it said would be lost."""
    path = tmp_path / "journal.jsonl"
    lines = _write(path, RECORDS[:2]).splitlines(keepends=True)
    path.write_bytes(lines[0] + b'{"arm":1}\n' + lines[1])
    records = read_journal(path)
    assert next(records) == RECORDS[0]
    with pytest.raises(DataError, match=r"journal\.jsonl:2: no record: "):
        next(records)


def _folder(tmp_path: Path) -> Path:
    return tmp_path


def _below_a_file(tmp_path: Path) -> Path:
    (tmp_path / "file").write_text("x")
    return tmp_path / "file" / "journal.jsonl"


@pytest.mark.parametrize("make", [_folder, _below_a_file])
def test_what_cannot_be_written_is_a_data_error(tmp_path: Path, make: Callable[[Path], Path]):
    """A folder in the place of the file, a file in the place of a folder."""
    with pytest.raises(DataError, match="cannot be written"):
        Journal(make(tmp_path))


def test_an_absent_journal_is_a_problem(tmp_path: Path):
    """Reading creates nothing."""
    with pytest.raises(DataError, match="cannot be read"):
        next(read_journal(tmp_path / "none.jsonl"))
    assert not list(tmp_path.iterdir())
