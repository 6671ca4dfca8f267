"""A case: what a model is given and what is expected of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol

import msgspec

from harness.values.digest import digest

Split = Literal["train", "validation", "test", "extra"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
"""Those whose cases say what is expected."""

UNLABELLED: Split = "extra"
"""Inputs without an expected value: replies to them are worth keeping before a model is gone."""

ALL_SPLITS: tuple[Split, ...] = (*SPLITS, UNLABELLED)


class Case(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One row of a split.

    `input` maps template variables to JSON values, `expected` is any JSON value, `group` names the
    cluster the case belongs to (a writing batch, a customer, a document), `tags` are slices.
    """

    id: str
    input: dict[str, Any]
    expected: Any
    group: str | None = None
    tags: dict[str, str] = {}

    @property
    def input_digest(self) -> str:
        """A change of it invalidates recorded replies."""
        return digest(self.input)

    @property
    def expected_digest(self) -> str:
        """A change of it invalidates scores."""
        return digest(self.expected)

    @property
    def digest(self) -> str:
        """Over input and expected value: cases with equal ids and digests are the same case."""
        return case_digest(self.input_digest, self.expected_digest)


def case_digest(input_digest: str, expected_digest: str) -> str:
    """The digest of a case from those of its parts, as a record keeps them."""
    return digest([input_digest, expected_digest])


class Cases(Protocol):
    """The cases of one split in file order; large files are read again on each access."""

    @property
    def split(self) -> Split:
        """Which split this is."""
        ...

    @property
    def ids(self) -> Sequence[str]:
        """Of all cases, in file order."""
        ...

    @property
    def strata(self) -> Sequence[int]:
        """Of all cases: a small number that equal expected values and tags share."""
        ...

    @property
    def inputs_digest(self) -> str:
        """Over all ids and inputs: a change invalidates replies."""
        ...

    @property
    def expected_digest(self) -> str:
        """Over all ids and expected values: a change invalidates scores."""
        ...

    def __len__(self) -> int: ...
    def __getitem__(self, index: int, /) -> Case: ...
