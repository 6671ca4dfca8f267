"""What an arm learned from and is asked as well: single leaks, and the report of one arm. Pure."""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

LeakKind = Literal["exact", "normalised", "near-duplicate", "group"]
LeakStatus = Literal["clean", "leaky", "unknown"]

LEAK_KINDS: tuple[LeakKind, ...] = ("exact", "normalised", "near-duplicate", "group")
"""The strongest first."""

LEAKS_KEPT = 100


class Leak(NamedTuple):
    """A case that a model has met: the ids of the learned row and of the case.

    `ratio` is in [0, 100]: 100 for equal texts and for a contained one, rapidfuzz's ratio for
    near-duplicates, 0 for a shared group, whose texts are not compared.
    """

    kind: LeakKind
    learned: str
    case: str
    ratio: float


class LeakReport(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Whether the cases of a split had been met by an arm before it was asked.

    `compared` is how many learned rows the cases were compared with. `counts` says how many leaks
    of each kind there are; `leaks` holds the first LEAKS_KEPT of them. `cases` are the ids of all
    leaked cases in the order of their file. `reason` says why the status is unknown.
    """

    status: LeakStatus
    compared: int = 0
    counts: dict[LeakKind, int] = {}
    leaks: tuple[Leak, ...] = ()
    cases: tuple[str, ...] = ()
    reason: str = ""
