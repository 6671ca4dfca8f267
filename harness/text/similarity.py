"""Texts in, pairs of near-duplicates out, without comparing every text with every other. Pure.

Two texts are near-duplicates when rapidfuzz's ratio of their `plain` forms, 200 · LCS / (n + m)
for a longest common subsequence of LCS characters, is at least a threshold.

Candidates share rare shingles (q consecutive characters). No pair is lost: a deleted character
breaks at most q shingles of a text and an inserted one at most q - 1, so a threshold bounds the
number D of shingles that a text of n characters can have and its near-duplicate lack (the q-gram
lemma of Ukkonen 1992). Of the P > D rarest shingles of a text, a near-duplicate holds P - D.
At a ratio of 90 that rules out nearly everything among texts up to about 150 characters; of longer
ones it rules out less, and they cost up to a microsecond a pair.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from math import ceil, floor
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from harness.errors import UsageError
from harness.text.normalise import plain

THRESHOLD = 90.0
MIN_LENGTH = 20
LONGEST_SHINGLE = 5
# The commonest fifth of a text's shingles costs more to look up than it rules out.
RARE_SHARE = 0.8
# Up to this share of lacking shingles, counting the rest still rules most texts out.
WORTHWHILE_SHARE = 0.6
_SLACK = 1e-9

Rows: TypeAlias = NDArray[np.int32]


class NearDuplicate(NamedTuple):
    """Positions of two texts and their ratio, in [threshold, 100]."""

    left: int
    right: int
    ratio: float


class _Index(NamedTuple):
    """Texts of one side by shingle; `rows` of a shingle are positions in `texts`."""

    positions: Sequence[int]
    texts: Sequence[str]
    lengths: Rows
    rows: dict[str, Rows]
    size: int


def near_duplicates(
    left: Sequence[str],
    right: Sequence[str] | None = None,
    threshold: float = THRESHOLD,
    min_length: int = MIN_LENGTH,
) -> list[NearDuplicate]:
    """All pairs (i in left, j in right) with a ratio >= threshold, ordered by i, then j.

    Without `right`, the pairs i < j within `left`. Texts shorter than `min_length` characters
    after normalisation are never near-duplicates. `threshold` is in [50, 100], `min_length` at
    least 1; UsageError otherwise. Fast from about 85 upwards.
    """
    _check(threshold, min_length)
    lefts = _normalised(left, min_length)
    size = _shingle_size(threshold, min_length)
    if right is None:
        pairs = _join(_index(lefts, size), lefts, threshold)
        return sorted(pair for pair in pairs if pair.left < pair.right)
    rights = _normalised(right, min_length)
    if len(rights) <= len(lefts):
        return sorted(_join(_index(lefts, size), rights, threshold))
    swapped = _join(_index(rights, size), lefts, threshold)
    return sorted(NearDuplicate(j, i, ratio) for i, j, ratio in swapped)


def _check(threshold: float, min_length: int) -> None:
    if not 50 <= threshold <= 100:  # noqa: PLR2004  # the two numbers are the message
        raise UsageError(f"a near-duplicate threshold lies between 50 and 100, not {threshold!r}")
    if min_length < 1:
        raise UsageError(f"min_length must be at least 1, not {min_length!r}")


def _normalised(texts: Sequence[str], min_length: int) -> list[tuple[int, str]]:
    return [(i, text) for i, text in enumerate(map(plain, texts)) if len(text) >= min_length]


def _shingles(text: str, size: int) -> set[str]:
    """All shingles; the k-th repeat of one counts as another, named with k behind it.

    The lemma is about bags of shingles: among long texts, repeats rule out most that sets leave.
    """
    shingles = [text[i : i + size] for i in range(len(text) - size + 1)]
    different = set(shingles)
    if len(different) == len(shingles):
        return different
    repeats: dict[str, int] = {}
    for shingle in shingles:
        times = repeats[shingle] = repeats.get(shingle, -1) + 1
        if times:
            different.add(f"{shingle}{times}")
    return different


def _index(entries: Sequence[tuple[int, str]], size: int) -> _Index:
    texts = [text for _, text in entries]
    shingles = [_shingles(text, size) for text in texts]
    counts = Counter(chain.from_iterable(shingles))
    numbers = {shingle: number for number, shingle in enumerate(counts)}
    ids = np.fromiter((numbers[s] for s in chain.from_iterable(shingles)), np.int32, counts.total())
    owners = np.repeat(np.arange(len(texts), dtype=np.int32), list(map(len, shingles)))
    grouped = owners[np.argsort(ids, kind="stable")]
    ends = np.cumsum(list(counts.values()), dtype=np.int64)
    rows = dict(zip(counts, np.split(grouped, ends[:-1]), strict=True)) if counts else {}
    lengths = np.fromiter(map(len, texts), np.int32, len(texts))
    return _Index([position for position, _ in entries], texts, lengths, rows, size)


def _join(
    index: _Index, asking: Sequence[tuple[int, str]], threshold: float
) -> Iterator[NearDuplicate]:
    """Pairs (position in the index, position in asking)."""
    for position, text in asking:
        candidates = _candidates(index, text, threshold)
        if not candidates.size:
            continue
        texts = [index.texts[row] for row in candidates]
        found = process.cdist([text], texts, scorer=fuzz.ratio, score_cutoff=threshold)
        # cdist rounds to single precision, and writes 0 below the cutoff.
        for at in found[0].nonzero()[0]:
            ratio = fuzz.ratio(text, texts[at])
            yield NearDuplicate(index.positions[candidates[at]], position, ratio)


def _candidates(index: _Index, text: str, threshold: float) -> NDArray[np.intp]:
    """Rows of every text that can reach the threshold with `text`, and few others."""
    shortest, longest = _partner_lengths(len(text), threshold)
    possible = (index.lengths >= shortest) & (index.lengths <= longest)
    shingles = _shingles(text, index.size)
    lacking = _most_lacking(len(text), index.size, threshold)
    # A text of too few shingles need not share one: only its length counts.
    if len(shingles) > lacking:
        rare = max(lacking + 1, int(RARE_SHARE * len(shingles)))
        possible &= _shared(index, shingles, rare) >= rare - lacking
    return np.flatnonzero(possible)


def _shared(index: _Index, shingles: set[str], rare: int) -> NDArray[np.intp]:
    """For each row, how many of the `rare` rarest of the shingles it holds."""
    empty = np.empty(0, np.int32)
    postings = sorted((index.rows.get(shingle, empty) for shingle in shingles), key=len)
    return np.bincount(np.concatenate(postings[:rare]), minlength=len(index.texts))


@lru_cache(maxsize=4096)
def _partner_lengths(length: int, threshold: float) -> tuple[int, int]:
    """The shortest and longest text that can reach the threshold with one of `length`."""
    share = threshold / 100
    shortest = ceil(share * length / (2 - share) - _SLACK)
    return max(1, shortest), floor((2 - share) * length / share + _SLACK)


@lru_cache(maxsize=4096)
def _most_lacking(length: int, size: int, threshold: float) -> int:
    """D: how many shingles a text of `length` can have that a near-duplicate lacks."""
    shortest, longest = _partner_lengths(length, threshold)
    worst = 0
    for other in range(shortest, longest + 1):
        kept = ceil(threshold / 100 * (length + other) / 2 - _SLACK)
        worst = max(worst, size * (length - kept) + (size - 1) * (other - kept))
    return worst


@lru_cache(maxsize=64)
def _shingle_size(threshold: float, min_length: int) -> int:
    """The longest shingle of which a text of `min_length` always keeps enough; 3 at 90 and 20."""
    sizes = range(LONGEST_SHINGLE, 1, -1)
    return next((size for size in sizes if _worthwhile(size, threshold, min_length)), 1)


def _worthwhile(size: int, threshold: float, min_length: int) -> bool:
    lengths = range(min_length, min_length + 2 * MIN_LENGTH)
    return all(
        _most_lacking(n, size, threshold) + 1 <= WORTHWHILE_SHARE * (n - size + 1) + 1
        for n in lengths
    )
