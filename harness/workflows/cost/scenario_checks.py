"""Scenarios of harness.toml in, every price in them that nobody knows out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from harness.errors import DataError, Problem
from harness.store.prices.named import named_price
from harness.store.scenarios import scenario_problem
from harness.store.settings import SETTINGS_FILE, Settings
from harness.store.toml import KeyPath
from harness.values.scenario import Scenario

PLACES = '[prices."{}"] in harness.toml, or PROVIDER/MODEL as in openai/gpt-4.1-mini'


def scenario_faults(
    settings: Settings, scenarios: Mapping[str, Scenario], today: date, *, tuned: bool
) -> list[Problem]:
    """All that is wrong with some scenarios, each at its line; `tuned`: for a tuned arm as well."""
    path = settings.root / SETTINGS_FILE
    faults = [
        scenario_problem(path, None, (name, *keys), message, hint)
        for name, scenario in scenarios.items()
        for keys, message, hint in _faults(settings, scenario, today, tuned=tuned)
    ]
    return sorted(faults, key=lambda fault: fault.line)


def refuse_faulty(
    settings: Settings, scenarios: Mapping[str, Scenario], today: date, *, tuned: bool
) -> None:
    """Raises DataError with all that is wrong with some scenarios; see `scenario_faults`."""
    faults = scenario_faults(settings, scenarios, today, tuned=tuned)
    if faults:
        raise DataError(faults)


def _faults(
    settings: Settings, scenario: Scenario, today: date, *, tuned: bool
) -> Iterator[tuple[KeyPath, str, str]]:
    for key, model in (("prompted", scenario.prompted), ("tuned", scenario.tuned)):
        if model is not None and named_price(model, settings, today) is None:
            hint = f"it may be {PLACES.format(model)}"
            yield (key,), f" = {model!r}: no such price is known", hint
    model = scenario.prompted
    price = named_price(model, settings, today)
    if tuned and scenario.tuned is None and price is not None and price.by_token:
        hint = f'write tuned = "PROVIDER/ft:MODEL", or tuned = "{model}" if it does'
        yield (), f" has no price of a tuned model, which need not cost what {model} does", hint
