"""What the page must know of each part of its cases to read the blocks of that part. Pure.

The cases of a page are packed in parts, each by itself, so that several processes can pack them.
Numbers in the texts and columns of a part are those of its own tables; the page joins them.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TypeAlias

import msgspec

from harness.reports.page.columns import Column


class Tables(msgspec.Struct, frozen=True, kw_only=True):
    """What numbers in the blocks of a part mean, and where its chunks begin.

    `starts` has the first case of each chunk, counted within the part, `shared` the first number
    of each block of shared texts, `messages` pairs of a role and a shared text.
    """

    cases: int
    starts: Sequence[int]
    shared: Sequence[int]
    messages: Sequence[tuple[str, int]]
    keys: Sequence[tuple[str, ...]]
    scorers: Sequence[tuple[str, ...]]
    replicates: Sequence[tuple[int, int]]
    models: Sequence[str]
    finishes: Sequence[str]
    shots: Sequence[str]
    tags: Sequence[tuple[str, Sequence[str]]]
    columns: Sequence[Column]


class GridPart(msgspec.Struct, frozen=True):
    """A part that is packed: the ids of its cases, in order, and its tables."""

    ids: Sequence[str]
    tables: Tables


PackedPart: TypeAlias = Generator[str, None, GridPart]
"""The blocks of a part as HTML, piece by piece, and at the end what the page must know of it."""
