"""Locks: one holder at a time, and nothing left behind."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from harness.store.lock import locked


def test_one_holder_at_a_time(tmp_path: Path):
    """Threads that each read, wait and write never see each other's half-done work."""
    path, count, together = tmp_path / "folder" / ".lock", [0], threading.Barrier(4)

    def work() -> None:
        together.wait()
        for _ in range(25):
            with locked(path):
                before = count[0]
                threading.Event().wait(0.0005)
                count[0] = before + 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count == [100]
    assert list(path.parent.iterdir()) == []


def test_an_error_gives_the_lock_back(tmp_path: Path):
    """So does a file that a killed holder left: it is locked by nobody."""
    path = tmp_path / ".lock"
    with pytest.raises(KeyError), locked(path):
        raise KeyError
    path.write_text("")
    with locked(path):
        assert path.exists()
    assert not path.exists()
