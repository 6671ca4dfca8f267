"""Rows by id and stratum in, a stratified part of them out that is nested in every larger. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from harness.errors import UsageError
from harness.values.order import stratified_order


def nested_rows(ids: Sequence[str], strata: Sequence[int], seed: int, n: int) -> list[int]:
    """Positions of `n` rows, each stratum in about its proportion; the first 25 of 50 are the 25.

    `strata` are small numbers that rows of one kind share, one for each id.

    Raises:
        UsageError: there are fewer than `n` rows, or `n` is below 1.
    """
    if not 1 <= n <= len(ids):
        raise UsageError(f"{n} rows were asked for, and there are {len(ids)}")
    return list(stratified_order(ids, strata, seed)[:n])
