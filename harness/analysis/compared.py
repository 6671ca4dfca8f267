"""What a comparison of several sides found, as one value: tables, JSON and Python read it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.analysis.comparison import Comparison
from harness.analysis.overlap import Overlap
from harness.analysis.side import Side
from harness.values.case import Split
from harness.values.record import Record
from harness.values.request import Replicate

if TYPE_CHECKING:
    from harness.analysis.side import Numbers


@dataclass(frozen=True)
class Moved:
    """A case that a candidate gained or lost: a reply of each side, None where it is not kept.

    Of several replies to a case it is one that explains the move: on the side that is better the
    best, on the other the worst. `input` is empty and `expected` None where the suite does not hold
    the case any more as it was asked.
    """

    case: str
    input: Mapping[str, Any]
    expected: Any
    reference: Record | None
    candidate: Record | None


@dataclass(frozen=True)
class Replicated:
    """An arm with several replicates of every case: tables of shape (cases, replicates).

    `values` are what the arm is compared by, `correct` is 1 where the outcome is correct.
    """

    replicates: tuple[Replicate, ...]
    values: Numbers
    correct: Numbers


@dataclass(frozen=True)
class Compared:
    """Comparisons of one family, on the same cases.

    `sides` hold those cases alone, sorted by id. `shared` is what the cases of all sides have in
    common. `replicated` are the arms with several replicates of every case. `moved` holds, for each
    comparison, the cases that it lost and gained.
    """

    suite: str
    title: str
    split: Split
    graded: bool
    sides: tuple[Side, ...]
    reference: str
    comparisons: tuple[Comparison, ...]
    adjustment: str
    shared: Overlap
    replicated: Mapping[str, Replicated]
    moved: tuple[tuple[Moved, ...], ...]
    all_pairs: bool = False
    notes: tuple[str, ...] = ()

    def side(self, name: str) -> Side:
        """A side by its name."""
        return next(side for side in self.sides if side.name == name)
