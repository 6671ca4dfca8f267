"""Rows of a training file in, a report of everything that is wrong with them out. Pure.

Each row is looked at once, as it comes; what is kept is bounded (`checks.kept`). Every rule gives
at most one finding for each severity, with the number of rows and the first hundred lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from harness.text.tokens import TokenCounter
from harness.training.checks.duplicates import copied_lines, duplicate_findings
from harness.training.checks.gathered import Gathered
from harness.training.checks.kept import TEXT_BUDGET, Kept
from harness.training.checks.labels import Labels
from harness.training.checks.language import Languages
from harness.training.checks.legacy import Legacy
from harness.training.checks.lengths import Lengths
from harness.training.checks.overlap import (
    Compared,
    overlap,
    overlap_findings,
    same_file_findings,
    unread_findings,
)
from harness.training.checks.platforms import (
    HOSTED_BY_OPENAI,
    FileFacts,
    Platform,
    platform_findings,
)
from harness.training.checks.private import Private
from harness.training.checks.prompts import Frame, Prompts
from harness.training.checks.tally import finding
from harness.training.checks.texts import Answers, Ids, Sizes, UpperCase
from harness.training.checks.view import View, view_of
from harness.training.checks.watch import Watch
from harness.training.fixes import FixPlan
from harness.training.shapes import ParsedRow, Shape, parse_rows
from harness.values.finding import SEVERITIES, Finding, Severity


class CheckReport(msgspec.Struct, frozen=True):
    """What was looked at, and what was found: errors first, then by line."""

    file: str
    shape: Shape | None
    rows: int
    findings: tuple[Finding, ...]

    def of(self, severity: Severity) -> list[Finding]:
        """The findings of one severity."""
        return [found for found in self.findings if found.severity == severity]


class Wanted(NamedTuple):
    """What to look for beside the rules that always hold.

    `tokens` counts with `vocabulary`; without it there is nothing about tokens. `limit` is
    where examples are cut, in tokens; `frame` what the prompts of an arm share; `budget` how many
    bytes of text are kept for comparing.
    """

    platform: Platform | None = None
    tokens: TokenCounter | None = None
    vocabulary: str = ""
    limit: int | None = None
    frame: Frame | None = None
    budget: int = TEXT_BUDGET


class Checked(NamedTuple):
    """The report, and what could be fixed."""

    report: CheckReport
    plan: FixPlan


def check_rows(
    rows: Iterable[tuple[int, Mapping[str, Any] | None, Finding | None]],
    facts: FileFacts,
    wanted: Wanted | None = None,
    compared: Sequence[Compared] = (),
) -> Checked:
    """Check rows with their line numbers, as a reader gives them, against every rule."""
    asked = wanted or Wanted()
    state = _State(asked)
    for parsed in parse_rows(rows, file=facts.file):
        state.see(parsed)
    found = list(state.found(facts, asked))
    leaking: list[int] = []
    for other in compared:
        leaks = overlap(state.kept, other)
        found += overlap_findings(leaks, other, facts.file)
        found += same_file_findings(state.kept, other, facts.file)
        found += unread_findings(other)
        leaking += leaks.lines
    plan = FixPlan(
        state.shape,
        frozenset(copied_lines(state.kept)),
        frozenset(leaking),
        frozenset(state.blank),
        state.legacy.fixes,
    )
    ordered = tuple(sorted(found, key=_order))
    return Checked(CheckReport(facts.file, state.shape, state.rows, ordered), plan)


class _State:
    """All watches and what reading noticed, while the rows go by."""

    def __init__(self, wanted: Wanted) -> None:
        self.shape: Shape | None = None
        self.rows = 0
        self.blank: list[int] = []
        self.kept = Kept(wanted.budget)
        self.legacy = Legacy()
        self._answers = False
        self._gathered = Gathered()
        self._watches: list[Watch] = [
            Sizes(),
            UpperCase(),
            Answers(),
            Ids(),
            Labels(),
            Private(),
            Languages(),
            self.legacy,
        ]
        if wanted.tokens is not None:
            self._watches.append(Lengths(wanted.tokens, wanted.vocabulary, wanted.limit))
        if wanted.frame is not None:
            self._watches.append(Prompts(wanted.frame))

    def see(self, parsed: ParsedRow) -> None:
        if parsed.line > 0:
            self.rows += 1
        self._gathered.add(parsed.findings)
        if parsed.example is None or parsed.shape is None:
            return
        self.shape = self.shape or parsed.shape
        row = view_of(parsed.example, parsed.shape, parsed.line)
        if row.answers and not row.answer.strip():
            self.blank.append(row.line)
        self._show(row)

    def found(self, facts: FileFacts, wanted: Wanted) -> Iterator[Finding]:
        noticed = list(self._gathered.found())
        yield from (_for_platform(one, wanted.platform) if self.rows else one for one in noticed)
        if not self.rows:
            if not noticed:
                yield finding("no-rows", facts.file, "the file has no rows")
            return
        for watch in self._watches:
            yield from watch.found(facts.file)
        yield from duplicate_findings(self.kept, facts.file, answers=self._answers)
        yield from platform_findings(facts, self.shape, self.rows, wanted.platform)

    def _show(self, row: View) -> None:
        self._answers = self._answers or row.answers
        self.kept.see(row)
        for watch in self._watches:
            watch.see(row)


def _for_platform(found: Finding, platform: Platform | None) -> Finding:
    """The limit of 512 MB is OpenAI's and Azure's: elsewhere such a file can be learned from."""
    if found.rule != "file-too-large" or platform in HOSTED_BY_OPENAI:
        return found
    return msgspec.structs.replace(found, severity="warning")


def _order(found: Finding) -> tuple[int, int, str]:
    return SEVERITIES.index(found.severity), found.line, found.rule
