"""--what-if in: a scenario of harness.toml and arms priced as other models, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness.errors import UsageError
from harness.store.settings import SETTINGS_FILE, Settings
from harness.values.scenario import Scenario


@dataclass(frozen=True)
class WhatIf:
    """Prices to be assumed: a scenario by its name, and names of prices by arm, which go first."""

    name: str = ""
    scenario: Scenario | None = None
    models: Mapping[str, str] = field(default_factory=dict)


def what_if_of(texts: Sequence[str], settings: Settings) -> WhatIf:
    """'NAME' is a scenario, 'ARM=MODEL' an arm with the price of a model.

    Raises:
        UsageError: there is no such scenario, there are two, or an arm is named twice.
    """
    names = [text for text in texts if "=" not in text]
    if len(names) > 1:
        raise UsageError(
            f"{' and '.join(names)} are two scenarios: name one; without --what-if the last table "
            "shows all of them"
        )
    models: dict[str, str] = {}
    for text in texts:
        arm, sign, model = (part.strip() for part in text.partition("="))
        if not sign:
            continue
        if not arm or not model or arm in models:
            reason = "names an arm twice" if arm in models else "is neither NAME nor ARM=MODEL"
            raise UsageError(f"--what-if {text} {reason}")
        models[arm] = model
    if not names:
        return WhatIf(models=models)
    return WhatIf(names[0], _scenario(names[0], settings), models)


def _scenario(name: str, settings: Settings) -> Scenario:
    if name in settings.scenarios:
        return settings.scenarios[name]
    known = ", ".join(settings.scenarios) or "none"
    raise UsageError(
        f"there is no scenario {name!r} in {settings.root / SETTINGS_FILE}: {known}; declare "
        f"[scenarios.{name}], or write ARM=MODEL"
    )
