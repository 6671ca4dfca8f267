"""Everything that a gate looks at, as one value: two sides and a policy. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from harness.analysis.overlap import Overlap
from harness.analysis.side import Side
from harness.values.arm import ArmKind
from harness.values.baseline import Measured
from harness.values.gate import Gate
from harness.values.leaks import LeakReport
from harness.values.run import Status

Source = Literal["recorded", "live", "baseline"]


@dataclass(frozen=True)
class Cost:
    """What a thousand requests cost at a price of a day; `currency` as the price names it."""

    per_1k: float
    currency: str
    as_of: str

    def per_correct(self, accuracy: float) -> float | None:
        """Money per correct answer; None where nothing is correct."""
        return self.per_1k / 1000 / accuracy if accuracy else None


@dataclass(frozen=True)
class Contestant:
    """One side of a gate. `status`, `ended`, `replies` and `planned` are those of its run.

    `latency_p95` is in seconds; it and `cost` are None where they are not known. `shutdown` is the
    last day of the model, with who says so. `recorded` are the UTC days of the replies. `stale`
    means that the arm has another prompt, model or sampling now than when it was asked, `frozen`
    that nobody can ask it again.
    """

    arm: str
    side: Side
    kind: ArmKind
    source: Source
    measured: Measured
    status: Status
    replies: int
    planned: int
    shot_seed: int = 0
    ended: str = ""
    leaks: LeakReport | None = None
    served_models: tuple[str, ...] = ()
    recorded: tuple[str, ...] = ()
    latency_p95: float | None = None
    cost: Cost | None = None
    shutdown: tuple[date, str] | None = None
    stale: bool = False
    frozen: bool = False


@dataclass(frozen=True)
class Contest:
    """A candidate against an incumbent under a policy, both on `overlap.common`.

    `cases` is how many the split has; `limited` means that fewer were asked on purpose. `changed`
    names what a change to be judged did to policy, cases or scorers, and `declared` that its author
    said so: then the common cases are compared. `today` is the UTC day. `suite` is its name, as
    commands take it.
    """

    policy: Gate
    incumbent: Contestant
    candidate: Contestant
    overlap: Overlap
    cases: int
    today: date
    limited: bool = False
    changed: tuple[str, ...] = ()
    declared: bool = False
    excluded: tuple[str, ...] = ()
    suite: str = "SUITE"

    @property
    def comparison(self) -> str:
        """The command that shows every case that moved, with both replies."""
        other = "--baseline" if self.incumbent.source == "baseline" else "--arm"
        sides = f"--arm {self.candidate.arm} {other} {self.incumbent.arm}"
        return f"harness compare {self.suite} {sides} --cases all"

    @property
    def sides(self) -> tuple[Side, Side]:
        """Incumbent and candidate on the same cases in the same order."""
        common = self.overlap.common
        return self.incumbent.side.on(common), self.candidate.side.on(common)
