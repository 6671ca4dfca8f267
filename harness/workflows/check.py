"""Check suites: names in, one report per suite out, with every problem of its files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import msgspec

from harness.errors import DataError, Problem, UsageError
from harness.scoring.catalogue import expected_problem
from harness.store.baselines import (
    baseline_arms,
    baseline_path,
    read_baseline,
    read_incumbent,
)
from harness.store.decisions import read_decisions
from harness.store.fixtures import fixture_path, read_fixtures
from harness.store.own import load_function
from harness.store.secret_checks import secret_problems
from harness.store.selections import read_selection
from harness.store.settings import SETTINGS_FILE, find_suite, read_settings, suite_names
from harness.store.suite import Suite
from harness.store.suite_problems import SUITE_FILE
from harness.values.case import SPLITS
from harness.workflows.cost.scenario_checks import scenario_faults
from harness.workflows.gate.policy import policy_reach
from harness.workflows.price_checks import price_warnings
from harness.workflows.provenance import check_trainings
from harness.workflows.recorded import check_fixtures
from harness.workflows.run import open_suite
from harness.workflows.shutdown import shutdown_warnings
from harness.workflows.untold import untold_warnings


class SuiteReport(msgspec.Struct, frozen=True):
    """What was looked at in one suite, and what is wrong with it.

    `policy` says what its gate can decide on as many cases as there are.
    """

    suite: str
    cases: dict[str, int]
    recorded: dict[str, int]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()
    policy: tuple[str, ...] = ()

    def __str__(self) -> str:
        warnings = [f"warning: {warning}" for warning in self.warnings]
        if self.problems:
            count = f"{len(self.problems)} problem{'s' if len(self.problems) > 1 else ''}"
            return "\n".join([f"{self.suite}: {count}", *map(str, self.problems), *warnings])
        cases = ", ".join(f"{count:,} {split}" for split, count in self.cases.items())
        recorded = ", ".join(f"{arm} {count:,}" for arm, count in self.recorded.items())
        fine = f"{self.suite}: no problems (cases: {cases}; recorded: {recorded or 'nothing'})"
        return "\n".join([fine, *(f"gate: {text}" for text in self.policy), *warnings])


def check(
    names: Sequence[str],
    start: Path,
    *,
    today: date | None = None,
    listed: Mapping[str, str] | None = None,
) -> list[SuiteReport]:
    """Check the named suites, or all of the repository around `start`.

    Models that end soon after `today` are warnings, hosted ones without a price and old prices too;
    `listed` are shutdown dates by model as the endpoints' own lists give them.

    Raises:
        UsageError: a suite does not exist, or there is none.
    """
    chosen = list(names) or suite_names(read_settings(start).suites)
    if not chosen:
        raise UsageError("there is no suite here; write one with: harness init NAME")
    day = today or datetime.now(UTC).date()
    return [_check_one(name, start, day, listed or {}) for name in chosen]


def _check_one(name: str, start: Path, today: date, listed: Mapping[str, str]) -> SuiteReport:
    folder = find_suite(name, start)
    secrets = _secrets(folder)
    try:
        suite = open_suite(name, start)
    except DataError as error:
        found = error.problems or (Problem(file=name, message=str(error)),)
        return SuiteReport(name, {}, {}, (*secrets, *found))
    tuned = any(arm.kind == "fine_tuned" for arm in suite.arms.values())
    problems = [
        *secrets,
        *_impossible(suite),
        *_own_classifiers(suite),
        *check_trainings(suite),
        *scenario_faults(suite.settings, suite.settings.scenarios, today, tuned=tuned),
        *check_fixtures(suite, today),
        *_approved(suite),
    ]
    cases = {str(split): len(cases) for split, cases in suite.splits.items()}
    recorded = {} if problems else _recorded(suite)
    warnings = [
        *shutdown_warnings(suite, today, listed),
        *untold_warnings(suite),
        *price_warnings(suite, today),
    ]
    policy = () if problems else policy_reach(suite)
    return SuiteReport(suite.name, cases, recorded, tuple(problems), tuple(warnings), policy)


def _approved(suite: Suite) -> Iterator[Problem]:
    """Baselines, production, decisions and selection that are broken or were edited by hand."""
    folder = suite.settings.baselines / suite.name
    reads: list[Callable[[], object]] = [
        *(partial(read_baseline, baseline_path(folder, arm)) for arm in baseline_arms(folder)),
        partial(read_incumbent, folder),
        partial(read_decisions, folder),
        partial(read_selection, folder),
    ]
    seen: set[Problem] = set()
    for read in reads:
        try:
            read()
        except DataError as error:
            new = [problem for problem in error.problems if problem not in seen]
            seen.update(new)
            yield from new


def _secrets(folder: Path) -> list[Problem]:
    """Keys that somebody wrote into a file that git keeps."""
    settings = folder.parent.parent / SETTINGS_FILE
    prompts = sorted((folder / "prompts").glob("*.j2"))
    return secret_problems([folder / SUITE_FILE, settings, *prompts])


def _impossible(suite: Suite) -> Iterator[Problem]:
    """Cases whose expected value no answer could ever match; scorers that fail by themselves."""
    for scorer in suite.scorers:
        for cases in (suite.splits[split] for split in SPLITS if split in suite.splits):
            try:
                for index, case in enumerate(cases):
                    if message := expected_problem(scorer, case):
                        line = cases.lines[index]
                        yield Problem(file=cases.location, line=line, message=message)
            except Exception as error:  # noqa: BLE001 - a suite's own function may raise anything
                message = f"the scorer {scorer.name} fails on an empty answer: {error!r}"
                yield Problem(file=str(suite.folder / SUITE_FILE), message=message)
                break


def _own_classifiers(suite: Suite) -> Iterator[Problem]:
    """Classifiers of the suite's own code that are not there."""
    for arm in suite.arms.values():
        if arm.classical and ":" in arm.model:
            try:
                load_function(suite.folder, arm.model)
            except UsageError as error:
                message = f"arms.{arm.name}.model: {error}"
                yield Problem(file=str(suite.folder / SUITE_FILE), message=message)


def _recorded(suite: Suite) -> dict[str, int]:
    paths = {arm: fixture_path(suite.fixtures_folder, arm) for arm in suite.arms}
    return {arm: sum(1 for _ in read_fixtures(p)) for arm, p in paths.items() if p.exists()}
