"""Run a suite in processes of their own and kill them: what each said is acknowledged comes out.

`python slow_suite.py ROOT SEED KILLS` imports once and then forks, runs and kills, so that two
hundred kills take seconds, not minutes.
"""

from __future__ import annotations

import asyncio
import os
import random
import select
import signal
import sys
import time
from pathlib import Path

import harness.providers.scripted.endpoint as scripted
from harness.store.runs import FINISHED, read_info, run_folders
from harness.values.record import Record
from harness.values.reply import Reply
from harness.values.request import Request
from harness.workflows.run import open_suite, run

LONGEST_LIFE_S = 0.15


class SlowEndpoint(scripted.ScriptedEndpoint):
    """The scripted fake with a few milliseconds of delay, so that there is something in flight."""

    async def complete(self, request: Request) -> Reply:
        await asyncio.sleep(random.uniform(0.0, 0.004))
        return await super().complete(request)


class Announcer:
    """Says each record's address once it is acknowledged, in one write."""

    def began(self, planned: object, done: object) -> None:
        os.write(1, b"began\n")

    def settled(self, record: Record) -> None:
        replicate = record.replicate
        address = (record.arm, record.case, replicate.shot_seed, replicate.trial, record.outcome)
        os.write(1, "\t".join(map(str, address)).encode() + b"\n")


def work(root: Path) -> None:
    """Go on with the run that is not finished, or begin one."""
    scripted.ScriptedEndpoint = SlowEndpoint  # type: ignore[misc]
    folders = run_folders(root / "results", "demo")
    unfinished = any(read_info(folder).status not in FINISHED for folder in folders)
    choices = {"resume": ""} if unfinished else {"mode": "live", "trials": 4}
    run(open_suite("demo", root), [Announcer()], **choices)


def nursery(root: Path, seed: int, kills: int) -> None:
    """Start a child after the other until `kills` were killed; what they said comes out."""
    random.seed(seed)
    while kills > 0:
        text, was_killed = _one_life(root)
        kills -= was_killed
        sys.stdout.buffer.write(text + (b"killed\n" if was_killed else b"ended\n"))


def _one_life(root: Path) -> tuple[bytes, bool]:
    """Fork a child that works, wait for its first word, kill it after a while; what it said."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        os.dup2(write_end, 1)
        work(root)
        os._exit(0)
    os.close(write_end)
    text = b""
    deadline = None
    while True:
        wait = None if deadline is None else max(0.0, deadline - time.monotonic())
        readable, _, _ = select.select([read_end], [], [], wait)
        if not readable:
            os.kill(child, signal.SIGKILL)
            break
        part = os.read(read_end, 1 << 16)
        if not part:
            break
        text += part
        deadline = deadline or time.monotonic() + random.uniform(0.0, LONGEST_LIFE_S)
    while part := os.read(read_end, 1 << 16):
        text += part
    os.close(read_end)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return text, True
    assert os.WEXITSTATUS(status) == 0, (status, text)
    return text, False


if __name__ == "__main__":
    nursery(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
