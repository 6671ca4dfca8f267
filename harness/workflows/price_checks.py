"""A suite and a day in, what its arms lack to be priced out: no price, or one of another time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from harness.errors import Problem
from harness.store.prices.find import price_key
from harness.store.settings import SETTINGS_FILE, Settings
from harness.store.suite import Suite
from harness.store.suite_problems import SUITE_FILE
from harness.store.toml import KeyPath, line_of, read_text
from harness.values.arm import ResolvedArm
from harness.values.endpoint import AnthropicSpec, OpenAISpec
from harness.values.price import Price
from harness.workflows.prices import arm_price

MOST_DAYS = 180
AHEAD = 1
"""Days: east of Greenwich it is tomorrow already."""


def price_warnings(suite: Suite, today: date) -> list[Problem]:
    """One warning for each hosted model without a price, and for each price of long ago or to come.

    A server without a key is one's own: nobody sends a bill for it.
    """
    warnings: dict[str, Problem] = {}
    for arm in suite.arms.values():
        key = price_key(arm.endpoint, arm.model)
        price = arm_price(suite, arm, today)
        if price is None and _is_paid(suite.settings, arm):
            warnings.setdefault(key, _without_price(suite, arm))
        elif price is not None and (today - date.fromisoformat(price.as_of)).days > MOST_DAYS:
            warnings.setdefault(key, _old(suite, arm, price, today))
    return [*warnings.values(), *_to_come(suite.settings, today)]


def _to_come(settings: Settings, today: date) -> Iterator[Problem]:
    """Prices that bear a day on which nobody can have looked them up."""
    path = settings.root / SETTINGS_FILE
    days: dict[KeyPath, str] = {
        ("prices", name): price.as_of for name, price in settings.prices.items()
    }
    days |= {
        ("scenarios", name, "training"): scenario.training.as_of
        for name, scenario in settings.scenarios.items()
        if scenario.training is not None
    }
    for keys, day in days.items():
        if (date.fromisoformat(day) - today).days > AHEAD:
            yield Problem(
                file=str(path),
                line=_line(path, *keys),
                message=f"{'.'.join(keys)}.as_of = '{day}' is a day to come",
                hint="write the day on which you looked the price up",
            )


def _is_paid(settings: Settings, arm: ResolvedArm) -> bool:
    spec = settings.endpoints[arm.endpoint]
    return isinstance(spec, OpenAISpec | AnthropicSpec) and bool(spec.key_env)


def _without_price(suite: Suite, arm: ResolvedArm) -> Problem:
    message = f"arms.{arm.name}: the price of {arm.model} is unknown, and so is what the arm costs"
    hint = (
        f'add [prices."{arm.model}"] with input, output (money per million tokens), as_of and '
        f"source to {SETTINGS_FILE}"
    )
    return Problem(file=str(suite.folder / SUITE_FILE), message=message, hint=hint)


def _old(suite: Suite, arm: ResolvedArm, price: Price, today: date) -> Problem:
    days = (today - date.fromisoformat(price.as_of)).days
    message = f"the price of {arm.model} is of {price.as_of}, {days} days ago ({price.source})"
    path = suite.settings.root / SETTINGS_FILE
    declared = [
        key
        for key in (price_key(arm.endpoint, arm.model), arm.model)
        if key in suite.settings.prices
    ]
    if not declared:
        hint = f'look it up and declare it as [prices."{arm.model}"] in {SETTINGS_FILE}'
        return Problem(file=str(suite.folder / SUITE_FILE), message=message, hint=hint)
    hint = "look it up again and write today's day into as_of"
    line = _line(path, "prices", declared[0])
    return Problem(file=str(path), line=line, message=message, hint=hint)


def _line(path: Path, *table: str) -> int:
    return line_of(read_text(path, []) or "", (*table, "as_of"))
