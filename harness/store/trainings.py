"""training/NAME.toml: where the tuned models of a suite came from, read, checked and written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import tomli_w

from harness.errors import Problem
from harness.prompting.template import CompletionTemplate, TemplateProblemError
from harness.store.atomic import write_text
from harness.store.suite_problems import SuiteProblems
from harness.store.toml import read_toml
from harness.values.suite import SuiteFile, is_file_name
from harness.values.training import Training

TRAINING_FOLDER = "training"
_HEADER = "# Where this model came from. Written by `harness tune`; edit only `notes`.\n"


def training_path(suite: Path, name: str) -> Path:
    """The file of one training."""
    return suite / TRAINING_FOLDER / f"{name}.toml"


def read_trainings(folder: Path, problems: list[Problem]) -> dict[str, Training]:
    """All trainings of a suite's folder by name; what is wrong is added to `problems`."""
    trainings: dict[str, Training] = {}
    for path in sorted((folder / TRAINING_FOLDER).glob("*.toml")):
        before = len(problems)
        training = read_toml(path, Training, problems)
        if training is None or len(problems) > before:
            continue
        problems += [Problem(file=str(path), message=fault) for fault in _faults(training)]
        trainings[path.stem] = training
    return trainings


def write_training(suite: Path, name: str, training: Training) -> Path:
    """Write a training's file, atomically; return its path."""
    path = training_path(suite, name)
    path.parent.mkdir(exist_ok=True)
    values: dict[str, Any] = msgspec.to_builtins(training)
    write_text(path, _HEADER + tomli_w.dumps(values))
    return path


def check_recipes(file: SuiteFile, problems: SuiteProblems) -> None:
    """Every arm's training is declared, and every recipe's completion is a template."""
    for name, recipe in file.trainings.items():
        path = ("trainings", name)
        try:
            CompletionTemplate(recipe.completion)
        except TemplateProblemError as error:
            problems.at((*path, "completion"), f"bad template: {error}")
        if file.data.train is None and recipe.train is None:
            problems.at(path, "there is nothing to learn from: the suite has no training split")


def _faults(training: Training) -> list[str]:
    """What a Training's types cannot say."""
    faults = []
    if training.adapter is not None and not is_file_name(training.adapter):
        faults.append(f"adapter: {training.adapter!r} is no name of a file in {TRAINING_FOLDER}/")
    if training.adapter is not None and training.adapter_digest is None:
        faults.append("adapter_digest is missing: replay never opens the adapter itself")
    return faults
