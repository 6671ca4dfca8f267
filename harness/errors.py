"""Every error the harness raises on purpose, and the exit code each one ends the process with.

    HarnessError                70  a fault of the harness itself
    ├── UsageError              64  a command or call that cannot mean anything
    │   └── MissingExtraError   64  an optional dependency is not installed
    └── DataError               65  files are wrong; carries every Problem found
        ├── ReplayMissError     65  a reply was asked of the fixtures and is not there
        └── JournalBusyError    65  another process is writing the same run

Exit codes 0 to 3 are kept for verdicts; 130 is an interrupted run.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One finding in one file: where, what is wrong, what to do next.

    `line` counts from 1; 0 means the file as a whole.
    """

    file: str
    message: str
    line: int = 0
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}" + (f"\n    {self.hint}" if self.hint else "")


class HarnessError(Exception):
    """Base of all deliberate errors; its text is shown to the user as it stands."""

    exit_code = 70


class UsageError(HarnessError):
    """The caller asked for something that does not exist or does not fit together."""

    exit_code = 64


class MissingExtraError(UsageError):
    """An optional part was asked for whose packages are not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs the extra {extra!r}: pip install 'prompted-vs-tuned[{extra}]'"
        )
        self.extra = extra


class DataError(HarnessError):
    """One or more files are wrong. `problems` holds all of them, in the order of the files."""

    exit_code = 65

    def __init__(self, problems: Sequence[Problem] | str) -> None:
        self.problems: tuple[Problem, ...] = () if isinstance(problems, str) else tuple(problems)
        super().__init__(problems if isinstance(problems, str) else "\n".join(map(str, problems)))


class ReplayMissError(DataError):
    """A reply was asked of the fixtures and is not there."""


class JournalBusyError(DataError):
    """Another process is writing the same run."""
