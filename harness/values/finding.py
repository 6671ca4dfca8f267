"""A finding: one thing that a check of data noticed, with its place and its remedy. Pure."""

from __future__ import annotations

from typing import Literal

import msgspec

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


class Finding(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What one rule found.

    `rule` is the rule's id, lower case with dashes; `line` counts from 1 and 0 means the file as
    a whole; `lines` are all lines concerned where there are several (at most the first hundred),
    `count` how many there are. `sample` is a short excerpt of the data, with secrets removed.
    """

    rule: str
    severity: Severity
    file: str
    message: str
    line: int = 0
    lines: tuple[int, ...] = ()
    count: int = 1
    sample: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.severity}: {self.message} [{self.rule}]"
