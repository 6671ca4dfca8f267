"""What a rule over rows is: it sees each row once and says at the end what it found. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from harness.training.checks.view import View
from harness.values.finding import Finding


class Watch(Protocol):
    """State that a few rules share; `found` is called once, after the last row."""

    def see(self, row: View) -> None:
        """Take in one row."""
        ...

    def found(self, file: str) -> Iterator[Finding]:
        """At most one finding for each rule."""
        ...
