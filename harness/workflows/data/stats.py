"""A training file in, what it holds and what tuning on it would take out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.errors import DataError, Problem, UsageError
from harness.store.prices.tuned import read_tuning_prices, tuning_price_of
from harness.store.training_rows import read_training_rows
from harness.text.tokens import VOCABULARIES, TokenCounter, token_counter, vocabulary_of
from harness.training.estimate import estimate
from harness.training.shapes import parse_rows
from harness.training.stats import FileStats, gather
from harness.values.endpoint import LocalSpec
from harness.values.example import Example
from harness.values.tuning import Estimate

LOCAL = "local"
"""The vocabulary of the embedded model."""


def file_stats(
    location: str,
    *,
    vocabulary: str | None = None,
    model: str | None = None,
    limit: int | None = None,
    epochs: int | None = None,
    rate: float | None = None,
) -> FileStats:
    """Statistics of a training file of any shape, and an estimate.

    `vocabulary` is one of VOCABULARIES or 'local'; unset it is that of `model`, or o200k_base.
    `model` also decides the price; `rate` is in trained tokens per second.

    Raises:
        DataError: the file cannot be read, or no row of it can.
        MissingExtraError: the embedded model is not installed.
        UsageError: the vocabulary is unknown, or that of the model.
    """
    chosen = vocabulary or _vocabulary(model)
    count = counter(chosen)
    price = tuning_price_of(model, read_tuning_prices()) if model else None

    def taken(lengths: Sequence[int]) -> Estimate:
        return estimate(
            lengths, vocabulary=chosen, epochs=epochs, limit=limit, price=price, rate=rate
        )

    found = gather(location, _examples(location), count, limit=limit, estimate=taken)
    if not found.rows:
        message = f"none of {found.unreadable} rows is training data"
        hint = f"see what is wrong with them: harness data check {location}"
        raise DataError([Problem(file=location, message=message, hint=hint)])
    return found


def counter(vocabulary: str) -> TokenCounter:
    """The counter of a named vocabulary, 'local' among them."""
    if vocabulary != LOCAL:
        return token_counter(vocabulary)
    from harness.providers.local.tokens import token_counter as local_counter

    return local_counter(LocalSpec())


def _vocabulary(model: str | None) -> str:
    if model is None:
        return VOCABULARIES[0]
    known = vocabulary_of(model)
    if known is None:
        names = ", ".join((*VOCABULARIES, LOCAL))
        raise UsageError(
            f"the vocabulary of {model!r} is not known; name one with --vocabulary: {names}"
        )
    return known


def _examples(location: str) -> Iterator[tuple[str, Example | None]]:
    for parsed in parse_rows(read_training_rows(location), file=location):
        if parsed.line:  # line 0 is a finding about the file as a whole
            yield parsed.shape or "", parsed.example
