"""Text files in, a problem for each line that holds what looks like a secret out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from harness.errors import Problem
from harness.text.secrets import find_secret


def secret_problems(paths: Iterable[Path]) -> list[Problem]:
    """What looks like a secret, line by line; a file that cannot be read holds none."""
    return [problem for path in paths for problem in _in_file(path)]


def _in_file(path: Path) -> Iterator[Problem]:
    try:
        text = path.read_bytes().decode(errors="replace")
    except OSError:
        return  # whoever needs the file says so
    for number, line in enumerate(text.split("\n"), 1):
        if found := find_secret(line):
            message = f"holds what looks like a secret ({found})"
            hint = "remove it, and revoke it if it is real; name its environment variable instead"
            yield Problem(file=str(path), line=number, message=message, hint=hint)
