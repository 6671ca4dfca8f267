"""A small repository with one suite, to be bent by each test; and a fake server beside it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from providers.fake_server import FakeServer, fake_server

from harness.store.fixtures import FixtureLine, fixture_path, read_fixtures
from harness.store.runs import Run
from harness.store.suite import Suite
from harness.values.record import Record
from harness.workflows.run import open_suite, run

SCRIPTED = r"""
[endpoints.fake]
kind = "scripted"
rules = [["says (yes|no)", '\1']]
default = "hm"
"""
SUITE = """
title = "Yes or no"
[data]
train = "data/train.jsonl"
validation = "data/validation.jsonl"
test = "data/test.jsonl"
[scorer]
primary = "label"
label.labels = ["yes", "no"]
[models.m]
endpoint = "fake"
model = "m"
[arms.plain]
model = "m"
form = "completion"
prompt = "plain"
"""
SHOTS = """
[arms.shots]
extends = "plain"
prompt = "shots"
shots = { policy = "random", k = 2, seeds = [1, 2] }
"""
TUNED = """
[arms.tuned]
extends = "plain"
training = "lora"
[trainings.lora]
completion = " {{ expected }}"
"""
LOCAL = '[endpoints.fake]\nkind = "local"\n'
PROMPTS = {
    "plain": "The text says {{ text }}.",
    "shots": "{% for s in shots %}{{ s.text }}: {{ s.expected }}\n{% endfor %}"
    "The text says {{ text }}.",
}
CASES = 12
RIGHT = 9


def case(split: str, number: int, text: str, expected: str, **more: Any) -> dict[str, Any]:
    return {"id": f"{split}{number}", "input": {"text": text}, "expected": expected, **more}


def usual_cases(split: str, count: int) -> list[dict[str, Any]]:
    """Yes and no by turns; every fourth cannot be read off its text, which is not an answer."""
    labels = ("yes", "no")
    texts = [labels[i % 2] if i % 4 != 3 else "maybe" for i in range(count)]
    return [case(split, i, f"{texts[i]}, {split} {i}", labels[i % 2]) for i in range(count)]


class Repository:
    """`root` holds harness.toml and suites/demo."""

    def __init__(self, root: Path, endpoints: str = SCRIPTED, arms: str = "") -> None:
        self.root = root
        self.folder = root / "suites" / "demo"
        self.fixtures = self.folder / "fixtures"
        self.write("harness.toml", endpoints)
        self.write("suites/demo/suite.toml", SUITE + arms)
        for name, text in PROMPTS.items():
            self.prompt(name, text)
        for split, count in (("train", 6), ("validation", 4), ("test", CASES)):
            self.cases(split, usual_cases(split, count))

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def prompt(self, name: str, text: str) -> None:
        self.write(f"suites/demo/prompts/{name}.j2", text)

    def cases(self, split: str, rows: Sequence[Mapping[str, Any]]) -> None:
        text = "".join(json.dumps(row) + "\n" for row in rows)
        self.write(f"suites/demo/data/{split}.jsonl", text)

    def replace(self, path: str, old: str, new: str) -> None:
        """Edit a file of the suite."""
        text = (self.folder / path).read_text()
        assert old in text, (path, old)
        (self.folder / path).write_text(text.replace(old, new))

    def open(self) -> Suite:
        return open_suite("demo", self.root)

    def run(self, **choices: Any) -> Run:
        return run(self.open(), **choices)

    @property
    def runs(self) -> list[Path]:
        return sorted((self.root / "results" / "runs" / "demo").glob("*"))

    def lines(self, arm: str = "plain") -> list[FixtureLine]:
        return [line for _, line in read_fixtures(fixture_path(self.fixtures, arm))]

    def write_lines(self, lines: Sequence[FixtureLine], arm: str = "plain") -> None:
        data = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
        fixture_path(self.fixtures, arm).write_bytes(data)


def addresses(records: Iterator[Record] | Sequence[Record]) -> list[tuple[str, str, int, int]]:
    """(arm, case, shot seed, trial) of records, in order."""
    return [(r.arm, r.case, r.replicate.shot_seed, r.replicate.trial) for r in records]


@contextmanager
def server_in_a_thread() -> Iterator[FakeServer]:
    """The fake of the hosted protocols on a loop of its own: a run needs this thread for itself."""
    ready: list[FakeServer] = []
    started = threading.Event()
    loop = asyncio.new_event_loop()
    over = asyncio.Event()

    async def serve() -> None:
        async with fake_server() as fake:
            ready.append(fake)
            started.set()
            await over.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    started.wait(10)
    try:
        yield ready[0]
    finally:
        loop.call_soon_threadsafe(ready[0].stop.set)
        loop.call_soon_threadsafe(over.set)
        thread.join(10)
        loop.close()
