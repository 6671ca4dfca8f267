"""Two columns of 0 and 1 over the same cases in, the counts of their pairs out. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray


class PairedTable(NamedTuple):
    """Cases by what the candidate and the reference made of them; counts, 0 or more.

    A published table [[n11, n12], [n21, n22]], whose rows are the candidate, is
    `PairedTable(n11, n12, n21, n22)`.
    """

    both: int
    gained: int
    lost: int
    neither: int

    @property
    def cases(self) -> int:
        """All pairs."""
        return sum(self)

    @property
    def discordant(self) -> int:
        """The pairs in which exactly one side is right."""
        return self.gained + self.lost

    @property
    def difference(self) -> float:
        """Share right of the candidate minus that of the reference, in [-1, 1].

        Raises:
            UsageError: there are no cases.
        """
        if not self.cases:
            raise UsageError("a table of no cases has no difference")
        return (self.gained - self.lost) / self.cases


def paired_table(reference: ArrayLike, candidate: ArrayLike) -> PairedTable:
    """Count the pairs of two columns, one value 0 or 1 per case, in the same order of cases.

    Raises:
        UsageError: the columns differ in length, or hold anything but 0 and 1.
    """
    import numpy as np

    before, after = _right("reference", reference), _right("candidate", candidate)
    if len(before) != len(after):
        raise UsageError(
            f"pairs need the same cases on both sides, and there are {len(before)!r} values of "
            f"the reference and {len(after)!r} of the candidate"
        )
    counts = np.bincount(2 * after + before, minlength=4)
    neither, lost, gained, both = (int(count) for count in counts)
    return PairedTable(both, gained, lost, neither)


def _right(side: str, values: ArrayLike) -> NDArray[np.int64]:
    import numpy as np

    column = np.asarray(values, dtype=float)
    if column.ndim != 1:
        raise UsageError(f"the {side} must be one column, and has the shape {column.shape!r}")
    odd = column[(column != 0) & (column != 1)]
    if odd.size:
        raise UsageError(f"the {side} must hold 0 and 1 only, and holds {float(odd[0])!r}")
    return column.astype(np.int64)
