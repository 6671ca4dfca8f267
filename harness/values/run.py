"""What a run says about itself: enough to read, repeat and re-score it. Pure."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from harness.values.arm import ArmKind
from harness.values.baseline import Selection
from harness.values.case import Split
from harness.values.leaks import LeakReport
from harness.values.price import Price
from harness.values.training import Training

Mode = Literal["replay", "record", "live"]
Status = Literal[
    "running", "complete", "limited", "budget", "interrupted", "incomplete", "unrecorded"
]


class WindowChange(msgspec.Struct, frozen=True):
    """A moment at which an endpoint's concurrency changed: seconds since start, size, reason."""

    at: float
    size: float
    reason: str


class ArmInfo(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One arm as it ran. `planned` counts records; `ended` says why an arm stopped early.

    `recorded` are the UTC days on which the replies that were replayed had been recorded. `leaks`
    is None for an arm that learned from nothing and was shown nothing. `training` names one of
    the run's `trainings`.
    """

    kind: ArmKind
    digest: str
    endpoint: str
    model: str
    planned: int
    replayed: bool
    server: str = ""
    served_models: tuple[str, ...] = ()
    recorded: tuple[str, ...] = ()
    ended: str = ""
    failures: dict[str, str] = {}
    leaks: LeakReport | None = None
    training: str = ""


class RunInfo(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """run.json. Times are ISO 8601 in UTC; digests as `harness.values.digest` makes them.

    `scoring_digest` is over the whole [scorer] table: options change scores as versions do.
    `excluded` are the ids of the cases that a clean subset leaves out, because they leaked.
    `selection` says, of a run on the test split, which arm had been chosen before on validation.
    `prices` are by ENDPOINT/MODEL, in runs before 2026-11-28 by MODEL; `price_of` reads both.
    """

    id: str
    suite: str
    title: str
    split: Split
    mode: Mode
    status: Status
    started: str
    cases: int
    inputs_digest: str
    expected_digest: str
    arms: dict[str, ArmInfo]
    scorers: dict[str, int]
    correct_at: float
    graded: bool
    seed: int
    scoring_digest: str = ""
    finished: str = ""
    trials: int = 1
    limit: int | None = None
    excluded: tuple[str, ...] = ()
    budget: dict[str, float] = {}
    prices: dict[str, Price] = {}
    trainings: dict[str, Training] = {}
    commit: str = ""
    versions: dict[str, str] = {}
    windows: dict[str, tuple[WindowChange, ...]] = {}
    definitions: dict[str, Any] = {}
    selection: Selection | None = None

    def price_of(self, arm: str) -> Price | None:
        """What the model of an arm cost when the run was made; None where it was unknown."""
        about = self.arms[arm]
        return self.prices.get(f"{about.endpoint}/{about.model}") or self.prices.get(about.model)
