"""A page packed by several processes: the same page, and no trace of them however they end."""

from __future__ import annotations

import os
import signal

import pytest

from harness.errors import DataError, HarnessError
from harness.store.runs import JOURNAL_FILE
from harness.workflows.page import parts, processes, source
from harness.workflows.page.page import write_page
from tests.reports.page.decoded import Decoded
from tests.workflows.gate.gate_repository import BAD, GOOD, TODAY, GateRepository

PART = 7


class Seen:
    """What a page told whoever watched."""

    def __init__(self) -> None:
        self.planned = self.counted = 0

    def began(self, cases):
        self.planned = cases

    def packed(self, cases):
        self.counted += cases


@pytest.fixture
def recorded(tmp_path):
    made = GateRepository(tmp_path)
    made.record(plain=BAD, other=GOOD)
    return made


@pytest.fixture
def several(monkeypatch):
    """Forty cases make six parts, which two processes pack; returns the processes started."""
    started = []
    real = processes._started

    def noted(*given):
        started.append(real(*given))
        return started[-1]

    monkeypatch.setattr(source, "PART_CASES", PART)
    monkeypatch.setattr(parts, "PART_CASES", PART)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(processes, "_started", noted)
    return started


def written(repository, **choices):
    path = repository.root / "page.html"
    write_page(repository.open(), path, today=TODAY, **choices)
    return Decoded(path.read_text())


def assert_no_trace(repository, started):
    assert [process.returncode is None for process in started] == [False] * len(started)
    assert [path.name for path in repository.root.glob(".page*")] == []


def test_the_page_is_the_same_as_of_one_process(recorded, request):
    whole = written(recorded)
    started = request.getfixturevalue("several")
    seen = Seen()
    found = written(recorded, watcher=seen)
    assert [part.tables["cases"] for part in found.parts] == [7, 7, 7, 7, 7, 5]
    assert found.cases() == whole.cases()
    assert found.ids == whole.ids
    assert (seen.planned, seen.counted) == (40, 40)
    assert [process.returncode is not None for process in started] == [True, True]


def test_the_same_page_whatever_the_number_of_processors(recorded, several, monkeypatch):
    first = written(recorded)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    assert written(recorded).blocks == first.blocks
    assert len(several) == 2


def test_baselines_are_shown_by_their_outcomes_there_too(recorded, several):
    recorded.promote("plain")
    recorded.live("other")
    recorded.forget("plain")
    found = written(recorded, runs=("newest",), baselines=("plain",))
    assert [arm["kind"] for arm in found.about["arms"]] == ["baseline", "zero-shot"]
    baseline, other = zip(*(case["arms"] for case in found.cases()), strict=True)
    assert [reply["value"] for (reply,) in baseline] == [float(letter == "+") for letter in BAD]
    assert {reply["text"] for (reply,) in baseline} == {None}
    assert {reply["text"] for (reply,) in other} == {"yes", "no"}


def before_packing(monkeypatch, act):
    """Do something when the sides are known and the processes wait for what to pack."""
    begin = processes._Process.begin

    def acting(self, *given):
        act()
        begin(self, *given)

    monkeypatch.setattr(processes._Process, "begin", acting)


def test_a_process_that_is_killed_is_an_error_and_leaves_the_old_page(
    recorded, several, monkeypatch
):
    before = written(recorded).blocks
    before_packing(monkeypatch, lambda: [one.send_signal(signal.SIGKILL) for one in several[2:]])
    with pytest.raises(HarnessError, match="ended with signal 9 before it was done"):
        written(recorded)
    assert Decoded((recorded.root / "page.html").read_text()).blocks == before
    assert_no_trace(recorded, several)


def test_what_another_process_finds_broken_is_said_as_here(recorded, several, monkeypatch):
    run = recorded.live("other")
    journal = run.path / JOURNAL_FILE
    before_packing(monkeypatch, lambda: journal.write_bytes(b"nonsense\n"))
    with pytest.raises(DataError, match=r"journal\.jsonl:1: no record") as raised:
        written(recorded, runs=(run.info.id,))
    assert raised.value.problems[0].line == 1
    assert_no_trace(recorded, several)


def test_an_interrupt_ends_all_processes(recorded, several, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("harness.workflows.page.page.shown_sides", interrupted)
    with pytest.raises(KeyboardInterrupt):
        written(recorded)
    assert_no_trace(recorded, several)


def test_a_process_ends_when_nobody_waits_for_it(recorded, several):
    """As when this one is killed: the pipes are closed."""
    with processes.PartProcesses(recorded.open().folder, 2, lambda _: None):
        for process in several:
            process.stdin.close()
            assert process.wait(timeout=30) == 0
