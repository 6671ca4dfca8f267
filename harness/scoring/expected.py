"""What a case expects, read the same way by every scorer. Pure.

Text scorers accept several answers: a list in `expected` means that any of its entries is right
and the best one counts. Scorers of a class or a number take exactly one.
"""

from __future__ import annotations

from typing import Any

import msgspec

from harness.errors import DataError
from harness.values.case import Case


def as_text(expected: Any) -> str:
    """A JSON value as the text a model would write for it: text itself, else compact JSON."""
    if isinstance(expected, str):
        return expected
    return msgspec.json.encode(expected).decode()


def accepted(case: Case) -> tuple[str, ...]:
    """Every text that is right for the case, at least one; DataError for an empty list."""
    expected = case.expected
    if isinstance(expected, str):
        return (expected,)
    if not isinstance(expected, list):
        return (as_text(expected),)
    if not expected:
        raise unusable(case, "at least one accepted answer")
    return tuple(map(as_text, expected))


def unusable(case: Case, needed: str) -> DataError:
    """The error for an `expected` that no answer could ever match."""
    return DataError(
        f"case {case.id!r}: expected is {case.expected!r}; the scorer needs {needed} there"
    )
