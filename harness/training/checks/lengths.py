"""Rows and a counter of tokens in, token statistics and rows over a limit out. Pure.

Tokens of a conversation as the OpenAI cookbook counts them: 3 for each message, its values, 1 more
for a name, 3 at the end; declared tools as their JSON, an estimate. For models of others all is
one. Beyond COUNTED rows every tenth is counted, and every row that could pass the limit.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

import msgspec

from harness.text.tokens import TokenCounter
from harness.training.checks.tally import Tally, finding, rows_of
from harness.training.checks.view import View, split_turns, turn_text
from harness.values.example import Example, Turn
from harness.values.finding import Finding

PER_MESSAGE = 3
PER_NAME = 1
AT_THE_END = 3
COUNTED = 20_000
EVERY = 10


class Lengths:
    """A watch over tokens. `limit` is in tokens; None where nothing is cut."""

    def __init__(self, count: TokenCounter, vocabulary: str, limit: int | None) -> None:
        self._count = count
        self._vocabulary = vocabulary
        self._limit = limit
        self._known: dict[str, int] = {}
        self._rows = 0
        self._totals = array("I")
        self._answers = array("I")
        self._over = Tally()
        self._lost = Tally()

    def see(self, row: View) -> None:
        """Take in one row."""
        self._rows += 1
        sampled = self._rows <= COUNTED or self._rows % EVERY == 0
        if not sampled and not self._can_pass(row):
            return
        shown, answer = self._tokens(row)
        if sampled:
            self._totals.append(shown + answer)
            self._answers.append(answer)
        if self._limit is not None and shown + answer > self._limit:
            self._over.add(row.line, row.answer or row.asked)
            if answer and shown >= self._limit:
                self._lost.add(row.line, row.answer)

    def found(self, file: str) -> Iterator[Finding]:
        """Statistics; rows over the limit; rows whose answer is lost."""
        if self._totals:
            yield finding("token-statistics", file, self._statistics())
        if self._over.count:
            message = (
                f"{rows_of(self._over.count)} over {self._limit:,} tokens: they are cut AT THE END,"
                " where the answer stands"
            )
            yield finding("over-limit", file, message, self._over)
        if self._lost.count:
            message = f"{rows_of(self._lost.count)} whose prompt fills all {self._limit:,} tokens"
            yield finding("answer-cut-off", file, message, self._lost)

    def _can_pass(self, row: View) -> bool:
        """Whether a row might be over the limit: a token is at least a byte."""
        if self._limit is None:
            return False
        example = row.example
        turns = example.messages
        size = len(example.prompt or "") + len(example.completion or "")
        size += sum(len(turn_text(t)) + len(t.role) for t in turns)
        if example.tools or "functions" in example.extra:
            return True
        return 4 * size + (PER_MESSAGE + 1) * len(turns) + AT_THE_END > self._limit

    def _tokens(self, row: View) -> tuple[int, int]:
        """Tokens of what is shown, and of the answer."""
        example = row.example
        if not example.messages:
            answer = self._of_turns(example.preferred) if example.preferred else 0
            shown = self._count(example.prompt) if example.prompt else 0
            return shown, answer or self._count(row.answer)
        shown_turns, answers = split_turns(example)
        if example.preferred:
            shown_turns, answers = example.messages, example.preferred
        shown = self._of_turns(shown_turns) + self._of_tools(example) + AT_THE_END
        return shown, self._of_turns(answers)

    def _of_tools(self, example: Example) -> int:
        """An estimate: platforms write the tools into the prompt in a form of their own."""
        tools = example.tools or example.extra.get("functions")
        return self._remembered(msgspec.json.encode(tools).decode()) if tools else 0

    def _of_turns(self, turns: Sequence[Turn]) -> int:
        return sum(self._of_turn(turn) for turn in turns)

    def _of_turn(self, turn: Turn) -> int:
        name = PER_NAME + self._count(turn.name) if turn.name else 0
        return PER_MESSAGE + self._remembered(turn.role) + self._text(turn) + name

    def _text(self, turn: Turn) -> int:
        text = turn_text(turn)
        return self._remembered(text) if turn.role == "system" else self._count(text)

    def _remembered(self, text: str) -> int:
        """Roles, system messages and tools repeat on every row."""
        if text not in self._known:
            if len(self._known) >= EVERY:
                return self._count(text)
            self._known[text] = self._count(text)
        return self._known[text]

    def _statistics(self) -> str:
        totals, answers = sorted(self._totals), sorted(self._answers)
        counted = "" if len(totals) == self._rows else f", counted in {rows_of(len(totals))}"
        return (
            f"tokens of a row: {_spread(totals)}; of its answer: {_spread(answers)}; all rows: "
            f"{sum(totals) * self._rows // len(totals):,} ({self._vocabulary}{counted})"
        )


def _spread(values: Sequence[int]) -> str:
    last = len(values) - 1
    middle, high = values[last // 2], values[last * 95 // 100]
    return f"{values[0]:,} to {values[-1]:,}, median {middle:,}, 95th percentile {high:,}"
