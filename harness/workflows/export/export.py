"""A suite and targets in, its replies as tables, JUnit XML, folders or runs of MLflow out."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.errors import UsageError
from harness.reports.run_junit import run_junit
from harness.store.atomic import require_writable, write_atomic
from harness.store.runs import Run
from harness.store.suite import Suite
from harness.store.tracking import Kept, TrackingStore, require_mlflow
from harness.store.written_replies import REPLY_SUFFIXES, require_format, write_replies
from harness.text.wording import counted, listing
from harness.values.case import Split
from harness.workflows.export.cases import case_results
from harness.workflows.export.sources import exported_runs, rows_of
from harness.workflows.export.tracked import REPLIES_FILE, entries, run_files
from harness.workflows.run import open_suite

JUNIT_SUFFIX = ".xml"


@dataclass(frozen=True)
class Exported:
    """What was written: `target` as a person names it, and what it holds in words."""

    target: str
    holds: str


def export(
    suite: str | Path | Suite,
    to: Sequence[str | Path] = (),
    *,
    runs: Sequence[str] = (),
    arms: Sequence[str] = (),
    split: Split = "test",
    mlflow: str | None = None,
    experiment: str | None = None,
    attach: Sequence[Path] = (),
) -> list[Exported]:
    """Export past runs, or without `runs` what is recorded for a split. No model is asked.

    `to` are files whose suffix says what they become (.csv, .parquet, .jsonl: one row per reply;
    .xml: JUnit, of one run), or folders, which get one folder per run. `mlflow` is the URI of a
    tracking store, `experiment` its experiment (default: the suite's name), `attach` are files that
    are kept with the run there. Targets are looked at before anything is replayed, and written one
    after the other, each as a whole or not.

    Raises:
        UsageError: a target is of no known kind, or a run or arm does not exist.
        MissingExtraError: the package of a target is not installed.
        DataError: a run is broken or has no records, or a target cannot be written.
        ReplayMissError: the recordings do not fit the suite any more.
    """
    if not to and mlflow is None:
        raise UsageError("nothing to export to: give a file, a folder or an MLflow store")
    if mlflow is not None and not mlflow.strip():
        raise UsageError("the URI of the MLflow store is empty: sqlite:///mlflow.db is a local one")
    if missing := [path for path in attach if not path.is_file()]:
        raise UsageError(f"{missing[0]}: there is no such file to attach")
    writers = [(Path(target), _writer(target)) for target in to]
    for path, writer in writers:
        _require(path, writer)
    if mlflow is not None:
        require_mlflow(mlflow)
    opened = suite if isinstance(suite, Suite) else open_suite(suite)
    with exported_runs(opened, runs, arms, split) as found:
        written = [write(opened, found, path) for path, write in writers]
        if mlflow is not None:
            written += _track(opened, found, mlflow, experiment or opened.name, attach)
    return written


_Writer = Callable[[Suite, Sequence[Run], Path], Exported]


def _writer(target: str | Path) -> _Writer:
    path = Path(target)
    suffix = path.suffix.lower()
    if path.is_dir() or str(target).endswith("/"):
        return _folder
    if suffix == JUNIT_SUFFIX:
        return _junit
    if suffix in REPLY_SUFFIXES:
        return _replies
    raise UsageError(
        f"{target}: the suffix says what to write: {listing(REPLY_SUFFIXES, 'or')} for a table of "
        f"replies, {JUNIT_SUFFIX} for JUnit; a folder that is not there yet ends in /"
    )


def _require(path: Path, writer: _Writer) -> None:
    """Nothing, where a target can be written as far as can be told before there is anything.

    Raises:
        MissingExtraError: the package of its format is not installed.
        DataError: its folder cannot be written.
    """
    if writer is _replies:
        require_format(path)
    require_writable(path / REPLIES_FILE if writer is _folder else path)


def _replies(suite: Suite, runs: Sequence[Run], path: Path) -> Exported:
    rows = rows_of(suite, runs)
    write_replies(path, rows)
    return Exported(str(path), f"{counted(len(rows), 'reply')} of {_named(runs)}")


def _junit(suite: Suite, runs: Sequence[Run], path: Path) -> Exported:
    if len(runs) > 1:
        raise UsageError(f"{path}: JUnit XML holds one run, and {len(runs)} were named")
    pieces = run_junit(runs[0].info, case_results(suite, runs[0]))
    write_atomic(path, (piece.encode() for piece in pieces))
    return Exported(str(path), f"{counted(len(runs[0].info.arms), 'test suite')} of {_named(runs)}")


def _folder(suite: Suite, runs: Sequence[Run], path: Path) -> Exported:
    for run in runs:
        folder = path / run.info.id
        run_files(suite, run, folder)
        write_replies(folder / REPLIES_FILE, rows_of(suite, [run]))
    return Exported(str(path), f"{counted(len(runs), 'folder')}: {_named(runs)}")


def _track(
    suite: Suite, runs: Sequence[Run], uri: str, experiment: str, attach: Sequence[Path]
) -> list[Exported]:
    store = TrackingStore(uri, experiment)
    written = []
    for run in runs:
        with tempfile.TemporaryDirectory() as folder:
            parent, children = entries(suite, run, Path(folder), attach)
            kept = store.keep(parent, children)
        written.append(Exported(store.uri, f"{_states(kept)} of {run.info.id} in {experiment}"))
    return written


def _states(kept: Sequence[Kept]) -> str:
    """'3 runs new, 1 run unchanged'."""
    counts: dict[str, int] = {}
    for one in kept:
        counts[one.state] = counts.get(one.state, 0) + 1
    return ", ".join(f"{counted(count, 'MLflow run')} {state}" for state, count in counts.items())


def _named(runs: Sequence[Run]) -> str:
    texts = [
        run.info.id + (" (not finished)" if run.info.status == "running" else "") for run in runs
    ]
    return listing(texts)
