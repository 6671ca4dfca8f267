"""A verdict and the checks it rests on. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import msgspec

CheckStatus = Literal["passed", "failed", "inconclusive", "invalid"]


class Ruling(StrEnum):
    """What may happen to a candidate. The order is that of the exit codes."""

    PROMOTE = "promote"
    REJECT = "reject"
    INCONCLUSIVE = "inconclusive"
    INVALID = "invalid"

    @property
    def exit_code(self) -> int:
        """What a command ends with: 0 to 3 come only from a verdict."""
        return tuple(Ruling).index(self)


class Check(msgspec.Struct, frozen=True, omit_defaults=True):
    """One condition of a policy: its evidence in one line, and what to do where it does not hold.

    `failed` means measured and not met; `inconclusive` means that it could not be decided from
    these cases; `invalid` means that the measurement itself cannot be trusted.
    """

    name: str
    status: CheckStatus
    evidence: str
    next_step: str = ""


class Verdict(msgspec.Struct, frozen=True):
    """The ruling and every check, in the order in which they are read."""

    ruling: Ruling
    checks: tuple[Check, ...]
    notes: tuple[str, ...] = ()


def rule(checks: tuple[Check, ...]) -> Ruling:
    """Invalid before failed before inconclusive; promoted only where every check has passed."""
    statuses = {check.status for check in checks}
    if "invalid" in statuses:
        return Ruling.INVALID
    if "failed" in statuses:
        return Ruling.REJECT
    if "inconclusive" in statuses or not checks:
        return Ruling.INCONCLUSIVE
    return Ruling.PROMOTE
