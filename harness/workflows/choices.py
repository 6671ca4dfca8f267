"""What a caller decides about a run. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from harness.errors import UsageError
from harness.values.case import Split
from harness.values.price import Currency
from harness.values.run import Mode, RunInfo


class RunChoices(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a caller decides about a run.

    `arms` empty means all. `limit` cases, stratified by expected value and tags and nested in
    every larger limit. `clean_subset` leaves out the cases that leaked into any of the arms.
    `budget_tokens` and `budget_money` stop at whole cases; the money is in `budget_currency`, or in
    that of the prices where it is unset. `resume` continues a run by id or path
    ("" for the newest unfinished one) with the choices it began with. `results` is where runs are
    kept, by default the repository's results folder.
    """

    arms: tuple[str, ...] = ()
    split: Split = "test"
    mode: Mode = "replay"
    trials: Annotated[int, Meta(ge=1)] = 1
    limit: Annotated[int, Meta(ge=1)] | None = None
    clean_subset: bool = False
    budget_tokens: Annotated[int, Meta(gt=0)] | None = None
    budget_money: Annotated[float, Meta(gt=0)] | None = None
    budget_currency: Currency | None = None
    resume: str | None = None
    seed: int = 0
    results: Path | None = None

    @property
    def budget(self) -> dict[str, float]:
        """The declared budgets by unit."""
        given = {"tokens": self.budget_tokens, "money": self.budget_money}
        return {unit: float(value) for unit, value in given.items() if value is not None}


def as_choices(given: Mapping[str, Any]) -> RunChoices:
    """Keyword arguments as RunChoices.

    Raises:
        UsageError: a name or a type is wrong.
    """
    try:
        return msgspec.convert(dict(given), RunChoices, dec_hook=lambda type_, value: type_(value))
    except msgspec.ValidationError as error:
        raise UsageError(f"run: {error}") from error


def choices_of(info: RunInfo, asked: RunChoices) -> RunChoices:
    """The choices a run began with; budget and place are those of now."""
    return msgspec.structs.replace(
        asked,
        arms=tuple(info.arms),
        split=info.split,
        mode=info.mode,
        trials=info.trials,
        limit=info.limit,
        clean_subset=bool(info.excluded),
        seed=info.seed,
    )
