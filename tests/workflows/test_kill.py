"""`kill -9` and Ctrl-C of real processes: what is acknowledged is never lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from harness.store.journal import read_journal
from harness.store.runs import JOURNAL_FILE, find_unfinished, read_info
from harness.values.record import Record

from .repository import CASES, SHOTS, Repository, addresses

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
KILLS = 200
ROWS = 3 * 4 * CASES  # one arm with one seed, one with two; four trials


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(PROJECT)}


def kill(root: Path, times: int) -> str:
    """What the children said who were killed, and those who were quicker."""
    command = [sys.executable, str(HERE / "slow_suite.py"), str(root), "7", str(times)]
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment(), timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def said(text: str) -> list[str]:
    """The addresses that a child announced, as printed."""
    return [line for line in text.splitlines() if line.count("\t") == 4]


def printed(record: Record) -> str:
    (address,) = addresses([record])
    return "\t".join(map(str, (*address, record.outcome)))


def test_two_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    """Every record that was announced stands in the journal, exactly once in the end.

    Runs are killed at random moments and resumed until they are complete, then a new one begins.
    """
    repository = Repository(tmp_path, arms=SHOTS)
    text = kill(tmp_path, KILLS)
    assert text.count("killed\n") == KILLS
    journals = [list(read_journal(folder / JOURNAL_FILE)) for folder in repository.runs]
    written = Counter(printed(record) for records in journals for record in records)
    announced = Counter(said(text))
    assert sum(announced.values()) > KILLS
    assert announced <= written  # a record may be written and its child killed before it said so
    complete = [f for f in repository.runs if read_info(f).status == "complete"]
    assert len(complete) >= text.count("ended\n")
    for folder, records in zip(repository.runs, journals, strict=True):
        counts = Counter(addresses(records))
        assert set(counts.values()) <= {1}
        if folder in complete:
            assert len(counts) == ROWS


def test_the_last_run_can_be_ended(tmp_path: Path) -> None:
    """After the kills a run that is left resumes to exactly one final record for each row."""
    repository = Repository(tmp_path, arms=SHOTS)
    kill(tmp_path, 1)
    assert find_unfinished(repository.root / "results", "demo") in repository.runs
    resumed = repository.run(resume="")
    assert resumed.info.status == "complete"
    counts = Counter(addresses(resumed.records()))
    assert len(counts) == ROWS
    assert set(counts.values()) == {1}


@pytest.mark.parametrize("wait", [0.0, 0.03, 0.1])
def test_ctrl_c(tmp_path: Path, wait: float) -> None:
    """SIGINT: exit code 130, the command that goes on, a journal in which every line is whole."""
    repository = Repository(tmp_path, SLOW)
    command = [sys.executable, "-c", CHILD, "run", "demo", "--live", "--trials", "500"]
    child = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    journal = _wait_for_records(repository, child)
    time.sleep(wait + random.uniform(0, 0.02))
    child.send_signal(signal.SIGINT)
    _, errors = child.communicate(timeout=30)
    assert child.returncode == 130, errors
    folder = journal.parent
    assert f"harness run demo --resume {folder.name}" in errors
    assert "Traceback" not in errors
    assert read_info(folder).status == "interrupted"
    assert journal.read_bytes().endswith(b"\n")
    counts = Counter(addresses(read_journal(journal)))
    assert 0 < len(counts) < 500 * CASES
    assert set(counts.values()) == {1}


SLOW = r"""
[endpoints.fake]
kind = "scripted"
rules = [["says (yes|no)", '\1']]
"""
CHILD = "from harness.cli.main import main; main()"


def _wait_for_records(repository: Repository, child: subprocess.Popen[str]) -> Path:
    for _ in range(2000):
        for folder in repository.runs:
            journal = folder / JOURNAL_FILE
            if journal.exists() and journal.stat().st_size:
                return journal
        assert child.poll() is None, child.communicate()
        time.sleep(0.005)
    raise AssertionError("no record within 10 s")
