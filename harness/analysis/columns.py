"""Records in, columns of numbers out: what tables and statistics need, without any text. Pure.

About 65 bytes per record; strings that repeat (groups, tags, labels) are kept once and coded.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from harness.values.record import Record
from harness.values.reply import Answer, Reply
from harness.values.request import Replicate
from harness.values.score import INFRASTRUCTURE, OUTCOMES, Outcome

NO_CODE = 0xFFFFFFFF
MOST_ATTEMPTS = 0xFFFF
_OUTCOME_CODES = {outcome: code for code, outcome in enumerate(OUTCOMES)}
_NO_TOKENS = (0, 0, 0, 0, 0)


class UsageKnown(IntEnum):
    """What is known of a row's tokens; NONE is a failure, which has none."""

    NONE = 0
    UNKNOWN = 1
    ESTIMATED = 2
    REPORTED = 3


# Looked up once: an attribute of an enum is slow for a hot path.
_NONE, _UNKNOWN = UsageKnown.NONE, UsageKnown.UNKNOWN
_ESTIMATED, _REPORTED = UsageKnown.ESTIMATED, UsageKnown.REPORTED


class Codes:
    """Texts as small numbers, in the order of their first appearance."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._codes: dict[str, int] = {}

    def code(self, text: str | None) -> int:
        """The number of a text; None has NO_CODE."""
        if text is None:
            return NO_CODE
        code = self._codes.get(text)
        if code is None:
            code = self._codes[text] = len(self.texts)
            self.texts.append(text)
        return code

    def text(self, code: int) -> str | None:
        """The text of a number."""
        return None if code == NO_CODE else self.texts[code]


class TagCodes:
    """Combinations of tags as small numbers."""

    def __init__(self) -> None:
        self.combinations: list[dict[str, str]] = []
        self._codes: dict[tuple[tuple[str, str], ...], int] = {}

    def code(self, tags: Mapping[str, str]) -> int:
        """The number of a combination, in the order of first appearance."""
        key = tuple(tags.items())
        code = self._codes.get(key)
        if code is None:
            code = self._codes[key] = len(self.combinations)
            self.combinations.append(dict(tags))
        return code


class ArmColumns:
    """All records of one arm, row by row. A row is one case and replicate."""

    def __init__(self) -> None:
        self.case = array("I")
        self.replicate = array("H")
        self.outcome = array("B")
        self.score = array("d")
        self.input = array("I")
        self.cached = array("I")
        self.cache_write = array("I")
        self.output = array("I")
        self.reasoning = array("I")
        self.latency = array("f")
        self.attempts = array("H")
        self.usage = array("B")
        self.group = array("I")
        self.tags = array("I")
        self.label = array("I")
        self.extracted = array("I")
        self.replicates: list[Replicate] = []
        self.groups = Codes()
        self.tag_codes = TagCodes()
        self.labels = Codes()
        self._failed_rows: dict[tuple[int, int], int] = {}
        self._appends = tuple(column.append for column in self._columns())

    def __len__(self) -> int:
        return len(self.case)

    def append(self, case: int, record: Record) -> None:
        """Add a record; one that repeats an infrastructure failure takes its place.

        The attempts of both count.
        """
        replicate = self._replicate_code(record.replicate)
        failed = self._failed_rows
        row = failed.pop((case, replicate), None) if failed else None
        values = self._values(case, replicate, record)
        if record.outcome in INFRASTRUCTURE:
            failed[case, replicate] = len(self) if row is None else row
        if row is None:
            for add, value in zip(self._appends, values, strict=True):
                add(value)
            return
        for column, value in zip(self._columns(), values, strict=True):
            if column is self.attempts:
                column[row] = min(column[row] + value, MOST_ATTEMPTS)
            else:
                column[row] = value

    def only_replicate(self, code: int) -> ArmColumns:
        """The rows of one replicate; texts and tags keep their codes."""
        chosen = [row for row, own in enumerate(self.replicate) if own == code]
        part = ArmColumns()
        for mine, theirs in zip(part._columns(), self._columns(), strict=True):
            mine.extend(theirs[row] for row in chosen)
        part.replicate = array("H", bytes(2 * len(chosen)))
        part.replicates = [self.replicates[code]]
        part.groups, part.tag_codes, part.labels = self.groups, self.tag_codes, self.labels
        return part

    def outcomes(self) -> dict[Outcome, int]:
        """How many rows ended in each way; every outcome is present."""
        counts = [0] * len(OUTCOMES)
        for code in self.outcome:
            counts[code] += 1
        return dict(zip(OUTCOMES, counts, strict=True))

    def _columns(self) -> tuple[array[Any], ...]:
        return (
            self.case,
            self.replicate,
            self.outcome,
            self.score,
            self.input,
            self.cached,
            self.cache_write,
            self.output,
            self.reasoning,
            self.latency,
            self.attempts,
            self.usage,
            self.group,
            self.tags,
            self.label,
            self.extracted,
        )

    def _values(self, case: int, replicate: int, record: Record) -> tuple[int | float, ...]:
        exchange = record.exchanges[-1] if record.exchanges else None
        reply = exchange.reply if exchange else None
        tokens, known = tokens_of(reply)
        primary = next(iter(record.scores.values()), None)
        read = None if primary is None or record.label is None else primary.extracted
        return (
            case,
            replicate,
            _OUTCOME_CODES[record.outcome],
            primary.value if primary else 0.0,
            *tokens,
            reply.latency if reply else 0.0,
            min(1 + len(exchange.faults), MOST_ATTEMPTS) if exchange else 0,
            known,
            self.groups.code(record.group),
            self.tag_codes.code(record.tags),
            self.labels.code(record.label),
            self.labels.code(None if read is None else str(read)),
        )

    def _replicate_code(self, replicate: Replicate) -> int:
        try:
            return self.replicates.index(replicate)
        except ValueError:
            self.replicates.append(replicate)
            return len(self.replicates) - 1


def tokens_of(reply: Reply | None) -> tuple[tuple[int, int, int, int, int], UsageKnown]:
    """Input, cached, cache_write, output and reasoning tokens of a reply, and what is known.

    All are 0 where nothing is known, as of a count that no server can mean.
    """
    if not isinstance(reply, Answer):
        return _NO_TOKENS, _NONE
    usage = reply.usage
    if usage is None:
        return _NO_TOKENS, _UNKNOWN
    known = _ESTIMATED if usage.estimated else _REPORTED
    tokens = (usage.input, usage.cached, usage.cache_write, usage.output, usage.reasoning)
    for count in tokens:
        if not 0 <= count < NO_CODE:  # a journal may hold what a server made up
            return _NO_TOKENS, _UNKNOWN
    return tokens, known
