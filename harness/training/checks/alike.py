"""Texts in, which are nearly an earlier one or nearly one of other texts out. Pure.

Few texts are compared by `harness.text.similarity`, which misses nothing. More are compared where
they share a band of a MinHash signature (Broder 1997; Leskovec, Rajaraman, Ullman, "Mining of
Massive Datasets", 3.4): 20 bands of 4 minima over the hashes of 4 characters. A pair that shares a
share s of its 4-grams is compared with the probability 1 - (1 - s⁴)²⁰: .9997 at .75, .94 at .6,
.72 at .5. One edited word in a sentence leaves about .8; a pair at a ratio of 90 whose edits are
spread evenly has about .45 and can be missed. Every pair that is reported has been compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from harness.text.normalise import plain
from harness.text.similarity import MIN_LENGTH, THRESHOLD, near_duplicates

WHOLE = 1500  # texts that are compared each with each
WHOLE_PAIRS = 1_000_000
GRAM = 4
BANDS = 20
MINIMA = 4
NEIGHBOURS = 5  # compared in a band that many texts share
BATCH = 4_000
PAIRS_AT_ONCE = 200_000

Numbers: TypeAlias = NDArray[np.uint32]
Pairs: TypeAlias = NDArray[np.int64]

_MASK = (1 << 32) - 1
_SEED = 20_261_121


def nearly_earlier(texts: Sequence[str], threshold: float = THRESHOLD) -> dict[int, int]:
    """For each text that is nearly an earlier one: its position, and that one's."""
    if len(texts) <= WHOLE:
        return _earliest((p.right, p.left) for p in near_duplicates(texts, threshold=threshold))
    normalised = [plain(text) for text in texts]
    keys = band_keys(normalised)
    pairs = _unique(_within(band) for band in keys)
    return _earliest((j, i) for i, j in _alike(normalised, normalised, pairs, threshold))


def near_any(
    rows: Sequence[str], cases: Sequence[str], threshold: float = THRESHOLD
) -> dict[int, int]:
    """For each case that is nearly a row: its position, and the first such row's."""
    if len(rows) * len(cases) <= WHOLE_PAIRS:
        return _earliest((p.right, p.left) for p in near_duplicates(rows, cases, threshold))
    normalised = [plain(text) for text in rows]
    asked = [plain(text) for text in cases]
    bands = zip(band_keys(normalised), band_keys(asked), strict=True)
    pairs = _unique(_across(ours, theirs) for ours, theirs in bands)
    return _earliest((j, i) for i, j in _alike(normalised, asked, pairs, threshold))


def band_keys(texts: Sequence[str]) -> Numbers:
    """The key of each band of each text, of the form (BANDS, texts); 0 for a text too short."""
    keys = np.zeros((BANDS, len(texts)), np.uint32)
    long = np.array([i for i, text in enumerate(texts) if len(text) >= MIN_LENGTH], np.int64)
    for start in range(0, len(long), BATCH):
        chosen = long[start : start + BATCH]
        keys[:, chosen] = _keys([texts[i] for i in chosen])
    return keys


def _keys(texts: Sequence[str]) -> Numbers:
    """Bands of a batch: hashes of all 4-grams in one row, the minimum of each text's piece."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    hashes = np.zeros(len(codes), np.uint32)
    with np.errstate(over="ignore"):
        for offset in range(GRAM):
            shifted = codes[offset : len(codes) - GRAM + 1 + offset]
            hashes[: len(shifted)] = hashes[: len(shifted)] * np.uint32(0x01000193) ^ shifted
        hashes = _mixed(hashes)
    # The last grams of a text reach into the next one: they count as its first gram does.
    for back in range(1, GRAM):
        hashes[starts + lengths - back] = hashes[starts]
    return _bands(hashes, starts)


def _bands(hashes: Numbers, starts: NDArray[np.int64]) -> Numbers:
    chance = np.random.default_rng(_SEED)
    keys = np.zeros((BANDS, len(starts)), np.uint32)
    turned = np.empty_like(hashes)
    with np.errstate(over="ignore"):
        for band in range(BANDS):
            for _ in range(MINIMA):
                factor = np.uint32(int(chance.integers(1 << 31)) * 2 + 1)
                np.multiply(hashes, factor, out=turned)
                np.bitwise_xor(turned, np.uint32(int(chance.integers(1 << 32))), out=turned)
                least = np.minimum.reduceat(turned, starts)
                keys[band] = _mixed(keys[band] * np.uint32(31) + least)
    return np.maximum(keys, 1)


def _mixed(numbers: Numbers) -> Numbers:
    """Every bit of a number spread over all bits (the finaliser of MurmurHash3)."""
    numbers = (numbers ^ (numbers >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    numbers = (numbers ^ (numbers >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return numbers ^ (numbers >> np.uint32(16))


def _within(keys: Numbers) -> Pairs:
    """Pairs (i, j), i < j, of one band: each text with the next few of the same key."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    found = []
    for step in range(1, NEIGHBOURS + 1):
        same = np.flatnonzero((ordered[step:] == ordered[:-step]) & (ordered[step:] > 0))
        if not same.size:
            break
        found.append(np.stack([order[same], order[same + step]], axis=1))
    return np.concatenate(found) if found else np.empty((0, 2), np.int64)


def _across(ours: Numbers, theirs: Numbers) -> Pairs:
    """Pairs (row, case) of one band: each row with the first few cases of the same key."""
    order = np.argsort(theirs, kind="stable")
    ordered = theirs[order]
    first = np.searchsorted(ordered, ours, "left")
    last = np.searchsorted(ordered, ours, "right")
    found = []
    for step in range(NEIGHBOURS):
        rows = np.flatnonzero((first + step < last) & (ours > 0))
        if not rows.size:
            break
        found.append(np.stack([rows, order[first[rows] + step]], axis=1))
    return np.concatenate(found) if found else np.empty((0, 2), np.int64)


def _unique(bands: Iterator[Pairs]) -> Pairs:
    """All pairs of all bands, each once, in order."""
    packed = np.unique(np.concatenate([(pairs[:, 0] << 32) | pairs[:, 1] for pairs in bands]))
    return np.stack([packed >> 32, packed & _MASK], axis=1)


def _alike(
    lefts: Sequence[str], rights: Sequence[str], pairs: Pairs, threshold: float
) -> Iterator[tuple[int, int]]:
    """The pairs whose ratio reaches the threshold."""
    from rapidfuzz import fuzz, process

    possible = pairs[_of_like_length(lefts, rights, pairs, threshold)]
    for start in range(0, len(possible), PAIRS_AT_ONCE):
        some = possible[start : start + PAIRS_AT_ONCE].tolist()
        ones, others = [lefts[i] for i, _ in some], [rights[j] for _, j in some]
        ratios = process.cpdist(ones, others, scorer=fuzz.ratio, score_cutoff=threshold)
        for at in np.flatnonzero(ratios).tolist():
            i, j = some[at]
            yield i, j


def _of_like_length(
    lefts: Sequence[str], rights: Sequence[str], pairs: Pairs, threshold: float
) -> NDArray[np.bool_]:
    """Pairs whose lengths alone do not rule the threshold out: 200·min / (n + m) bounds it."""
    most = (200 - threshold) / threshold
    ones = np.fromiter(map(len, lefts), np.int64, len(lefts))[pairs[:, 0]]
    others = np.fromiter(map(len, rights), np.int64, len(rights))[pairs[:, 1]]
    return (ones <= most * others) & (others <= most * ones)


def _earliest(pairs: Iterator[tuple[int, int]]) -> dict[int, int]:
    found: dict[int, int] = {}
    for at, earlier in pairs:
        found[at] = min(earlier, found.get(at, earlier))
    return found
