"""Findings of single rows in, one finding for each rule out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from harness.text.secrets import scrub
from harness.training.checks.tally import Tally, excerpt
from harness.values.finding import Finding, Severity


class Gathered:
    """What reading noticed row by row, by rule and severity."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, Severity], Finding] = {}
        self._rows: dict[tuple[str, Severity], Tally] = {}

    def add(self, findings: Iterable[Finding]) -> None:
        """The findings of one row; a rule counts once for a row."""
        seen: set[tuple[str, Severity]] = set()
        for one in findings:
            key = (one.rule, one.severity)
            if key in seen:
                continue
            seen.add(key)
            if key not in self._first:
                self._first[key] = one
                self._rows[key] = Tally()
            self._rows[key].add(one.line)

    def found(self) -> Iterator[Finding]:
        """One finding for each rule and severity, worded as the first row's."""
        for key, first in self._first.items():
            rows = self._rows[key]
            yield msgspec.structs.replace(
                first,
                message=scrub(first.message),
                sample=excerpt(first.sample),
                line=first.line,
                lines=first.lines or (tuple(rows.lines) if rows.count > 1 else ()),
                count=max(rows.count, first.count),
            )
