"""Values that repeat in, their numbers out. Pure."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

_Value = TypeVar("_Value", bound=Hashable)


class Interned(Generic[_Value]):
    """Numbers values from 0 on, in the order in which they are met first."""

    def __init__(self) -> None:
        self._numbers: dict[_Value, int] = {}

    def number(self, value: _Value) -> int:
        """The number of a value."""
        known = self._numbers.get(value)
        return self._numbers.setdefault(value, len(self._numbers)) if known is None else known

    @property
    def values(self) -> list[_Value]:
        """All values met, by number."""
        return list(self._numbers)
