"""The lengths of rows in, what learning from them takes out: epochs, tokens, money, time. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from harness.values.price import PER_MILLION
from harness.values.training import Spent
from harness.values.tuning import Estimate
from harness.values.tuning_price import TuningPrice

DEFAULT_EPOCHS = 3
FEWEST_ROWS = 100
MOST_ROWS = 25_000
MOST_EPOCHS = 25


def default_epochs(rows: int) -> int:
    """How often OpenAI passes over the data unless told (OpenAI cookbook, 'Data preparation').

    3, and more often for few rows (up to 25 times, towards 100 rows seen) or less often for many
    (down to once, towards 25,000).
    """
    if 0 < rows * DEFAULT_EPOCHS < FEWEST_ROWS:
        return min(MOST_EPOCHS, FEWEST_ROWS // rows)
    if rows * DEFAULT_EPOCHS > MOST_ROWS:
        return max(1, MOST_ROWS // rows)
    return DEFAULT_EPOCHS


def estimate(
    lengths: Sequence[int],
    *,
    vocabulary: str,
    epochs: int | None = None,
    limit: int | None = None,
    price: TuningPrice | None = None,
    rate: float | None = None,
) -> Estimate:
    """What a tuning takes. `lengths` are tokens of each row; those above `limit` are cut.

    `price` without one for training, or none, leaves the cost unknown; so does `rate`, trained
    tokens per second where they were measured, the time.
    """
    passes = default_epochs(len(lengths)) if epochs is None else epochs
    tokens = sum(lengths if limit is None else (min(limit, length) for length in lengths))
    return Estimate(
        rows=len(lengths),
        tokens=tokens,
        epochs=passes,
        truncated=0 if limit is None else sum(length > limit for length in lengths),
        seconds=tokens * passes / rate if rate else None,
        spent=training_cost(tokens * passes, price),
        vocabulary=vocabulary,
    )


def training_cost(trained_tokens: int, price: TuningPrice | None) -> Spent | None:
    """What learning from so many tokens (all epochs together) costs; None where it is unknown."""
    if price is None or price.training is None:
        return None
    return Spent(
        amount=trained_tokens * price.training / PER_MILLION,
        as_of=price.as_of,
        source=price.training_source or price.source,
        currency=price.currency,
    )
