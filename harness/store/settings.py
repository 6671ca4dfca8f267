"""harness.toml: the endpoints and prices of a repository, found by walking up from a folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import DataError, Problem, UsageError
from harness.store.prices.hints import with_steps
from harness.store.prices.problems import price_problems
from harness.store.scenarios import scenario_problems
from harness.store.toml import read_text, read_toml
from harness.values.endpoint import (
    ClassicalSpec,
    EndpointSpec,
    LocalSpec,
    RecordedSpec,
    ScriptedSpec,
)
from harness.values.price import Price
from harness.values.scenario import Scenario
from harness.values.suite import HarnessFile

SETTINGS_FILE = "harness.toml"
SUITES_FOLDER = "suites"

BUILT_IN: Mapping[str, EndpointSpec] = {
    "local": LocalSpec(),
    "scripted": ScriptedSpec(),
    "classical": ClassicalSpec(),
    "recorded": RecordedSpec(),
}


@dataclass(frozen=True)
class Settings:
    """What a repository declares: `root` is where harness.toml (or suites/) stands."""

    root: Path
    endpoints: Mapping[str, EndpointSpec] = field(default_factory=lambda: dict(BUILT_IN))
    prices: Mapping[str, Price] = field(default_factory=dict)
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)

    @property
    def results(self) -> Path:
        """Where runs and reports go."""
        return self.root / "results"

    @property
    def baselines(self) -> Path:
        """Where approved states and decisions are: one folder per suite."""
        return self.root / "baselines"

    @property
    def suites(self) -> Path:
        """Where suites are looked up by name."""
        return self.root / SUITES_FOLDER


def read_settings(start: Path) -> Settings:
    """The settings that hold at a folder: of the nearest harness.toml, itself or above.

    Without one the root is the nearest folder that has `suites/`, else `start`.

    Raises:
        DataError: with all problems of harness.toml.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        path = folder / SETTINGS_FILE
        if path.is_file():
            problems: list[Problem] = []
            file = read_toml(path, HarnessFile, problems)
            if file is not None:
                text = read_text(path, []) or ""
                problems += price_problems(path, text, file.prices)
                problems += scenario_problems(path, text, file.scenarios)
            if problems or file is None:
                raise DataError(with_steps(problems))
            endpoints = {**BUILT_IN, **file.endpoints}
            return Settings(folder, endpoints, file.prices, file.scenarios)
    root = next((f for f in (start, *start.parents) if (f / SUITES_FOLDER).is_dir()), start)
    return Settings(root)


def find_suite(name: str, start: Path) -> Path:
    """The folder of a suite: a path, or a name under suites/ of the repository around `start`.

    Raises:
        UsageError: there is none; the message lists the suites that exist.
    """
    as_path = (start / name).resolve()
    if (as_path / "suite.toml").is_file():
        return as_path
    suites = read_settings(start).suites
    if (suites / name / "suite.toml").is_file():
        return suites / name
    known = ", ".join(suite_names(suites)) or "none"
    raise UsageError(f"there is no suite {name!r}: suites in {suites}: {known}")


def suite_names(suites: Path) -> list[str]:
    """The names of all suites of a repository, sorted; what is hidden is none."""
    names = (path.parent.name for path in suites.glob("*/suite.toml"))
    return sorted(name for name in names if not name.startswith("."))
