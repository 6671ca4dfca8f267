"""What a process that packs parts of a page says to the one that writes it: a line of JSON each."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from harness.errors import DataError, HarnessError, Problem, UsageError


class Counted(msgspec.Struct, frozen=True, tag=True):
    """So many more cases are packed."""

    cases: int


class Finished(msgspec.Struct, frozen=True, tag=True):
    """The next part stands in the file: from `start` on its blocks, from `tables` what they mean.

    `end` is where it ends; all three are in bytes.
    """

    start: int
    tables: int
    end: int


class Failed(msgspec.Struct, frozen=True, tag=True):
    """An error that the harness raised on purpose; nothing follows."""

    exit_code: int
    text: str
    problems: tuple[Problem, ...] = ()

    def error(self) -> HarnessError:
        """The same error, to be raised again."""
        if self.exit_code == DataError.exit_code:
            return DataError(self.problems or self.text)
        kind = UsageError if self.exit_code == UsageError.exit_code else HarnessError
        return kind(self.text)


def failed(error: HarnessError) -> Failed:
    """An error as a message."""
    problems = error.problems if isinstance(error, DataError) else ()
    return Failed(error.exit_code, str(error), problems)


PartMessage: TypeAlias = Counted | Finished | Failed
