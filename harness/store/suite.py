"""A suite's folder in, a checked Suite out; every problem of the folder in one error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from harness.errors import DataError, Problem
from harness.store.arms import ArmReader, kind_is_derived, template_names
from harness.store.cases import CaseFile, read_cases
from harness.store.gate_checks import check_gate
from harness.store.rows import is_url
from harness.store.scorers import read_scorers
from harness.store.settings import Settings
from harness.store.suite_checks import (
    check_duplicates,
    check_endpoints,
    check_ids,
    check_inputs,
    check_shots,
    check_variables,
)
from harness.store.suite_problems import SUITE_FILE, SuiteProblems
from harness.store.toml import read_text, read_toml
from harness.store.trainings import TRAINING_FOLDER, check_recipes, read_trainings
from harness.values.arm import ResolvedArm
from harness.values.case import ALL_SPLITS, Case, Split
from harness.values.digest import digest, digest_bytes
from harness.values.score import Scorer
from harness.values.suite import Data, SuiteFile
from harness.values.table import NAME_PATTERN
from harness.values.training import Training


@dataclass(frozen=True)
class Suite:
    """A checked suite: its file, its arms with all texts, its splits, its scorers.

    `trainings` are those that have taken place, `training_folder` is where their adapters are;
    `file.trainings` are the recipes. `scoring_folder` has the scorers' own code and schema: this
    folder, but for a change that is judged by the scorers of its base.
    """

    name: str
    folder: Path
    file: SuiteFile
    arms: Mapping[str, ResolvedArm]
    trainings: Mapping[str, Training]
    splits: Mapping[Split, CaseFile]
    scorers: tuple[Scorer, ...]
    settings: Settings
    training_folder: Path
    scoring_folder: Path

    @property
    def fixtures_folder(self) -> Path:
        """Where recorded replies are: one file per arm."""
        return self.folder / "fixtures"

    @cached_property
    def scoring_digest(self) -> str:
        """Over everything that decides scores: the [scorer] table, its schema, own code."""
        table = self.file.scorer
        names = (table.primary, *table.also)
        files = {f"{name.partition(':')[0]}.py" for name in names if ":" in name}
        files |= {table.json.schema} if table.json.schema else set()
        versions = {scorer.name: scorer.version for scorer in self.scorers}
        texts = [digest_bytes((self.scoring_folder / n).read_bytes()) for n in sorted(files)]
        return digest([table, versions, texts])

    @cached_property
    def train(self) -> tuple[Case, ...]:
        """The training split in memory: shots and classical arms read it whole."""
        cases = self.splits.get("train")
        return tuple(cases) if cases is not None else ()


def read_suite(folder: Path, settings: Settings) -> Suite:
    """Read and check everything that the folder declares.

    Raises:
        DataError: with all problems of the folder.
    """
    found: list[Problem] = []
    if not re.match(NAME_PATTERN, folder.name):
        message = f"the folder's name {folder.name!r} may hold only a-z, 0-9 and _"
        found.append(Problem(file=str(folder), message=message))
    file = read_toml(folder / SUITE_FILE, SuiteFile, found)
    if file is None:
        raise DataError(found)
    found = [kind_is_derived(problem) for problem in found]
    text = read_text(folder / SUITE_FILE, []) or ""
    suite = _read_parts(folder, file, settings, SuiteProblems(folder, text, found))
    if found:
        raise DataError(found)
    return suite


def _read_parts(
    folder: Path, file: SuiteFile, settings: Settings, problems: SuiteProblems
) -> Suite:
    """Everything the folder declares, read in spite of any problem and checked together."""
    trainings = read_trainings(folder, problems.found)
    check_recipes(file, problems)
    arms = ArmReader(folder, file, trainings, problems)
    resolved = arms.read()
    for name in sorted(template_names(file.arms)):
        arms.template(name)
    check_duplicates(file, problems)
    splits = _read_splits(folder, file.data, problems)
    check_ids(splits, problems)
    check_inputs(splits, problems)
    check_variables(file, arms, splits, problems)
    check_shots(file, splits, problems)
    check_endpoints(file, settings, problems)
    check_gate(file, resolved, splits, problems)
    scorers = read_scorers(folder, file.scorer, problems)
    return Suite(
        name=folder.name,
        folder=folder,
        file=file,
        arms=resolved,
        trainings=trainings,
        splits=splits,
        scorers=scorers,
        settings=settings,
        training_folder=folder / TRAINING_FOLDER,
        scoring_folder=folder,
    )


def _read_splits(folder: Path, data: Data, problems: SuiteProblems) -> dict[Split, CaseFile]:
    splits: dict[Split, CaseFile] = {}
    for split in ALL_SPLITS:
        location: str | None = getattr(data, split)
        if not location:  # not declared, or missing, which is said already
            continue
        if not is_url(location):
            location = str(folder / location)
        cases = read_cases(split, location, data.columns, problems.found)
        if cases is not None:
            splits[split] = cases
    return splits
