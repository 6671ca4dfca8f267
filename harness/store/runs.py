"""Runs on disk: a folder per run with run.json and journal.jsonl; in and out."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from harness.analysis.columns import ArmColumns
from harness.errors import DataError, Problem, UsageError
from harness.store.atomic import write_atomic
from harness.store.journal import read_journal
from harness.store.reply_rows import ReplyRows, Source
from harness.store.written_replies import reply_frame
from harness.values.imported import SERVER
from harness.values.record import Record
from harness.values.run import RunInfo

if TYPE_CHECKING:
    import pandas as pd

INFO_FILE = "run.json"
JOURNAL_FILE = "journal.jsonl"
RUNS_FOLDER = "runs"
NEWEST = "newest"
FINISHED = ("complete", "limited", "unrecorded")


@dataclass(frozen=True)
class Run:
    """A run: what it says about itself, and one set of columns per arm.

    `cases` are the ids of the cases by the numbers that the columns know them by.
    """

    info: RunInfo
    arms: dict[str, ArmColumns]
    path: Path
    cases: Sequence[str]

    def records(self) -> Iterator[Record]:
        """Every record of the journal, streamed from disk, in the order of writing."""
        return read_journal(self.path / JOURNAL_FILE)

    def to_frame(self) -> pd.DataFrame:
        """A pandas DataFrame with one row per reply, in the columns of docs/export.md.

        Each column has the same dtype whatever a run holds: `string`, `Int64`, `float64`,
        `boolean`; so that the frames of two runs concatenate. `expected` is empty: what was
        expected stands in the suite (`harness.workflows.export` fills it in).
        """
        return reply_frame(ReplyRows([Source(self.info, self.path / JOURNAL_FILE)]))


def new_run_folder(results: Path, suite: str) -> Path:
    """Where a run that begins now is kept; the folder is not made yet."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")[:-3]
    return results / RUNS_FOLDER / suite / f"{stamp}-{secrets.token_hex(2)}"


def write_info(folder: Path, info: RunInfo) -> None:
    """Write run.json, atomically."""
    text = msgspec.json.format(msgspec.json.encode(info), indent=1)
    write_atomic(folder / INFO_FILE, [text, b"\n"])


def read_info(folder: Path) -> RunInfo:
    """run.json of a run's folder.

    Raises:
        DataError: there is none, or it is broken.
    """
    path = folder / INFO_FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=RunInfo)
    except OSError as error:
        message = f"is no run ({error.strerror})"
        raise DataError([Problem(file=str(path), message=message)]) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError([Problem(file=str(path), message=f"broken: {error}")]) from error


def load_run(
    path: str | Path,
    index: Mapping[str, int] | None = None,
    seen: Callable[[Record], None] | None = None,
) -> Run:
    """A run from its folder, in one pass over its journal; the texts stay on disk.

    `index` numbers the cases by id; without it they are numbered as they come. `seen` is shown
    every record, so that whoever needs more of them than the columns reads the journal once.

    Raises:
        DataError: the folder holds no run, or its journal is broken.
    """
    folder = Path(path)
    info = read_info(folder)
    arms = {name: ArmColumns() for name in info.arms}
    numbers = dict(index or {})
    for record in read_journal(folder / JOURNAL_FILE):
        columns = arms.get(record.arm)
        if columns is not None:
            columns.append(numbers.setdefault(record.case, len(numbers)), record)
        if seen is not None:
            seen(record)
    return Run(info, arms, folder, sorted(numbers, key=numbers.__getitem__))


def run_folders(results: Path, suite: str) -> list[Path]:
    """The folders of all runs of a suite, oldest first."""
    return sorted(path.parent for path in (results / RUNS_FOLDER / suite).glob(f"*/{INFO_FILE}"))


def find_run(results: Path, suite: str, name: str | None) -> Path:
    """A run's folder by path or id; None and `newest` mean the newest one.

    Raises:
        UsageError: there is none.
    """
    if name is not None and (Path(name) / INFO_FILE).is_file():
        return Path(name)
    folders = run_folders(results, suite)
    chosen = [folder for folder in folders if name in (None, NEWEST, folder.name)]
    if not chosen:
        known = ", ".join(folder.name for folder in folders[-5:]) or "none"
        raise UsageError(f"{suite} has no run {name or 'yet'}; newest runs: {known}")
    return chosen[-1]


def find_unfinished(results: Path, suite: str) -> Path:
    """The folder of the newest run that was cut short; rather one that has records.

    One that was imported is none: nobody can go on with it.

    Raises:
        UsageError: there is none.
    """
    folders = reversed(run_folders(results, suite))
    unfinished = [folder for folder in folders if _can_go_on(read_info(folder))]
    if not unfinished:
        raise UsageError(f"{suite} has no unfinished run to resume")
    return next((folder for folder in unfinished if _has_records(folder)), unfinished[0])


def _can_go_on(info: RunInfo) -> bool:
    """Whether a run was cut short here: where an imported arm ended, another tool's log did."""
    imported = all(arm.server == SERVER and arm.ended for arm in info.arms.values())
    return info.status not in FINISHED and not imported


def _has_records(folder: Path) -> bool:
    journal = folder / JOURNAL_FILE
    return journal.exists() and journal.stat().st_size > 0
