"""Problems of one suite's folder, collected: a key of suite.toml in, its Problem with line out."""

from __future__ import annotations

from pathlib import Path

from harness.errors import Problem
from harness.store.toml import KeyPath, line_of

SUITE_FILE = "suite.toml"
MAX_PROBLEMS = 100


class FileProblems:
    """The problems of one long file: the first MAX_PROBLEMS, and how many more there are."""

    def __init__(self, file: str, found: list[Problem]) -> None:
        self.count = 0
        self._file = file
        self._found = found

    @property
    def full(self) -> bool:
        """Whether the next problem is only counted, so that its message need not be made."""
        return self.count >= MAX_PROBLEMS

    def add(self, problem: Problem) -> None:
        """One more problem."""
        if not self.full:
            self._found.append(problem)
        self.count += 1

    def close(self) -> None:
        """The file has been read: say how many problems were only counted."""
        if self.count > MAX_PROBLEMS:
            message = f"and {self.count - MAX_PROBLEMS:,} more problems"
            self._found.append(Problem(file=self._file, message=message))


class SuiteProblems:
    """Everything found wrong so far in a folder whose suite.toml has `text`."""

    def __init__(self, folder: Path, text: str, found: list[Problem]) -> None:
        self.found = found
        self._file = str(folder / SUITE_FILE)
        self._text = text

    def at(self, path: KeyPath, message: str, hint: str = "") -> None:
        """A problem at a key of suite.toml."""
        where = f"{'.'.join(path)}: {message}"
        line = line_of(self._text, path)
        self.found.append(Problem(file=self._file, line=line, message=where, hint=hint))

    def of(self, file: str | Path, message: str, line: int = 0, hint: str = "") -> None:
        """A problem of another file."""
        self.found.append(Problem(file=str(file), line=line, message=message, hint=hint))
