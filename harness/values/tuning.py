"""Tuning a model: a task in, progress while it lasts, a tuned model out. Pure."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Protocol

import msgspec

from harness.values.example import Example
from harness.values.request import Form
from harness.values.training import Loss, Recipe, Spent

TuningStatus = Literal["waiting", "running", "succeeded", "failed", "cancelled"]


class TuningTask(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that decides what is learned.

    `examples` are the rows as the arm's own templates render them: prompt and completion for the
    completion form, messages for the chat form. `base` is the model's name; `stop` ends each
    completion (None: the model's own end of text).
    """

    suite: str
    name: str
    base: str
    form: Form
    recipe: Recipe
    examples: tuple[Example, ...]
    validation: tuple[Example, ...] = ()
    stop: str | None = None


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """What a tuning will take, before anything is spent. `tokens` are of one epoch.

    `seconds` and `spent` are None where they cannot be known, never 0.
    """

    rows: int
    tokens: int
    epochs: int
    truncated: int = 0
    seconds: float | None = None
    spent: Spent | None = None
    vocabulary: str = ""


class TuningProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a tuning is. `events` are messages that were not reported before, oldest first."""

    status: TuningStatus
    step: int = 0
    steps: int = 0
    epoch: float = 0.0
    train_loss: float | None = None
    validation_loss: float | None = None
    tokens: int = 0
    events: tuple[str, ...] = ()


class Tuned(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a tuning: everything that only the trainer can know about it.

    `adapter` is a LoRA file in GGUF form, `peft` the folder of the same in PEFT form; `model` is
    the name of a hosted model. `recipe_digest` is over the rows, method, hyperparameters, seed
    and versions.
    """

    recipe_digest: str
    hyperparameters: dict[str, int | float | str | bool | list[str]]
    base_digest: str | None = None
    model: str | None = None
    adapter: Path | None = None
    peft: Path | None = None
    versions: dict[str, str] = {}
    device: str = ""
    trained_tokens: int | None = None
    seconds: float | None = None
    spent: Spent | None = None
    losses: tuple[Loss, ...] = ()
    chosen_step: int | None = None
    job: str | None = None
    files: dict[str, str] = {}
    started: str = ""
    finished: str = ""
    shutdown: str | None = None


class Tuner(Protocol):
    """One tuning on one platform. Built again for the same task, it goes on where it stopped.

    Every method may raise DataError (the data or the job is bad), UsageError (it cannot work as
    declared) or MissingExtraError.
    """

    def prepare(self) -> Estimate:
        """Load and check what a start needs; spends nothing. May be called again."""
        ...

    def start(self) -> None:
        """Begin, or take up what an earlier process began for the same task."""
        ...

    def poll(self) -> TuningProgress:
        """How far it is; returns at once or within a few seconds."""
        ...

    def result(self) -> Tuned:
        """What came of it, once `poll` has said succeeded."""
        ...

    def cancel(self) -> None:
        """Stop it; what was finished is kept. Harmless when nothing runs."""
        ...
