"""Small runs on disk for the tests of what is read from them: records in, folders out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from harness.store.journal import Journal
from harness.store.reply_rows import Source
from harness.store.runs import JOURNAL_FILE, write_info
from harness.values.price import Price
from harness.values.record import Exchange, Record
from harness.values.reply import Answer, Failure, Reply, Usage, assistant
from harness.values.run import ArmInfo, RunInfo
from harness.values.score import Outcome, Score

PRICE = Price(as_of="2026-11-01", source="a page", input=1.0, output=4.0, cached=0.5)
USAGE = Usage(input=30, cached=10, cache_write=1, output=2, reasoning=1)


def arm(**change: Any) -> ArmInfo:
    given = {
        "kind": "zero_shot",
        "digest": "d",
        "endpoint": "e",
        "model": "m",
        "planned": 2,
        "replayed": False,
    }
    return ArmInfo(**(given | change))


def info(id_: str = "r1", **change: Any) -> RunInfo:
    given = {
        "suite": "s",
        "title": "T",
        "split": "test",
        "mode": "live",
        "status": "complete",
        "started": "2026-01-01T00:00:00+00:00",
        "finished": "2026-01-01T00:01:00+00:00",
        "cases": 2,
        "inputs_digest": "i",
        "expected_digest": "x",
        "arms": {"a": arm()},
        "scorers": {"stars": 1},
        "correct_at": 1.0,
        "graded": False,
        "seed": 0,
        "prices": {"m": PRICE},
    }
    return RunInfo(id=id_, **(given | change))


def answer(text: str = "5", usage: Usage | None = USAGE, **change: Any) -> Answer:
    return Answer(assistant(text), usage=usage, model="m-1", latency=0.5, **change)


def record(case: str, reply: Reply | None = None, **change: Any) -> Record:
    """An answer that is correct, unless said otherwise."""
    given = {
        "arm": "a",
        "case": case,
        "input_digest": "d",
        "outcome": Outcome.CORRECT,
        "exchanges": (Exchange("k", answer() if reply is None else reply),),
        "scores": {"stars": Score(1.0, "5")},
    }
    return Record(**(given | change))


def failed(case: str, faults: int = 0, **change: Any) -> Record:
    exchange = Exchange("k", Failure("timeout", "slow", latency=2.0), ("timeout",) * faults)
    given = {"exchanges": (exchange,), "scores": {}, "outcome": Outcome.PROVIDER_ERROR}
    return record(case, **(given | change))


def written(folder: Path, records: Sequence[Record], about: RunInfo | None = None) -> Path:
    """A run's folder with these records."""
    write_info(folder, about or info(folder.name))
    with Journal(folder / JOURNAL_FILE) as journal:
        for one in records:
            journal.append(one)
    return folder


def source(folder: Path, records: Sequence[Record], about: RunInfo | None = None) -> Source:
    """The same as something to take rows from."""
    about = about or info(folder.name)
    written(folder, records, about)
    return Source(about, folder / JOURNAL_FILE)


def renamed(about: RunInfo, **change: Any) -> RunInfo:
    return msgspec.structs.replace(about, **change)
