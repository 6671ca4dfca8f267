"""Rows that one rule concerns in, one Finding out. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from harness.text.secrets import scrub
from harness.training.checks.catalogue import RULES
from harness.training.checks.pii import mask
from harness.values.finding import Finding, Severity

LINES_KEPT = 100
EXCERPT = 120
# Secrets are looked for before the cut, so that none is cut into something unrecognisable.
_LOOKED_AT = 600


class Tally:
    """How many rows, the first hundred lines, and a sample of the first."""

    __slots__ = ("count", "lines", "sample")

    def __init__(self) -> None:
        self.count = 0
        self.lines: list[int] = []
        self.sample = ""

    def add(self, line: int, sample: str = "") -> None:
        """One more row."""
        if not self.count:
            self.sample = excerpt(sample)
        self.count += 1
        if len(self.lines) < LINES_KEPT:
            self.lines.append(line)

    @classmethod
    def of(cls, lines: Iterable[int], sample: str = "") -> Tally:
        """A tally of lines that are all known."""
        tally = cls()
        for line in lines:
            tally.add(line, sample)
        return tally


def excerpt(text: str) -> str:
    """The first characters of a text on one line, without secrets and personal data."""
    shown = " ".join(mask(scrub(text[:_LOOKED_AT])).split())
    return shown if len(shown) <= EXCERPT else shown[: EXCERPT - 1] + "…"


def finding(
    rule: str,
    file: str,
    message: str,
    rows: Tally | None = None,
    *,
    severity: Severity | None = None,
    sample: str = "",
    remedy: str | None = None,
) -> Finding:
    """What a rule of the catalogue says of a file, or of some of its rows."""
    known = RULES[rule]
    lines = rows.lines if rows else []
    return Finding(
        rule=rule,
        severity=severity or known.severity,
        file=file,
        message=message,
        line=lines[0] if lines else 0,
        lines=tuple(lines) if len(lines) > 1 else (),
        count=rows.count if rows else 1,
        sample=(rows.sample if rows else "") or excerpt(sample),
        remedy=known.remedy if remedy is None else remedy,
    )


def rows_of(count: int) -> str:
    """A number of rows in words: '1 row', '2,000 rows'."""
    return f"{count:,} row" if count == 1 else f"{count:,} rows"
