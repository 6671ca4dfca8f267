"""How a model is to be tuned (the recipe), and what came of it (the training). Pure.

A recipe is `[trainings.NAME]` of suite.toml, written by people. A training is training/NAME.toml
of the suite, written by `harness tune`, or by hand for a model that was trained elsewhere.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from harness.values.request import Count, Form, Seed
from harness.values.table import Table, Text

Method = Literal["lora", "supervised", "dpo", "reinforcement"]

Digest = Annotated[str, Meta(pattern=r"\A[0-9a-f]{24}\Z")]
Day = Annotated[str, Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]
NotNegative = Annotated[float, Meta(ge=0.0)]
_Positive = Annotated[float, Meta(gt=0.0, le=1e6)]
_Dropout = Annotated[float, Meta(ge=0.0, lt=1.0)]


class Hyperparameters(Table, frozen=True, kw_only=True):
    """What a trainer may be told. Unset means the provider's own default.

    `epochs` passes over the data, `batch_size` rows a step. Local only: `learning_rate`, `warmup`
    (share of all steps), `rank`, `alpha` and `dropout` of LoRA, `targets` (names of the layers it
    is added to), `patience` (epochs without a lower validation loss before it stops),
    `max_length` (tokens of a row). Hosted only: `learning_rate_multiplier`, and `beta` of DPO.
    """

    epochs: Count | None = None
    batch_size: Count | None = None
    learning_rate: _Positive | None = None
    warmup: Annotated[float, Meta(ge=0.0, le=1.0)] | None = None
    rank: Count | None = None
    alpha: _Positive | None = None
    dropout: _Dropout | None = None
    targets: tuple[Text, ...] | None = None
    patience: Count | None = None
    max_length: Count | None = None
    learning_rate_multiplier: _Positive | None = None
    beta: _Positive | None = None


class Recipe(Table, frozen=True, kw_only=True):
    """How a model is to be tuned.

    The rows are the training split rendered by the template of the arm that names this training,
    each followed by `completion`, a template over the case's inputs and `expected`. `train` and
    `validation` name prepared files of the suite's folder instead. `rows` takes a stratified part
    of the rows, nested in every larger part. `suffix` and `options` (a grader, integrations,
    metadata) go to a hosted platform as they stand.
    """

    method: Method = "lora"
    completion: Text = "{{ expected }}"
    train: Text | None = None
    validation: Text | None = None
    rows: Count | None = None
    seed: Seed = 1
    hyperparameters: Hyperparameters = Hyperparameters()
    suffix: str | None = None
    options: dict[str, Any] = {}


class DataFile(Table, frozen=True, kw_only=True):
    """A file that was learned from: its digest, and how many of its rows were used.

    `file` is relative to the suite's folder, or a name where the file is kept elsewhere.
    """

    file: Text
    digest: Digest | None = None
    rows: Count | None = None


class Loss(Table, frozen=True, kw_only=True):
    """One point of the loss curve. Losses are means per learned token, in nats."""

    step: Annotated[int, Meta(ge=0)]
    epoch: NotNegative | None = None
    train: float | None = None
    validation: float | None = None
    accuracy: float | None = None


class Spent(Table, frozen=True, kw_only=True):
    """What a training cost, with the day and the source of the price."""

    amount: NotNegative
    as_of: Day
    source: Text
    currency: str = "USD"


class Training(Table, frozen=True, kw_only=True):
    """Where a tuned model came from.

    `base` is the model it started from and `base_digest` that of its file; `model` is the name
    under which a hosted model is asked, `adapter` a LoRA file beside this one. `template_digest` is
    over form, prompt, system and completion texts; `recipe_digest` over the rows as they were
    learned from, method, hyperparameters, seed and versions: building it again must give the same
    (the weights may differ by processor). `seconds` is the time of the
    epochs, without loading the model (of a hosted job: since its creation).
    Times are ISO 8601 in UTC.
    """

    provider: Text
    base: Text
    method: Text
    base_digest: Digest | None = None
    model: Text | None = None
    adapter: Text | None = None
    adapter_digest: Digest | None = None
    form: Form | None = None
    template_digest: Digest | None = None
    completion: Text | None = None
    train: DataFile | None = None
    validation: DataFile | None = None
    recipe_digest: Digest | None = None
    hyperparameters: dict[str, Any] = {}
    seed: Seed | None = None
    versions: dict[str, str] = {}
    device: str = ""
    trained_tokens: Annotated[int, Meta(ge=0)] | None = None
    seconds: NotNegative | None = None
    spent: Spent | None = None
    losses: tuple[Loss, ...] = ()
    chosen_step: Annotated[int, Meta(ge=0)] | None = None
    job: Text | None = None
    files: dict[str, str] = {}
    started: str = ""
    finished: str = ""
    shutdown: Day | None = None
    shutdown_source: str = ""
    notes: str = ""
