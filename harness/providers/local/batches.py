"""Examples in; rows of tokens with what is learned of each, and batches of them, out. Pure.

A prompt and its completion are turned into tokens apart, because a server sees the prompt alone:
the boundary is then the same in training and in use. Only the completion is learned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Literal

import msgspec

from harness.errors import DataError, Problem
from harness.values.example import Example, Turn
from harness.values.order import seeded_order
from harness.values.tuning import TuningTask

IGNORED = -100
"""The label of a token that is not learned, as torch's cross entropy has it."""

_WINDOW = 8  # batches whose rows are sorted by length together, so that little is padding

Part = Literal["whole", "opening"]
Render = Callable[[Sequence[Turn], Part], str]


class Vocabulary(msgspec.Struct, frozen=True, kw_only=True):
    """What is needed of a tokenizer.

    `encode` adds no special token of its own. `begin` is what the model puts before every text,
    `end` its end of text, `pad` any token. `render` turns messages into text, with the
    "opening" of the next answer behind them or not. None: the tokenizer has no chat template.
    """

    encode: Callable[[str], list[int]]
    begin: tuple[int, ...] = ()
    end: int | None = None
    pad: int = 0
    render: Render | None = None


class Row(msgspec.Struct, frozen=True):
    """The tokens of one example, which of them are learned, and how many were cut from its start.

    The first token is never learned: nothing predicts it.
    """

    tokens: tuple[int, ...]
    learned: tuple[bool, ...]
    cut: int = 0


class Batch(msgspec.Struct, frozen=True):
    """Rows of equal width, padded on the left: (rows, width) each, and how much of the end matters.

    `labels` are the tokens themselves or IGNORED. Only the predictions at the last `kept` places
    are needed; the large vocabulary makes the others expensive.
    """

    tokens: list[list[int]]
    attention: list[list[int]]
    positions: list[list[int]]
    labels: list[list[int]]
    kept: int


def tokenised(
    task: TuningTask, examples: Sequence[Example], vocabulary: Vocabulary, max_length: int
) -> list[Row]:
    """One row for each example.

    Raises:
        DataError: every example that has nothing to learn or whose answer does not fit.
    """
    rows, problems = [], []
    for number, example in enumerate(examples, 1):
        try:
            rows.append(_row(task, example, vocabulary, max_length))
        except ValueError as error:
            message, _, hint = str(error).partition("\n")
            place = example.line or number
            problems.append(Problem(file=task.name, line=place, message=message, hint=hint))
    if problems:
        raise DataError(problems)
    return rows


def _row(task: TuningTask, example: Example, vocabulary: Vocabulary, max_length: int) -> Row:
    if task.form == "completion":
        pieces = completion_pieces(example, vocabulary, task.stop)
    else:
        pieces = chat_pieces(example, vocabulary)
    tokens = [token for piece, _ in pieces for token in piece]
    learned = [learn for piece, learn in pieces for _ in piece]
    learned[:1] = [False]
    if not any(learned):
        raise ValueError("nothing in this row is learned\ngive it an answer, or remove it")
    return fitted(tokens, learned, len(vocabulary.begin), max_length)


Piece = tuple[Sequence[int], bool]


def completion_pieces(example: Example, vocabulary: Vocabulary, stop: str | None) -> list[Piece]:
    """What begins every text, the prompt, and the completion with what ends it, which is learned.

    The completion is taken as it stands, with or without a space before it. Raises ValueError.
    """
    if not (example.completion or "").strip():
        raise ValueError("the completion is empty\ngive the row an answer, or remove it")
    answer = vocabulary.encode(f"{example.completion}{stop or ''}")
    if not stop:
        answer = [*answer, _end(vocabulary)]
    return [
        (vocabulary.begin, False),
        (vocabulary.encode(example.prompt or ""), False),
        (answer, True),
    ]


def _end(vocabulary: Vocabulary) -> int:
    if vocabulary.end is None:
        raise ValueError("the model has no end of text\nset `stop` in the arm's sampling")
    return vocabulary.end


def chat_pieces(example: Example, vocabulary: Vocabulary) -> list[Piece]:
    """The conversation in the model's own chat template; every answer is learned but weight 0.

    Raises ValueError.
    """
    if vocabulary.render is None:
        raise ValueError('the model has no chat template\nset form = "completion" for this arm')
    bounds, learned = _bounds(example.messages, vocabulary.render)
    text = vocabulary.render(example.messages, "whole")
    pieces: list[Piece] = [
        (vocabulary.encode(text[start:end]), learn)
        for (start, end), learn in zip(pairwise(bounds), learned, strict=True)
    ]
    begin = list(vocabulary.begin)
    doubled = bool(begin) and list(pieces[0][0][: len(begin)]) == begin
    return pieces if doubled else [(begin, False), *pieces]


def _bounds(messages: Sequence[Turn], render: Render) -> tuple[list[int], list[bool]]:
    """Where the pieces of the rendered text begin and end, and which of them are learned."""
    bounds, learned = [0], []
    whole = render(messages, "whole")
    for number, turn in enumerate(messages):
        if turn.role != "assistant" or turn.weight == 0:
            continue
        if not turn.content:
            raise ValueError("an answer is empty\ngive the row an answer, or remove it")
        opening = render(messages[:number], "opening")
        closed = render(messages[: number + 1], "whole")
        if not (whole.startswith(closed) and closed.startswith(opening)):
            raise ValueError(
                "the model's chat template rewrites earlier turns, so that answers have no place"
                '\nset form = "completion" for this arm'
            )
        bounds += [len(opening), len(closed)]
        learned += [False, True]
    return [*bounds, len(whole)], [*learned, False]


def fitted(tokens: Sequence[int], learned: Sequence[bool], begin: int, longest: int) -> Row:
    """A row of at most `longest` tokens: what is too much goes from the start of the prompt.

    The first `begin` tokens stay, and so does all that is learned. Raises ValueError.
    """
    excess = max(0, len(tokens) - longest)
    if begin + excess > learned.index(True):
        raise ValueError(
            f"the answer ends {len(tokens) - learned.index(True) + begin} tokens behind the start,"
            f" and max_length is {longest}\nraise max_length, or shorten the answer"
        )
    kept = slice(begin + excess, None)
    return Row(
        (*tokens[:begin], *tokens[kept]),
        (*learned[:begin], *learned[kept]),
        excess,
    )


def epoch_batches(lengths: Sequence[int], size: int, seed: int, epoch: int) -> list[list[int]]:
    """Which rows are learned together, batch by batch: every row once, in an order of its own.

    Rows are shuffled, and within a window of eight batches put beside rows of like length.
    """
    order = seeded_order([str(number) for number in range(len(lengths))], f"{seed} epoch {epoch}")
    window = size * _WINDOW
    grouped = [
        number
        for start in range(0, len(order), window)
        for number in sorted(order[start : start + window], key=lambda row: lengths[row])
    ]
    batches = [grouped[start : start + size] for start in range(0, len(grouped), size)]
    places = [str(number) for number in range(len(batches))]
    return [batches[place] for place in seeded_order(places, f"{seed} batches {epoch}")]


def padded(rows: Sequence[Row], pad: int) -> Batch:
    """Rows as one rectangle. The places of the tokens count from 0 behind the padding."""
    width = max(len(row.tokens) for row in rows)
    first = min(width - len(row.tokens) + row.learned.index(True) for row in rows)
    filled = [width - len(row.tokens) for row in rows]
    return Batch(
        tokens=[[pad] * n + list(row.tokens) for n, row in zip(filled, rows, strict=True)],
        attention=[[0] * n + [1] * (width - n) for n in filled],
        positions=[[0] * n + list(range(width - n)) for n in filled],
        labels=[[IGNORED] * n + _labels(row) for n, row in zip(filled, rows, strict=True)],
        kept=width - first + 1,
    )


def _labels(row: Row) -> list[int]:
    pairs = zip(row.tokens, row.learned, strict=True)
    return [token if learn else IGNORED for token, learn in pairs]


def learned_tokens(rows: Sequence[Row]) -> int:
    """How many tokens are learned in one epoch."""
    return sum(sum(row.learned) for row in rows)


def all_tokens(rows: Sequence[Row]) -> int:
    """How many tokens are read in one epoch."""
    return sum(len(row.tokens) for row in rows)


def vocabulary(tokenizer: Any) -> Vocabulary:
    """What is needed of a tokenizer of transformers."""
    begin = _begin(tokenizer)
    pad = tokenizer.pad_token_id
    return Vocabulary(
        encode=lambda text: tokenizer(text, add_special_tokens=False).input_ids,
        begin=begin,
        end=tokenizer.eos_token_id,
        pad=0 if pad is None else pad,
        render=_renderer(tokenizer) if tokenizer.chat_template else None,
    )


def _begin(tokenizer: Any) -> tuple[int, ...]:
    """The beginning-of-text token, where the tokenizer puts one before a text."""
    first = tokenizer("a").input_ids[:1]
    return tuple(first) if first == [tokenizer.bos_token_id] else ()


def _renderer(tokenizer: Any) -> Render:
    from jinja2 import TemplateError

    def render(messages: Sequence[Turn], part: Part) -> str:
        turns = [{"role": turn.role, "content": turn.content or ""} for turn in messages]
        try:
            text: str = tokenizer.apply_chat_template(
                turns, tokenize=False, add_generation_prompt=part == "opening"
            )
        except TemplateError as error:
            raise ValueError(f"the model's chat template refuses the row: {error}") from error
        return text

    return render
