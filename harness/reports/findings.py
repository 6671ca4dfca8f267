"""The report of a check in, text or JSON out. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

import msgspec

from harness.training.check import CheckReport
from harness.training.checks.tally import rows_of
from harness.values.finding import SEVERITIES, Finding, Severity

LINES_SHOWN = 8
WIDTH = 100
INDENT = "    "


def findings_text(report: CheckReport) -> str:
    """A heading, each finding with place, remedy and sample, and the counts."""
    shape = report.shape or "of no known shape"
    head = f"{report.file}: {rows_of(report.rows)}, {shape}"
    parts = [head, *(_block(found) for found in report.findings), summary(report)]
    return "\n\n".join(parts)


def findings_json(report: CheckReport) -> dict[str, Any]:
    """The report as JSON values, with the counts by severity."""
    counts = {severity: len(report.of(severity)) for severity in SEVERITIES}
    values: dict[str, Any] = msgspec.to_builtins(report)
    return {**values, "counts": counts}


def summary(report: CheckReport) -> str:
    """'2 errors, 1 warning, 3 facts'."""
    words: tuple[tuple[Severity, str], ...]
    words = (("error", "error"), ("warning", "warning"), ("info", "fact"))
    counted = [(len(report.of(severity)), word) for severity, word in words]
    return ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in counted)


def _block(found: Finding) -> str:
    # The first line stays whole, so that editors and grep find file and line in it.
    return "\n".join([str(found), *_details(found)])


def _details(found: Finding) -> Iterator[str]:
    if found.lines:
        yield from _wrapped(_lines(found))
    if found.sample:
        yield from _wrapped(f"such as: {found.sample}")
    if found.remedy:
        yield from _wrapped(found.remedy)


def _lines(found: Finding) -> str:
    shown = ", ".join(map(str, found.lines[:LINES_SHOWN]))
    more = found.count - min(len(found.lines), LINES_SHOWN)
    return f"lines {shown}" + (f" and {more:,} more" if more > 0 else "")


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=INDENT,
        subsequent_indent=INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
