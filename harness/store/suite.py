"""A suite's folder in, a checked Suite out; every problem of the folder in one error."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from harness.errors import DataError, Problem, UsageError
from harness.prompting.template import FORBIDDEN, SHOTS
from harness.scoring.catalogue import build_scorer
from harness.scoring.outcome import compile_refusals
from harness.store.arms import ArmReader, template_names
from harness.store.cases import CaseFile, read_cases
from harness.store.rows import is_url
from harness.store.settings import Settings
from harness.store.toml import line_of, read_text, read_toml
from harness.values.arm import ResolvedArm
from harness.values.case import SPLITS, Split
from harness.values.score import Scorer
from harness.values.suite import NAME_PATTERN, SuiteFile

SUITE_FILE = "suite.toml"


@dataclass(frozen=True)
class Suite:
    """A checked suite: its file, its arms with all texts, its splits, its scorers."""

    name: str
    folder: Path
    file: SuiteFile
    arms: Mapping[str, ResolvedArm]
    splits: Mapping[Split, CaseFile]
    scorers: tuple[Scorer, ...]
    settings: Settings

    @property
    def fixtures_folder(self) -> Path:
        """Where recorded replies are: one file per arm."""
        return self.folder / "fixtures"

    @cached_property
    def train(self) -> tuple[Any, ...]:
        """The training split in memory: shots and classical arms read it whole."""
        cases = self.splits.get("train")
        return tuple(cases) if cases is not None else ()


def read_suite(folder: Path, settings: Settings) -> Suite:
    """Read and check everything that the folder declares.

    Raises:
        DataError: with all problems of the folder.
    """
    problems: list[Problem] = []
    path = folder / SUITE_FILE
    if not re.match(NAME_PATTERN, folder.name):
        message = f"the folder's name {folder.name!r} may hold only a-z, 0-9 and _"
        problems.append(Problem(file=str(folder), message=message))
    file = read_toml(path, SuiteFile, problems)
    if file is None:
        raise DataError(problems)
    text = read_text(path, []) or ""
    reader = _FolderReader(folder, text, file, settings, problems)
    suite = reader.read()
    if problems:
        raise DataError(problems)
    return suite


class _FolderReader:
    """One pass over a suite's folder that goes on after a problem."""

    def __init__(
        self, folder: Path, text: str, file: SuiteFile, settings: Settings, problems: list[Problem]
    ) -> None:
        self._folder = folder
        self._text = text
        self._file = file
        self._settings = settings
        self._problems = problems

    def read(self) -> Suite:
        arms = ArmReader(self._folder, self._text, self._file)
        resolved = arms.read()
        for name in sorted(template_names(self._file.arms)):
            arms.template(name)
        self._problems.extend(arms.problems)
        splits = self._splits()
        self._check_ids(splits)
        self._check_inputs(splits)
        self._check_variables(arms, splits)
        self._check_shots(splits)
        self._check_endpoints()
        self._check_gate()
        return Suite(
            name=self._folder.name,
            folder=self._folder,
            file=self._file,
            arms=resolved,
            splits=splits,
            scorers=self._scorers(),
            settings=self._settings,
        )

    def _splits(self) -> dict[Split, CaseFile]:
        splits: dict[Split, CaseFile] = {}
        for split in SPLITS:
            location: str | None = getattr(self._file.data, split)
            if not location:  # not declared, or missing, which is said already
                continue
            if not is_url(location):
                location = str(self._folder / location)
            cases = read_cases(split, location, self._file.data.columns, self._problems)
            if cases is not None:
                splits[split] = cases
        return splits

    def _check_ids(self, splits: Mapping[Split, CaseFile]) -> None:
        """An id names one case of the suite: records and fixtures carry nothing else."""
        first: dict[str, Split] = {}
        for split, cases in splits.items():
            for index, id_ in enumerate(cases.ids):
                if first.setdefault(id_, split) != split:
                    message = f"the id {id_!r} stands already in the {first[id_]} split"
                    line = cases.lines[index]
                    self._problems.append(Problem(file=cases.location, line=line, message=message))

    def _check_inputs(self, splits: Mapping[Split, CaseFile]) -> None:
        reserved = {SHOTS, FORBIDDEN}
        for cases in splits.values():
            for name in sorted(cases.common_inputs & reserved):
                message = f"an input may not be called {name!r}: templates use that name"
                self._problems.append(Problem(file=cases.location, message=message))

    def _check_variables(self, arms: ArmReader, splits: Mapping[Split, CaseFile]) -> None:
        """Every template variable must be an input of every case."""
        for name in sorted(template_names(self._file.arms)):
            template = arms.template(name)
            for cases in splits.values() if template else ():
                missing = template.variables - cases.common_inputs if template else frozenset()
                for variable in sorted(missing):
                    self._report_missing(name, variable, cases)

    def _report_missing(self, template: str, variable: str, cases: CaseFile) -> None:
        row = next((i for i, case in enumerate(cases) if variable not in case.input), None)
        if row is None:
            return
        known = ", ".join(sorted(cases[row].input))
        message = f"no input {variable!r}, which prompts/{template}.j2 asks for"
        self._problems.append(
            Problem(
                file=cases.location, line=cases.lines[row], message=message, hint=f"inputs: {known}"
            )
        )

    def _check_shots(self, splits: Mapping[Split, CaseFile]) -> None:
        train = splits.get("train")
        for name, arm in self._file.arms.items():
            if arm.shots is None:
                continue
            path = ("arms", name, "shots")
            if self._file.data.train is None:
                self._report(path, "shots come from the training split, and there is none")
                continue
            if not train:
                continue  # its own problem says why
            if arm.shots.policy == "fixed":
                self._check_fixed(name, arm.shots.ids, splits)
            elif not 0 < arm.shots.k <= len(train):
                message = f"k = {arm.shots.k}, and the training split has {len(train)} cases"
                self._report((*path, "k"), message)

    def _check_fixed(
        self, arm: str, ids: tuple[str, ...], splits: Mapping[Split, CaseFile]
    ) -> None:
        path = ("arms", arm, "shots", "ids")
        if not ids:
            self._report(path, "the policy `fixed` needs the ids of the shots")
        train = splits["train"]
        positions = {id_: i for i, id_ in enumerate(train.ids)}
        elsewhere = {id_: s for s in ("validation", "test") if s in splits for id_ in splits[s].ids}
        chosen: dict[str, str] = {}
        for id_ in ids:
            if id_ in positions:
                chosen[train[positions[id_]].input_digest] = id_
            elif id_ in elsewhere:
                self._report(path, f"the shot {id_!r} leaks: it is a {elsewhere[id_]} case")
            else:
                self._report(path, f"the training split has no case {id_!r}")
        self._check_leaks(path, chosen, splits)

    def _check_leaks(
        self, path: tuple[str, ...], chosen: Mapping[str, str], splits: Mapping[Split, CaseFile]
    ) -> None:
        for split in ("validation", "test"):
            for case in splits[split] if chosen and split in splits else ():
                if shot := chosen.get(case.input_digest):
                    message = (
                        f"the shot {shot!r} leaks: {split} case {case.id!r} has the same input"
                    )
                    self._report(path, message)

    def _check_endpoints(self) -> None:
        for name, model in self._file.models.items():
            if model.endpoint and model.endpoint not in self._settings.endpoints:
                known = ", ".join(sorted(self._settings.endpoints))
                path = ("models", name, "endpoint")
                hint = f"endpoints: {known}; add [endpoints.{model.endpoint}] to harness.toml"
                self._report(path, f"there is no endpoint {model.endpoint!r}", hint)

    def _check_gate(self) -> None:
        gate = self._file.gate
        for key in ("candidate", "incumbent") if gate else ():
            arm = getattr(gate, key)
            if arm and arm not in self._file.arms:
                hint = f"arms: {', '.join(self._file.arms)}"
                self._report(("gate", key), f"there is no arm {arm!r}", hint)

    def _scorers(self) -> tuple[Scorer, ...]:
        table = self._file.scorer
        try:
            compile_refusals(table.refusals)
        except UsageError as error:
            self._report(("scorer", "refusals"), str(error))
        schema = self._schema(table.json.schema)
        scorers = []
        for key, names in (("primary", (table.primary,)), ("also", table.also)):
            for name in filter(None, names):
                try:
                    own = self._own(name)
                    scorers.append(build_scorer(name, table, own=own, schema=schema))
                except UsageError as error:
                    self._report(("scorer", key), str(error))
        return tuple(scorers)

    def _own(self, name: str) -> dict[str, Callable[..., Any]]:
        """The function behind `module:function`; the module is a file of the suite's folder."""
        module_name, _, function_name = name.partition(":")
        if not function_name:
            return {}
        module = load_module(self._folder, module_name)
        function = getattr(module, function_name, None)
        if not callable(function):
            raise UsageError(f"{module_name}.py has no function {function_name!r}")
        return {name: function}

    def _schema(self, name: str | None) -> Any:
        if name is None:
            return None
        path = self._folder / name
        text = read_text(path, self._problems)
        try:
            return json.loads(text) if text is not None else None
        except json.JSONDecodeError as error:
            problem = Problem(
                file=str(path), line=error.lineno, message=f"broken JSON: {error.msg}"
            )
            self._problems.append(problem)
            return None

    def _report(self, path: tuple[str, ...], message: str, hint: str = "") -> None:
        line = line_of(self._text, path)
        where = f"{'.'.join(path)}: {message}"
        file = str(self._folder / SUITE_FILE)
        self._problems.append(Problem(file=file, line=line, message=where, hint=hint))


def load_module(folder: Path, name: str) -> ModuleType:
    """Execute a Python file of the suite's folder.

    Raises:
        UsageError: there is no such file, or it cannot be executed.
    """
    path = folder / f"{name}.py"
    if not path.is_file():
        raise UsageError(f"there is no file {path}")
    spec = importlib.util.spec_from_file_location(f"suite_{folder.name}_{name}", path)
    if spec is None or spec.loader is None:
        raise UsageError(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # the suite's author may raise anything
        raise UsageError(f"{path}: {type(error).__name__}: {error}") from error
    return module
