"""Answers in, whether they are labels and how evenly they are spread out. Pure.

Data look like a classification when there are fewer different answers than a third of the rows
(the old OpenAI validator's rule), each of at most 64 characters and none a call of a tool, in at
least 20 rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from harness.training.checks.tally import Tally, finding
from harness.training.checks.view import View
from harness.values.finding import Finding

LONGEST_LABEL = 64
MOST_LABELS = 5_000
FEWEST_ROWS = 20
ROWS_PER_LABEL = 3
RARE = 5
IMBALANCE = 10
SHOWN = 5


class Labels:
    """A watch over answers."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._first: dict[str, int] = {}
        self._possible = True

    def see(self, row: View) -> None:
        """Take in one row."""
        if not self._possible:
            return
        label = self._label(row)
        if label is None or len(self._counts) > MOST_LABELS:
            self._possible = False
            self._counts.clear()
            self._first.clear()
            return
        self._counts[label] += 1
        self._first.setdefault(label, row.line)

    def found(self, file: str) -> Iterator[Finding]:
        """Rare labels, and the imbalance between the most and the least frequent one."""
        rows = self._counts.total()
        if not self._possible or rows < FEWEST_ROWS:
            return
        if len(self._counts) * ROWS_PER_LABEL >= rows or len(self._counts) < 2:  # noqa: PLR2004
            return
        yield from self._rare(file)
        (most, top), (least, low) = self._counts.most_common()[0], self._counts.most_common()[-1]
        if top > IMBALANCE * low:
            message = f"label {most!r} has {top:,} rows, label {least!r} has {low:,}"
            place = Tally.of([self._first[least]])
            yield finding("label-imbalance", file, message, place)

    def _rare(self, file: str) -> Iterator[Finding]:
        rare = [label for label, count in self._counts.items() if count < RARE]
        if rare:
            shown = ", ".join(f"{label!r} ({self._counts[label]})" for label in rare[:SHOWN])
            more = f" and {len(rare) - SHOWN:,} more" if len(rare) > SHOWN else ""
            message = f"{len(rare):,} of {len(self._counts):,} labels have fewer than {RARE} rows"
            rows = Tally.of(self._first[label] for label in rare)
            yield finding("rare-label", file, f"{message}: {shown}{more}", rows)

    def _label(self, row: View) -> str | None:
        """The answer as a label; None where it cannot be one."""
        if row.shape == "text":
            label = row.example.extra.get("label")
            return label if isinstance(label, str) and len(label) <= LONGEST_LABEL else None
        label = row.answer.strip()
        turns = row.example.messages[-1:]
        calls = any(turn.tool_calls or turn.extra.get("function_call") for turn in turns)
        return label if label and len(label) <= LONGEST_LABEL and not calls else None
