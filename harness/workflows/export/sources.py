"""The runs that are exported: recorded replies or past runs in, loaded runs and their rows out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import msgspec

from harness.errors import DataError, UsageError
from harness.store.reply_rows import Expected, ReplyRows, Source, as_text
from harness.store.runs import JOURNAL_FILE, Run, find_run, load_run
from harness.store.suite import Suite
from harness.values.case import Split
from harness.values.digest import digest
from harness.values.record import Record
from harness.workflows.replays import nothing_recorded, recorded_arms
from harness.workflows.replies import read_replies
from harness.workflows.run import run

_SHORT = 12


@contextmanager
def exported_runs(
    suite: Suite, names: Sequence[str], arms: Sequence[str], split: Split
) -> Iterator[list[Run]]:
    """Past runs by id, path or `newest`; without names a replay of what is recorded.

    A replay is called after its replies, `recorded-…`, and dated by the day of the newest, so that
    the same recordings always make the same export. Its journal lasts as long as the block.

    Raises:
        UsageError: a run or an arm does not exist, or nothing is recorded.
        DataError: a run is broken, or has no records.
        ReplayMissError: the recordings do not fit the suite any more.
    """
    if names:
        results = suite.settings.results
        found = [load_run(find_run(results, suite.name, name)) for name in names]
        yield [_chosen(one, arms) for one in {one.info.id: one for one in found}.values()]
        return
    with tempfile.TemporaryDirectory() as folder:
        yield [_named(run(suite, arms=_recorded(suite, arms), split=split, results=Path(folder)))]


def rows_of(suite: Suite, runs: Sequence[Run]) -> ReplyRows:
    """The replies of runs as rows, with what was expected where the suite still says it."""
    sources = [Source(run.info, run.path / JOURNAL_FILE) for run in runs]
    return ReplyRows(sources, expected_of(suite, {run.info.split for run in runs}))


def expected_of(suite: Suite, splits: set[Split]) -> Expected:
    """What the cases of some splits expect, as text; None for one that has changed since."""
    known = {
        case.id: (case.expected_digest, as_text(case.expected))
        for split in splits
        for case in suite.splits.get(split, ())
    }

    def expected(record: Record) -> str | None:
        digest_then, text = known.get(record.case, ("", None))
        return text if digest_then and digest_then == record.expected_digest else None

    return expected


def _recorded(suite: Suite, arms: Sequence[str]) -> tuple[str, ...]:
    known = recorded_arms(suite)
    if not known:
        raise nothing_recorded(suite, "export a past run")
    return tuple(arms or known)


def _chosen(found: Run, arms: Sequence[str]) -> Run:
    """The run with some of its arms."""
    if unknown := [arm for arm in arms if arm not in found.info.arms]:
        known = ", ".join(found.info.arms)
        raise UsageError(f"run {found.info.id} has no arm {unknown[0]!r}; arms: {known}")
    kept = {name: arm for name, arm in found.info.arms.items() if not arms or name in arms}
    columns = {name: found.arms[name] for name in kept}
    if not any(map(len, columns.values())):
        raise DataError(f"run {found.info.id} has no records: there is nothing to export")
    info = msgspec.structs.replace(found.info, arms=kept)
    return replace(found, info=info, arms=columns)


def _named(replayed: Run) -> Run:
    info = replayed.info
    replies = {arm: found.digest(found.replies) for arm, found in read_replies(replayed).items()}
    arms = {name: arm.digest for name, arm in info.arms.items()}
    parts = [info.suite, info.split, info.scoring_digest, info.expected_digest, arms, replies]
    name = f"recorded-{digest(parts)[:_SHORT]}"
    days = [day for arm in info.arms.values() for day in arm.recorded]
    then = f"{max(days)}T00:00:00+00:00" if days else info.started
    return replace(
        replayed, info=msgspec.structs.replace(info, id=name, started=then, finished=then)
    )
