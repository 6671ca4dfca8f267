"""Cases of a page that are packed in, whoever watches told of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeAlias, TypeVar

TOLD_EVERY = 250

Told: TypeAlias = Callable[[int], None]
"""Is told that so many more cases are packed, by one thread at a time."""

_Case = TypeVar("_Case")


class Watcher(Protocol):
    """Watches how a page is made."""

    def began(self, cases: int) -> None:
        """A page of so many cases is begun; those that some side lacks are never packed."""
        ...

    def packed(self, cases: int) -> None:
        """So many more cases are packed; by one thread at a time."""
        ...


class Nobody:
    """Watches nothing."""

    def began(self, cases: int) -> None:
        """Nothing happens."""

    def packed(self, cases: int) -> None:
        """Nothing happens."""


def counted_cases(cases: Iterable[_Case], told: Told) -> Iterator[_Case]:
    """The same cases; `told` is told every now and then how many more have been taken."""
    untold = 0
    for case in cases:
        yield case
        untold += 1
        if untold == TOLD_EVERY:
            told(untold)
            untold = 0
    if untold:
        told(untold)
