"""The findings of one row while it is read, each with an excerpt that holds no secret. Pure."""

from __future__ import annotations

from typing import Any

import msgspec

from harness.text.secrets import scrub
from harness.values.finding import Finding, Severity

SAMPLE = 80  # characters

_encode = msgspec.json.Encoder(enc_hook=str).encode


class Noted:
    """Collects what is noticed at one line of one file."""

    __slots__ = ("file", "found", "line")

    def __init__(self, file: str, line: int) -> None:
        self.file = file
        self.line = line
        self.found: list[Finding] = []

    def error(self, rule: str, message: str, remedy: str = "", sample: Any = None) -> None:
        """The row cannot be learned from, or a platform will refuse it."""
        self._add("error", rule, message, remedy, sample)

    def warning(self, rule: str, message: str, remedy: str = "", sample: Any = None) -> None:
        """The row may not teach what it is meant to."""
        self._add("warning", rule, message, remedy, sample)

    def info(self, rule: str, message: str, remedy: str = "", sample: Any = None) -> None:
        """A fact of the row that may be meant so."""
        self._add("info", rule, message, remedy, sample)

    def _add(self, severity: Severity, rule: str, message: str, remedy: str, sample: Any) -> None:
        self.found.append(
            Finding(
                rule=rule,
                severity=severity,
                file=self.file,
                line=self.line,
                message=message,
                remedy=remedy,
                sample="" if sample is None else excerpt(sample),
            )
        )


def excerpt(value: Any) -> str:
    """The first characters of a value (JSON where it is no text), secrets removed."""
    text = value if isinstance(value, str) else _encode(value).decode()
    shown = scrub(text[: 4 * SAMPLE])
    return shown if len(shown) <= SAMPLE else f"{shown[: SAMPLE - 1]}…"
