"""[scenarios] of harness.toml in, what no single key can show to be wrong out, each at its line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from harness.errors import Problem
from harness.store.prices.problems import MOST
from harness.store.toml import KeyPath, line_of, read_text
from harness.values.scenario import Scenario, TrainingPrice

MOST_IN_ALL = 1e12
"""Money for one training: more was meant otherwise."""


def scenario_problems(path: Path, text: str, scenarios: Mapping[str, Scenario]) -> list[Problem]:
    """Everything that is wrong with scenarios whose keys are of the right types.

    `text` is that of the file at `path`; it tells what stands there from what was refused already.
    Whether a price is known is asked only of a scenario that is used.
    """
    try:
        declared: Mapping[str, Any] = tomllib.loads(text).get("scenarios", {})
    except tomllib.TOMLDecodeError:
        return []
    return [
        scenario_problem(path, text, (name, "training", *keys), message, hint)
        for name, scenario in scenarios.items()
        if scenario.training is not None
        for keys, message, hint in _faults(scenario.training, frozenset(declared[name]["training"]))
    ]


def scenario_problem(
    path: Path, text: str | None, keys: KeyPath, message: str, hint: str
) -> Problem:
    """One problem at a key below [scenarios]; `text` is that of the file, None to read it."""
    where = ("scenarios", *keys)
    found = (read_text(path, []) or "") if text is None else text
    return Problem(
        file=str(path),
        line=line_of(found, where),
        message=f"{'.'.join(where)}{message}",
        hint=hint,
    )


def _faults(price: TrainingPrice, keys: frozenset[str]) -> Iterator[tuple[KeyPath, str, str]]:
    if price.as_of and not _is_day(price.as_of):  # a missing one has been said
        hint = "write the day on which you looked the price up"
        yield ("as_of",), f" = {price.as_of!r}: there is no such day", hint
    if ("amount" in keys) == ("per_million" in keys):
        both = "both an amount and" if "amount" in keys else "neither an amount nor"
        hint = "write amount (money in all), or per_million (money per million trained tokens)"
        yield (), f" has {both} per_million", hint
    if price.amount is not None and price.amount > MOST_IN_ALL:
        message = f" = {price.amount:g} is no amount that a training costs"
        yield ("amount",), message, "write money in all, in the unit of the currency"
    if price.per_million is not None and price.per_million > MOST:
        message = f" = {price.per_million:g} is more than {MOST:,.0f} per million tokens"
        yield ("per_million",), message, "write money per million trained tokens (rows x epochs)"


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
