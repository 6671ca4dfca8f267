"""Columns of scores in, their means under a seeded bootstrap of clusters or of seeds out. Pure.

Of G clusters (or m seeds) G - 1 are drawn, with replacement, which makes the variance of a mean
the usual s^2 / G without bias and matters for three seeds (McCarthy & Snowden 1985; Rao & Wu
1988).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from harness.analysis.interval import CONFIDENCE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

ROUNDING = 1e-12
LEAST_SEEDS = 3

_WEIGHTS_AT_A_TIME = 4_000_000


class Range(msgspec.Struct, frozen=True):
    """From low to high, of a difference or a slope: not bound to [0, 1]."""

    low: float
    high: float


def cluster_means(
    columns: Numbers, clusters: NDArray[np.int64], draws: int, bits: np.random.PCG64
) -> Numbers:
    """Means of each column when clusters are drawn again, the same ones for all columns.

    `columns` is (columns, cases), `clusters` a code 0, 1, … per case, at least two; the result
    is (draws, columns). A mean is over the cases that were drawn, however many those are.
    """
    import numpy as np

    counts = np.bincount(clusters).astype(float)
    sums = np.array([np.bincount(clusters, column) for column in columns])
    step = max(1, _WEIGHTS_AT_A_TIME // len(counts))
    parts = []
    for start in range(0, draws, step):
        weights = _picks(min(step, draws - start), len(counts), bits)
        parts.append(weights @ sums.T / (weights @ counts)[:, None])
    return np.concatenate(parts)


def seed_means(means: Numbers, bits: np.random.PCG64) -> Numbers:
    """The mean over seeds, (draws, seeds) to (draws,); from three seeds on they are drawn again."""
    draws, seeds = means.shape
    if seeds < LEAST_SEEDS:
        plain: Numbers = means.mean(axis=1)
        return plain
    weights = _picks(draws, seeds, bits)
    drawn: Numbers = (weights * means).sum(axis=1) / (seeds - 1)
    return drawn


def _picks(draws: int, choices: int, bits: np.random.PCG64) -> Numbers:
    """How often each of `choices` was drawn, choices - 1 times in all: (draws, choices).

    From the raw bits, whose stream numpy promises to keep, so that a committed page does not
    change with numpy's version.
    """
    import numpy as np

    raw = bits.random_raw(draws * (choices - 1)).reshape(draws, choices - 1)
    picked = ((raw >> np.uint64(11)) * 2.0**-53 * choices).astype(np.int64)
    picked += np.arange(draws)[:, None] * choices
    counts = np.bincount(picked.ravel(), minlength=draws * choices)
    return counts.reshape(draws, choices).astype(float)


def percentiles(values: Numbers) -> Range:
    """The middle 95 % of the draws."""
    import numpy as np

    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(values, (tail, 1 - tail))
    return Range(float(low), float(high))


def spread_of(values: Numbers) -> Range | None:
    """The middle 95 %, or None where all draws agree: equal answers are no certainty."""
    return percentiles(values) if float(values.max() - values.min()) > ROUNDING else None
