"""Parsed rows in, what a training file holds out: shapes, roles, labels, lengths. Pure.

A file is passed once; only one number per row and measure is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from harness.text.tokens import TokenCounter
from harness.training.labels import answer_of, are_labels, is_learned, text_of
from harness.values.example import Example, Turn
from harness.values.tuning import Estimate

TOKENS_PER_MESSAGE = 3
TOKENS_PER_NAME = 1
REPLY_PRIMING = 3

_json = msgspec.json.encode


class ExampleTokens(NamedTuple):
    """Tokens of one row: what is shown and what is learned; together they are its length."""

    prompt: int
    completion: int

    @property
    def length(self) -> int:
        """What a limit is compared with, and what is billed."""
        return self.prompt + self.completion


class Quantiles(msgspec.Struct, frozen=True):
    """How a measure is spread over the rows; between two rows by linear interpolation."""

    min: float
    p5: float
    median: float
    mean: float
    p95: float
    max: float
    total: float


class FileStats(msgspec.Struct, frozen=True, kw_only=True):
    """What a training file holds, and what tuning on it would take.

    `shapes`, `roles` and `labels` count rows, messages and rows; `labels` is empty where the
    answers are no labels. `unreadable` rows are in no other number. The measures are None where
    there are no rows, `turns` also where there are no messages. `limit` is in tokens.
    """

    file: str
    rows: int
    unreadable: int
    shapes: dict[str, int]
    roles: dict[str, int]
    labels: dict[str, int]
    turns: Quantiles | None
    characters: Quantiles | None
    prompt_tokens: Quantiles | None
    completion_tokens: Quantiles | None
    tokens: Quantiles | None
    limit: int | None
    over_limit: int
    estimate: Estimate


def example_tokens(example: Example, count: TokenCounter) -> ExampleTokens:
    """Tokens of a row, with the overhead that OpenAI's cookbook gives a chat.

    3 tokens for each message, 1 for a name, 3 that begin the reply ('Data preparation and
    analysis for chat model fine-tuning'). The completion is the text and tool calls of the
    answers that are learned, of both answers of a preference. Calls and the declarations of tools
    count as their JSON, which is a guess: how a platform writes them is not known.
    """
    turns = (*example.messages, *example.preferred, *example.rejected)
    learned = sum(_content_tokens(turn, count) for turn in turns if is_learned(turn))
    total = sum(_turn_tokens(turn, count) for turn in turns) + (REPLY_PRIMING if turns else 0)
    tools = count(_json(example.tools).decode()) if example.tools else 0
    prompt = count(example.prompt) if example.prompt else 0
    completion = count(example.completion) if example.completion else 0
    return ExampleTokens(prompt + tools + total - learned, completion + learned)


def _turn_tokens(turn: Turn, count: TokenCounter) -> int:
    name = count(turn.name) + TOKENS_PER_NAME if turn.name else 0
    return TOKENS_PER_MESSAGE + count(turn.role) + name + _content_tokens(turn, count)


def _content_tokens(turn: Turn, count: TokenCounter) -> int:
    calls = sum(count(call.name) + count(call.arguments) for call in turn.tool_calls)
    old = turn.extra.get("function_call")
    return count(text_of(turn)) + calls + (count(_json(old).decode()) if old else 0)


def characters(example: Example) -> int:
    """Characters of all texts of a row."""
    turns = (*example.messages, *example.preferred, *example.rejected)
    texts = sum(len(text_of(turn)) for turn in turns)
    return texts + len(example.prompt or "") + len(example.completion or "")


def quantiles(values: Sequence[int]) -> Quantiles | None:
    """The spread of a measure; None where there are no values."""
    if not values:
        return None
    low, p5, median, p95, high = map(float, np.quantile(values, [0, 0.05, 0.5, 0.95, 1]))
    total = float(sum(values))
    return Quantiles(low, p5, median, total / len(values), p95, high, total)


def gather(
    file: str,
    examples: Iterable[tuple[str, Example | None]],
    count: TokenCounter,
    *,
    limit: int | None,
    estimate: Callable[[Sequence[int]], Estimate],
) -> FileStats:
    """The statistics of a file from its rows, each with the name of its shape.

    A row without an example could not be read. `estimate` gets the lengths of all others.
    """
    tally = _Tally(count)
    for shape, example in examples:
        tally.add(shape, example)
    lengths = [tokens.length for tokens in tally.tokens]
    return FileStats(
        file=file,
        rows=len(lengths),
        unreadable=tally.unreadable,
        shapes=_by_count(tally.shapes),
        roles=_by_count(tally.roles),
        labels=_by_count(tally.answers) if tally.labelled() else {},
        turns=quantiles(tally.turns) if any(tally.turns) else None,
        characters=quantiles(tally.characters),
        prompt_tokens=quantiles([tokens.prompt for tokens in tally.tokens]),
        completion_tokens=quantiles([tokens.completion for tokens in tally.tokens]),
        tokens=quantiles(lengths),
        limit=limit,
        over_limit=0 if limit is None else sum(length > limit for length in lengths),
        estimate=estimate(lengths),
    )


class _Tally:
    """What is kept of the rows while a file is passed."""

    def __init__(self, count: TokenCounter) -> None:
        self._count = count
        self.unreadable = 0
        self.shapes: Counter[str] = Counter()
        self.roles: Counter[str] = Counter()
        self.answers: Counter[str | None] = Counter()
        self.turns: list[int] = []
        self.characters: list[int] = []
        self.tokens: list[ExampleTokens] = []

    def add(self, shape: str, example: Example | None) -> None:
        if example is None:
            self.unreadable += 1
            return
        self.shapes[shape] += 1
        self.roles.update(turn.role for turn in example.messages)
        self.answers[answer_of(example)] += 1
        self.turns.append(len(example.messages))
        self.characters.append(characters(example))
        self.tokens.append(example_tokens(example, self._count))

    def labelled(self) -> bool:
        return are_labels(list(self.answers.elements()))


def _by_count(counts: Counter[str] | Counter[str | None]) -> dict[str, int]:
    return dict(sorted(((str(k), n) for k, n in counts.items()), key=lambda e: (-e[1], e[0])))
