"""Advice on arms that the chosen one beats in, notes that ask for nothing out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from harness.analysis.advice.advice import Advice


@dataclass(frozen=True)
class Beaten:
    """Arms than which `by`, the chosen one, is measurably better on the cases that are judged.

    `arms` has by how much, as '+42.9 points [+29.9, +54.3] over zero_shot'. The arm in production
    is never among them: whatever is wrong with it, somebody suffers from it today.
    """

    by: str = ""
    arms: Mapping[str, str] = field(default_factory=dict)

    def note(self, advice: Advice) -> Advice:
        """The same advice on such arms alone: nothing to be done, and why."""
        return msgspec.structs.replace(
            advice,
            status="fine",
            says=f"{advice.says} To be repaired only where such an arm is to be used: {self.by} is "
            "measurably better on the same cases.",
            next_step="",
        )


NOBODY = Beaten()
