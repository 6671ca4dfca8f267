"""Rows in: their number, length, upper case, weights, ids, and blank answers out. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

from harness.training.checks.tally import Tally, finding, rows_of
from harness.training.checks.view import View, is_learned
from harness.values.finding import Finding, Severity

FEW_EXAMPLES = 100
LONGEST_ROW = 10_000  # characters


class Sizes:
    """Few rows; long ones. A watch."""

    def __init__(self) -> None:
        self._rows = 0
        self._long = Tally()

    def see(self, row: View) -> None:
        """Take in one row."""
        self._rows += 1
        if len(row.asked) + len(row.answer) > LONGEST_ROW:
            self._long.add(row.line, row.asked)

    def found(self, file: str) -> Iterator[Finding]:
        """As the old OpenAI validator counted: below 100 rows, above 10,000 characters."""
        if 0 < self._rows < FEW_EXAMPLES:
            message = f"{rows_of(self._rows)}; a few hundred are the usual beginning"
            yield finding("few-examples", file, message)
        if self._long.count:
            message = f"{rows_of(self._long.count)} of more than {LONGEST_ROW:,} characters"
            yield finding("long-row", file, message, self._long)


class UpperCase:
    """Whether more than a third of the letters of prompts, or of answers, are upper case."""

    def __init__(self) -> None:
        self._upper = {"prompts": 0, "answers": 0}
        self._lower = {"prompts": 0, "answers": 0}

    def see(self, row: View) -> None:
        """Take in one row."""
        for part, text in (("prompts", row.asked), ("answers", row.answer)):
            same = sum(map(str.isupper, text)) if not text.islower() else 0
            self._upper[part] += same
            self._lower[part] += sum(map(str.islower, text))

    def found(self, file: str) -> Iterator[Finding]:
        """One finding for both parts, by the validator's own measure: 2 · upper > lower."""
        shouted = [part for part in self._upper if 2 * self._upper[part] > self._lower[part]]
        if shouted:
            message = f"more than a third of the letters of the {' and '.join(shouted)} are capital"
            yield finding("mostly-upper-case", file, message)


class Answers:
    """Blank answers; weights that leave nothing to learn."""

    def __init__(self) -> None:
        self._blank = Tally()
        self._weightless = Tally()
        self._learned = 0

    def see(self, row: View) -> None:
        """Take in one row."""
        turns = [t for t in row.example.messages if t.role == "assistant"]
        if not row.answers:
            return
        if not row.answer.strip() and turns:
            self._blank.add(row.line, row.asked)
        if turns and not any(map(is_learned, turns)):
            self._weightless.add(row.line, row.asked)
        else:
            self._learned += 1

    def found(self, file: str) -> Iterator[Finding]:
        """Weight 0 everywhere is an error, on some rows a fact."""
        if self._blank.count:
            message = f"{rows_of(self._blank.count)} whose answer is empty or white space"
            yield finding("blank-answer", file, message, self._blank)
        if self._weightless.count:
            message = f"{rows_of(self._weightless.count)} in which every answer has weight 0"
            severity: Severity = "warning" if self._learned else "error"
            yield finding("weight-zero", file, message, self._weightless, severity=severity)


class Ids:
    """Ids that stand on several rows; keeps 8 bytes of each id."""

    def __init__(self) -> None:
        self._seen: set[bytes] = set()
        self._again = Tally()

    def see(self, row: View) -> None:
        """Take in one row."""
        if row.example.id is None:
            return
        key = blake2b(row.example.id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        if key in self._seen:
            self._again.add(row.line, row.example.id)
        self._seen.add(key)

    def found(self, file: str) -> Iterator[Finding]:
        """The rows whose id stood earlier."""
        if self._again.count:
            message = f"{rows_of(self._again.count)} with an id that stands on an earlier row"
            yield finding("duplicate-ids", file, message, self._again)
