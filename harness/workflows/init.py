"""Write a new suite: a name in, the files written out."""

from __future__ import annotations

from pathlib import Path

from harness.store.scaffold import new_suite


def init(name: str, folder: Path) -> list[Path]:
    """Write suites/NAME of the repository around a folder, with schemas and harness.toml.

    Raises:
        UsageError: the name is not allowed or taken.
        DataError: nothing can be written there.
    """
    return new_suite(folder, name)
