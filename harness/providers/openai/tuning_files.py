"""The files of a hosted tuning: a task in; checked JSON lines on disk, and an estimate, out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from harness.errors import DataError
from harness.providers.openai.tuning_recipe import Platform, check_recipe
from harness.providers.openai.tuning_rows import (
    BOM,
    encode_rows,
    file_problems,
    row_problems,
    texts_of,
)
from harness.providers.openai.tuning_state import write_whole
from harness.text.tokens import token_counter, vocabulary_of
from harness.training.estimate import estimate
from harness.values.example import Example
from harness.values.tuning import Estimate, TuningTask
from harness.values.tuning_price import TuningPrice

GUESSED_VOCABULARY = "o200k_base"
# OpenAI cookbook, "How to count tokens with tiktoken": what surrounds a message, and the answer.
MESSAGE_TOKENS = 3
ROW_TOKENS = 3


def write_rows(task: TuningTask, folder: Path, platform: Platform) -> tuple[bytes, bytes]:
    """The bytes of train.jsonl and validation.jsonl, checked and on disk.

    No validation rows are empty bytes and no file. Azure's files begin with a BOM.

    Raises:
        UsageError: the recipe cannot be followed there.
        DataError: the platform would refuse rows, every one of them.
    """
    method = task.recipe.method
    check_recipe(task.recipe, platform)
    path, held_out = folder / "train.jsonl", folder / "validation.jsonl"
    problems = [
        *row_problems(task.examples, method, str(path)),
        *row_problems(task.validation, method, str(held_out)),
    ]
    beginning = BOM if platform == "azure" else b""
    train = encode_rows(task.examples, method, beginning)
    validation = encode_rows(task.validation, method, beginning) if task.validation else b""
    problems += file_problems(train, validation, str(path), len(task.examples))
    if problems:
        raise DataError(problems)
    write_whole(path, train)
    if validation:
        write_whole(held_out, validation)
    return train, validation


def estimate_of(task: TuningTask, price: TuningPrice | None) -> Estimate:
    """Rows, tokens and epochs; the cost where a price is known.

    A model unknown to us is counted with the vocabulary of OpenAI's newer models.
    """
    vocabulary = vocabulary_of(task.base) or GUESSED_VOCABULARY
    count = token_counter(vocabulary)
    return estimate(
        [_tokens(one, count) for one in task.examples],
        vocabulary=vocabulary,
        epochs=task.recipe.hyperparameters.epochs,
        price=price,
    )


def _tokens(example: Example, count: Callable[[str], int]) -> int:
    texts = texts_of(example)
    return ROW_TOKENS + sum(MESSAGE_TOKENS + sum(map(count, message)) for message in texts)
