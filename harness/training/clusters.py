"""Rows in, which of them must stay together out: groups, duplicates and near-duplicates. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from harness.text.normalise import plain
from harness.text.similarity import THRESHOLD, near_duplicates


class SplitRow(NamedTuple):
    """What decides where a row goes. Rows without a label are stratified as if they shared one."""

    id: str
    label: str | None
    group: str | None
    text: str


def cluster_rows(rows: Sequence[SplitRow], threshold: float = THRESHOLD) -> list[int]:
    """The cluster of each row, a number that rows which must stay together share.

    They share a group, an id, or a text after normalisation, or their texts are near-duplicates at
    `threshold` (harness.text.similarity); and so does whatever is linked through others.
    """
    roots = list(range(len(rows)))
    _link_equal(roots, [row.id for row in rows])
    _link_equal(roots, [row.group for row in rows])
    texts = [row.text for row in rows]
    _link_equal(roots, [plain(text) or text or None for text in texts])
    for pair in near_duplicates(texts, threshold=threshold):
        _link(roots, pair.left, pair.right)
    return [_root(roots, at) for at in range(len(rows))]


def _link_equal(roots: list[int], keys: Iterable[str | None]) -> None:
    first: dict[str, int] = {}
    for at, key in enumerate(keys):
        if key is not None:
            _link(roots, first.setdefault(key, at), at)


def _link(roots: list[int], one: int, other: int) -> None:
    low, high = sorted((_root(roots, one), _root(roots, other)))
    roots[high] = low


def _root(roots: list[int], at: int) -> int:
    while roots[at] != at:
        roots[at] = roots[roots[at]]
        at = roots[at]
    return at


def distinguishing(texts: Sequence[str]) -> list[str]:
    """The texts without what all begin with and all end with, such as one long instruction.

    A shared frame makes everything a near-duplicate of everything. The texts as they stand where
    nothing would be left of one of them.
    """
    start = _shared(texts)
    rests = [text[start:] for text in texts]
    end = _shared([rest[::-1] for rest in rests])
    parts = [rest[: len(rest) - end] for rest in rests]
    return parts if all(parts) else list(texts)


def _shared(texts: Sequence[str]) -> int:
    """How many characters all begin with: as many as the first and the last in order."""
    if not texts:
        return 0
    first, last = min(texts), max(texts)
    pairs = enumerate(zip(first, last, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(first), len(last)))
