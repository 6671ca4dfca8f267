"""A finished split in, its counts by split and label out. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import msgspec

from harness.training.clusters import SplitRow
from harness.values.case import SPLITS, Split


class SplitSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What a split came to.

    `counts` and `labels` are rows, by split and by label and split; `left_out` rows are in none.
    `held` clusters have several rows, `held_rows` together; `largest` rows stand in the largest.
    """

    rows: int
    seed: int
    counts: dict[str, int]
    labels: dict[str, dict[str, int]]
    left_out: int
    clusters: int
    held: int
    held_rows: int
    largest: int


def summarise_split(
    rows: Sequence[SplitRow], clusters: Sequence[int], places: Sequence[Split | None], seed: int
) -> SplitSummary:
    """Counts of a finished split, labels in the order of their names."""
    sizes = Counter(clusters)
    held = [size for size in sizes.values() if size > 1]
    by_label: dict[str, Counter[str]] = defaultdict(Counter)
    for row, place in zip(rows, places, strict=True):
        if row.label is not None and place is not None:
            by_label[row.label][place] += 1
    counts = Counter(place for place in places if place is not None)
    return SplitSummary(
        rows=len(rows),
        seed=seed,
        counts={name: counts[name] for name in SPLITS if name in counts},
        labels={label: _ordered(by_label[label]) for label in sorted(by_label)},
        left_out=sum(place is None for place in places),
        clusters=len(sizes),
        held=len(held),
        held_rows=sum(held),
        largest=max(sizes.values(), default=0),
    )


def _ordered(counts: Counter[str]) -> dict[str, int]:
    return {name: counts[name] for name in SPLITS}
