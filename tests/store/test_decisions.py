"""Decisions: appended under a lock, numbered, and there whatever kills the writer."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import DataError, HarnessError
from harness.store.decisions import append_decision, read_decisions
from harness.values.baseline import Decision, next_number
from tests.approved import DECISIONS
from tests.approved import a_sealed_decision as a_decision

replace = msgspec.structs.replace


def _append(folder: Path, decision: Decision) -> Decision:
    """As a gate does: the number is that of the question among all earlier ones."""
    return append_decision(
        folder, lambda earlier: replace(decision, number=next_number(earlier, decision))
    )


def _asked(folder: Path, *cases: int) -> list[int]:
    return [_append(folder, a_decision(cases=count)).number for count in cases]


@settings(max_examples=30)
@given(st.lists(DECISIONS, max_size=5))
def test_what_is_appended_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, decisions: list[Decision]
):
    """In order, one line each; `make` sees all earlier ones; the lock is gone."""
    folder = tmp_path_factory.mktemp("baselines") / "stars"
    seen = []
    for decision in decisions:
        made = append_decision(folder, lambda earlier, d=decision: (seen.append(earlier), d)[1])
        assert made == decision
    assert read_decisions(folder) == tuple(decisions)
    assert seen == [tuple(decisions[:i]) for i in range(len(decisions))]
    names = [path.name for path in folder.iterdir()] if folder.exists() else []
    assert names == (["decisions.jsonl"] if decisions else [])


def test_no_file_is_no_decision(tmp_path: Path):
    """Nothing was asked yet; looking makes no file."""
    assert read_decisions(tmp_path / "none") == ()
    assert not list(tmp_path.iterdir())


def test_questions_are_numbered_as_they_are_asked(tmp_path: Path):
    """The same question has its number again, and its line all the same."""
    assert _asked(tmp_path, 100, 200, 100, 300) == [1, 2, 1, 3]
    assert [decision.number for decision in read_decisions(tmp_path)] == [1, 2, 1, 3]


def test_a_line_is_short_and_in_one_order(tmp_path: Path):
    """No spaces, no defaults."""
    _append(tmp_path, a_decision())
    text = (tmp_path / "decisions.jsonl").read_text()
    assert text.startswith('{"number":1,"time":"2026-11-28T10:00:00Z","suite":"stars","split":')
    assert "null" not in text
    assert '"limited"' not in text


WRITER = """
import sys
from pathlib import Path
import msgspec
from harness.store.decisions import append_decision
from harness.values.baseline import Decision, next_number
folder, first = Path(sys.argv[1]), int(sys.argv[2])
decision = msgspec.json.decode(sys.stdin.buffer.read(), type=Decision)
for cases in range(first, first + 20):
    asked = msgspec.structs.replace(decision, cases=cases)
    make = lambda earlier: msgspec.structs.replace(asked, number=next_number(earlier, asked))
    append_decision(folder, make)
"""


def _process(code: str, *arguments: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def test_two_processes_get_different_numbers(tmp_path: Path):
    """Both ask twenty questions at once: forty lines, each whole, numbered one to forty."""
    writers = [_process(WRITER, tmp_path, first) for first in (1000, 2000)]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(msgspec.json.encode(a_decision()))
        writer.stdin.close()
    assert [writer.wait(60) for writer in writers] == [0, 0]
    for writer in writers:
        for pipe in (writer.stdout, writer.stderr):
            assert pipe is not None
            pipe.close()
    decisions = read_decisions(tmp_path)
    assert [decision.number for decision in decisions] == list(range(1, 41))
    expected = [*range(1000, 1020), *range(2000, 2020)]
    assert sorted(decision.cases for decision in decisions) == expected
    assert [file.name for file in tmp_path.iterdir()] == ["decisions.jsonl"]


def test_one_gate_waits_for_the_other(tmp_path: Path):
    """Between reading and writing nobody else adds a line."""
    inside, go_on = threading.Event(), threading.Event()

    def slow(earlier: tuple[Decision, ...]) -> Decision:
        inside.set()
        go_on.wait(10)
        return a_decision(next_number(earlier, a_decision(cases=1)), cases=1)

    first = threading.Thread(target=append_decision, args=(tmp_path, slow))
    second = threading.Thread(target=_asked, args=(tmp_path, 2))
    first.start()
    inside.wait(10)
    second.start()
    second.join(0.1)
    assert second.is_alive()
    assert read_decisions(tmp_path) == ()
    go_on.set()
    first.join()
    second.join()
    assert [(d.number, d.cases) for d in read_decisions(tmp_path)] == [(1, 1), (2, 2)]


KILLED = """
import os, signal, sys
from pathlib import Path
import msgspec
from harness.store.decisions import append_decision
from harness.values.baseline import Decision
decision = msgspec.json.decode(sys.stdin.buffer.read(), type=Decision)
write, share = os.write, float(sys.argv[2])
def torn(file, data):
    write(file, data[: int(len(data) * share)])
    os.kill(os.getpid(), signal.SIGKILL)
os.write = torn
append_decision(Path(sys.argv[1]), lambda earlier: decision)
"""


@pytest.mark.parametrize(("share", "kept"), [(0.0, 0), (0.5, 0), (1.0, 1)])
def test_a_kill_within_an_append(tmp_path: Path, share: float, kept: int):
    """A line that is not whole is none; the next gate cuts it and goes on, lock file or not."""
    _asked(tmp_path, 100)
    before = (tmp_path / "decisions.jsonl").read_bytes()
    writer = _process(KILLED, tmp_path, share)
    writer.communicate(msgspec.json.encode(a_decision(2, cases=200)), timeout=60)
    assert writer.returncode == -9
    left = (tmp_path / "decisions.jsonl").read_bytes()
    assert left.startswith(before)
    assert (len(left) > len(before)) == (share > 0)
    assert (tmp_path / ".lock").exists()
    assert [d.number for d in read_decisions(tmp_path)] == [1, 2][: 1 + kept]
    assert _asked(tmp_path, 300) == [2 + kept]
    assert [d.cases for d in read_decisions(tmp_path)] == [100, *[200] * kept, 300]
    assert not (tmp_path / ".lock").exists()


@settings(max_examples=60)
@given(st.data())
def test_no_truncation_loses_a_whole_line(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
):
    """Cut anywhere: all whole lines are read, and the next gate goes on behind them."""
    folder = tmp_path_factory.mktemp("baselines")
    _asked(folder, 1, 2, 3)
    path = folder / "decisions.jsonl"
    whole = path.read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    os.truncate(path, cut)
    kept = whole[:cut].count(b"\n")
    assert [d.cases for d in read_decisions(folder)] == [1, 2, 3][:kept]
    assert _asked(folder, 9) == [kept + 1]
    assert [d.cases for d in read_decisions(folder)] == [*[1, 2, 3][:kept], 9]


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
import msgspec
from harness.errors import DataError
from harness.store.decisions import append_decision
from harness.values.baseline import Decision
decision = msgspec.json.decode(sys.stdin.buffer.read(), type=Decision)
limit = int(sys.argv[2])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    append_decision(Path(sys.argv[1]), lambda earlier: decision)
except DataError as error:
    print(error)
"""


@pytest.mark.parametrize("over", [0, 1, 100])
def test_a_full_disk_leaves_whole_lines(tmp_path: Path, over: int):
    """The kernel takes a part of the line, or none; the file ends with the line before."""
    _asked(tmp_path, 100)
    path = tmp_path / "decisions.jsonl"
    before = path.read_bytes()
    writer = _process(FULL_DISK, tmp_path, len(before) + over)
    out, err = writer.communicate(msgspec.json.encode(a_decision(2)), timeout=60)
    assert err == b""
    assert out.decode() == f"{path}: cannot be written (File too large)\n"
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["decisions.jsonl"]


def test_a_line_that_the_disk_may_not_keep_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """An error says that nothing was decided, so there is no line either."""
    _asked(tmp_path, 100)

    def broken(file: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", broken)
        with pytest.raises(DataError, match=r"decisions\.jsonl: cannot be written \(Input/output"):
            _asked(tmp_path, 200)
    assert [d.cases for d in read_decisions(tmp_path)] == [100]
    assert _asked(tmp_path, 300) == [2]


def test_one_write_and_one_sync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """To a file that is only appended to, and before the call returns."""
    calls: list[tuple[str, bool]] = []
    write, fsync = os.write, os.fsync

    def told(name: str, file: int) -> None:
        import fcntl

        calls.append((name, bool(fcntl.fcntl(file, fcntl.F_GETFL) & os.O_APPEND)))

    monkeypatch.setattr(os, "write", lambda f, data: (told("write", f), write(f, data))[1])
    monkeypatch.setattr(os, "fsync", lambda f: (told("fsync", f), fsync(f))[1])
    _asked(tmp_path, 100)
    assert calls == [("write", True), ("fsync", True)]


def test_a_folder_that_cannot_be_written(tmp_path: Path):
    """A file where the folder belongs, a folder where the file does: an error, nothing written."""
    (tmp_path / "stars").write_text("in the way")
    with pytest.raises(DataError, match="cannot be locked"):
        _asked(tmp_path / "stars", 100)
    (tmp_path / "other" / "decisions.jsonl").mkdir(parents=True)
    with pytest.raises(DataError, match=r"cannot be read \(Is a directory\)"):
        _asked(tmp_path / "other", 100)
    assert not (tmp_path / "other" / ".lock").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder(tmp_path: Path):
    """As in a container: an error that names it."""
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(DataError, match=r"cannot be locked \(Permission denied\)"):
            _asked(tmp_path, 100)
    finally:
        tmp_path.chmod(0o700)


def test_broken_lines_have_their_numbers(tmp_path: Path):
    """All of them, as a merge leaves them; nothing is appended behind them."""
    _asked(tmp_path, 100, 200, 300)
    path = tmp_path / "decisions.jsonl"
    one, two, three = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join([one, b"<<<<<<< HEAD", two, b'{"number":1}', three, b""]))
    before = path.read_bytes()
    for call in (lambda: read_decisions(tmp_path), lambda: _asked(tmp_path, 400)):
        with pytest.raises(DataError) as caught:
            call()
        assert [problem.line for problem in caught.value.problems] == [2, 4]
        assert caught.value.problems[1].message == (
            "no decision: Object missing required field `time`"
        )
    assert path.read_bytes() == before
    assert not (tmp_path / ".lock").exists()


def test_an_error_of_the_gate_appends_nothing(tmp_path: Path):
    """And gives the lock back."""

    def refuse(earlier: tuple[Decision, ...]) -> Decision:
        raise KeyError(earlier)

    with pytest.raises(KeyError):
        append_decision(tmp_path, refuse)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "decision",
    [
        a_decision(candidate=replace(a_decision().candidate, mean=float("nan"))),
        a_decision(split="tset"),
        a_decision(difference=float("nan")),
    ],
)
def test_what_could_not_be_read_again_is_not_written(tmp_path: Path, decision: Decision):
    """One bad line would stop every later gate: a fault of the harness is told at once."""
    with pytest.raises(HarnessError, match="could not be read again") as caught:
        append_decision(tmp_path, lambda earlier: decision)
    assert caught.value.exit_code == 70
    assert read_decisions(tmp_path) == ()
