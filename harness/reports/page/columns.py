"""Replies in, the numbers of all of them as typed columns out. Pure.

One value per reply, arm by arm, in the order of the cases; `replies` says how many a case has.
Everything that the page filters and sorts by is here, so that it needs no texts to do so.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from math import nan
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from harness.reports.page.interned import Interned
from harness.reports.page.values import GridReply
from harness.reports.wording import natural_key
from harness.values.score import OUTCOMES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Numbers: TypeAlias = "array[int] | array[float]"

UNKNOWN_COUNT = 2**32 - 1
"""Stands for a count of tokens that is not known."""

_OUTCOME_CODES = {outcome: code for code, outcome in enumerate(OUTCOMES)}
_MOST = 2**16 - 1
_TYPES = {"B": "u8", "H": "u16", "I": "u32", "f": "f32"}


class Column(msgspec.Struct, frozen=True):
    """Name, type ('u8', 'u16', 'u32', 'f32', little endian) and number of values of a column."""

    name: str
    type: str
    length: int


class ReplyColumns:
    """The columns of one arm."""

    def __init__(self) -> None:
        self.replies = array("H")
        self.replicate = array("H")
        self.outcome = array("B")
        self.value = array("f")
        self.input = array("I")
        self.output = array("I")
        self.cost = array("f")
        self.latency = array("f")
        self.attempts = array("H")

    def extend(
        self, cases: Sequence[Sequence[GridReply]], replicates: Interned[tuple[int, int]]
    ) -> None:
        """The replies of this arm to each of the next cases."""
        replies = list(chain.from_iterable(cases))
        usages = [reply.usage for reply in replies]
        number, nothing = replicates.number, UNKNOWN_COUNT
        self.replies.extend([len(of_case) for of_case in cases])
        self.replicate.extend([number((reply.shot_seed, reply.trial)) for reply in replies])
        self.outcome.extend([_OUTCOME_CODES[reply.outcome] for reply in replies])
        self.value.extend([_float(reply.value) for reply in replies])
        self.input.extend([nothing if usage is None else usage.input for usage in usages])
        self.output.extend([nothing if usage is None else usage.output for usage in usages])
        self.cost.extend([_float(reply.cost) for reply in replies])
        self.latency.extend([_float(reply.latency) for reply in replies])
        self.attempts.extend([min(reply.attempts, _MOST) for reply in replies])

    def named(self, prefix: str) -> Iterator[tuple[str, Numbers]]:
        """Every column with its name in the page."""
        for name, column in vars(self).items():
            yield f"{prefix}.{name}", column


class TagColumns:
    """The tags of the cases: a code per case and key, 0 where a case lacks the key."""

    def __init__(self) -> None:
        self.values: dict[str, Interned[str]] = {}
        self._codes: dict[str, array[int]] = {}
        self._cases = 0

    def append(self, tags: Mapping[str, str]) -> None:
        """The tags of the next case."""
        for key in [key for key in tags if key not in self.values]:
            self.values[key] = Interned()
            self._codes[key] = array("I", bytes(4 * self._cases))
        for key, codes in self._codes.items():
            value = tags.get(key)
            codes.append(0 if value is None else 1 + self.values[key].number(value))
        self._cases += 1

    def named(self) -> Iterator[tuple[str, array[int]]]:
        """Every column with its name in the page."""
        for place, codes in enumerate(self._codes.values()):
            yield f"tag{place}", codes


def _float(value: float | None) -> float:
    return nan if value is None else value


def natural_ranks(ids: Sequence[str]) -> array[int]:
    """The place of each id among all of them: 'case-2' before 'case-10'."""
    ranks = array("I", bytes(4 * len(ids)))
    for rank, place in enumerate(
        sorted(range(len(ids)), key=lambda place: natural_key(ids[place]))
    ):
        ranks[place] = rank
    return ranks


def columns_bytes(columns: Iterable[tuple[str, Numbers]]) -> tuple[list[Column], bytes]:
    """What the columns are, and all of them in one piece.

    Of each column first the lowest bytes of all its values, then the next: bytes of a kind stand
    together, which halves what deflate makes of them.
    """
    import numpy as np

    heads, content = [], []
    for name, column in columns:
        values = np.array(column)
        if column.typecode == "f":
            values = _four_digits(values)
        little = values.astype(values.dtype.newbyteorder("<"), copy=False)
        heads.append(Column(name, _TYPES[column.typecode], len(column)))
        content.append(little.view(np.uint8).reshape(-1, column.itemsize).T.tobytes())
    return heads, b"".join(content)


def _four_digits(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rounded to 15 significant bits, which hold four decimal digits."""
    import numpy as np

    bits = values.view(np.uint32)
    half, kept = np.uint32(1 << 8), np.uint32(2**32 - (1 << 9))
    rounded = ((bits + half) & kept).view(np.float32)
    return np.where(np.isnan(values), np.float32(nan), rounded)
