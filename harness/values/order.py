"""Seeded orders that depend on ids alone: the same on every machine and Python. Pure.

Sorting by a hash of (seed, id) keeps an order stable when rows are added, moved or removed, and
does not lean on the internals of `random`.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from hashlib import blake2b

_SPAN = float(1 << 64)


def rank(seed: int | str, text: str) -> int:
    """A uniform 64-bit number for a text under a seed."""
    state = blake2b(f"{seed}\0{text}".encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(state.digest(), "big")


def seeded_order(ids: Sequence[str], seed: int | str) -> list[int]:
    """Indices of `ids`, shuffled."""
    return sorted(range(len(ids)), key=lambda i: rank(seed, ids[i]))


def stratified_order(ids: Sequence[str], strata: Sequence[int], seed: int | str) -> array[int]:
    """Indices of `ids` such that every prefix holds each stratum in about its own proportion.

    The i-th case (in seeded order) of a stratum of n is placed at (i + u) / n with u uniform per
    stratum: systematic sampling with a random start, so that a prefix of any length is nested in
    every longer one and no stratum is favoured.
    """
    sizes: dict[int, int] = {}
    for stratum in strata:
        sizes[stratum] = sizes.get(stratum, 0) + 1
    start = {stratum: rank(seed, f"stratum {stratum}") / _SPAN for stratum in sizes}
    seen = dict.fromkeys(sizes, 0)
    place = array("d", bytes(8 * len(ids)))
    shuffled = seeded_order(ids, seed)
    for index in shuffled:
        stratum = strata[index]
        place[index] = (seen[stratum] + start[stratum]) / sizes[stratum]
        seen[stratum] += 1
    shuffled.sort(key=place.__getitem__)
    return array("I", shuffled)
