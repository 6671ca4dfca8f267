"""The finished runs of a suite in brief: what each arm reached, without reading journals again.

`summary.json` beside a run's run.json holds what its journal amounts to. It is made when it is
first asked for, holds the sizes and times of the two files it was made from, and may be deleted.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from harness.analysis.summary import summarise
from harness.analysis.trend import PastRun, Reached, Skipped
from harness.errors import DataError
from harness.store.atomic import write_atomic
from harness.store.runs import INFO_FILE, JOURNAL_FILE, load_run, read_info, run_folders
from harness.values.case import Split
from harness.values.run import RunInfo

SUMMARY_FILE = "summary.json"
SUMMARY_VERSION = 1
"""Goes up when what stands in a summary would come out differently."""

_REASONS = {
    "running": "not finished, or killed",
    "limited": "limited to a part of the cases",
    "budget": "stopped at its budget",
    "interrupted": "interrupted",
    "unrecorded": "replies were not recorded",
}


class _Brief(msgspec.Struct, frozen=True):
    """summary.json: `made_from` is size and time of run.json and of the journal."""

    version: int
    made_from: tuple[int, int, int, int]
    arms: dict[str, Reached]


def past_runs(
    results: Path, suite: str, split: Split
) -> tuple[tuple[PastRun, ...], tuple[Skipped, ...]]:
    """The finished runs on a split, oldest first; and those that are not, or are broken.

    Runs of other splits are in neither. Nothing is raised of a run: it is skipped and named.
    """
    found: list[PastRun] = []
    skipped: list[Skipped] = []
    for folder in run_folders(results, suite):
        try:
            info = read_info(folder)
            if info.split != split:
                continue
            reason = _REASONS.get(info.status)
            if reason is None:
                found.append(PastRun(info, _reached(folder, info)))
                continue
        except (DataError, OSError) as error:
            reason = str(error).partition("\n")[0]
        skipped.append(Skipped(folder.name, reason))
    return tuple(found), tuple(skipped)


def _reached(folder: Path, info: RunInfo) -> dict[str, Reached]:
    """From the summary where it is of these very files, else from the journal."""
    made_from = _made_from(folder)
    path = folder / SUMMARY_FILE
    kept = _kept(path)
    if kept is not None and (kept.version, kept.made_from) == (SUMMARY_VERSION, made_from):
        return kept.arms
    arms = _summarised(folder, info)
    if _made_from(folder) == made_from:  # nobody wrote to the run while it was read
        _keep(path, _Brief(SUMMARY_VERSION, made_from, arms))
    return arms


def _summarised(folder: Path, info: RunInfo) -> dict[str, Reached]:
    run = load_run(folder)
    reached: dict[str, Reached] = {}
    for name, arm in info.arms.items():
        summary = summarise(run.arms[name], graded=info.graded)
        if summary is None:
            reached[name] = Reached(None, None, 0, "not run")
        elif arm.ended or len(run.arms[name]) < arm.planned:
            reached[name] = Reached(None, None, summary.cases, "ended early")
        else:
            reached[name] = Reached(summary.mean, summary.interval, summary.cases)
    return reached


def _made_from(folder: Path) -> tuple[int, int, int, int]:
    info, journal = (folder / INFO_FILE).stat(), (folder / JOURNAL_FILE).stat()
    return info.st_size, info.st_mtime_ns, journal.st_size, journal.st_mtime_ns


def _kept(path: Path) -> _Brief | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Brief)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def _keep(path: Path, brief: _Brief) -> None:
    """Where nothing can be written it is made again next time."""
    try:
        write_atomic(path, [msgspec.json.encode(brief), b"\n"])
    except DataError:
        return
