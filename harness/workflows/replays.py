"""What is recorded of a suite, asked again without a call; nothing of it is kept on disk."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness.store.fixtures import fixture_path
from harness.store.runs import NEWEST, Run
from harness.store.suite import Suite
from harness.workflows.run import run


def recorded_arms(suite: Suite) -> list[str]:
    """The arms that have a fixture file."""
    return [name for name in suite.arms if fixture_path(suite.fixtures_folder, name).exists()]


def is_recorded(suite: Suite, arm: str) -> bool:
    """Whether an arm of the suite can be replayed."""
    return arm in recorded_arms(suite) or (arm in suite.arms and suite.arms[arm].classical)


def nothing_recorded(suite: Suite, instead: str) -> UsageError:
    """The error where replies are wanted and there are none; `instead` is done with a past run."""
    return UsageError(
        f"nothing is recorded for {suite.name}: record it with\n"
        f"    harness run {suite.name} --record\n"
        f"or {instead} with --run {NEWEST}"
    )


def recorded_run(suite: Suite) -> Run:
    """A replay of every recorded arm on the test split; nothing of it is kept on disk.

    Raises:
        UsageError: nothing is recorded.
        ReplayMissError: the recordings do not fit the suite any more.
    """
    arms = recorded_arms(suite)
    if not arms:
        raise nothing_recorded(suite, "show a past run")
    with tempfile.TemporaryDirectory() as folder:
        return run(suite, arms=tuple(arms), results=Path(folder))


@contextmanager
def replayed(suite: Suite, arms: Sequence[str], **choices: Any) -> Iterator[Run]:
    """A replay of some arms whose journal lasts as long as the block; nothing is kept on disk.

    Raises:
        UsageError: an arm is not recorded, or cannot be replayed.
        ReplayMissError: the recordings do not fit the suite any more.
    """
    with tempfile.TemporaryDirectory() as folder:
        yield run(suite, arms=tuple(arms), results=Path(folder), **choices)
