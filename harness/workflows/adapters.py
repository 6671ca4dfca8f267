"""The LoRA files that arms wear on the local endpoint: arms in, checked paths out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.errors import DataError, Problem
from harness.providers.local.model import PACKAGED_DIGEST, file_digest, readable_gguf
from harness.store.suite import Suite
from harness.store.trainings import training_path
from harness.values.arm import ResolvedArm
from harness.values.endpoint import LocalSpec
from harness.values.training import Training


def adapter_files(suite: Suite, spec: LocalSpec, arms: Sequence[ResolvedArm]) -> tuple[Path, ...]:
    """The adapters of these arms, each once, as their trainings describe them.

    Raises:
        DataError: a file is absent, is not the one that was recorded, or was made for another base.
    """
    names = {arm.training for arm in arms if arm.training in suite.trainings}
    problems: list[Problem] = []
    paths: list[Path] = []
    for name in sorted(name for name in names if name is not None):
        training = suite.trainings[name]
        if training.adapter is None:
            continue
        problems += adapter_faults(suite, name, training, base_digest(spec))
        paths.append(suite.training_folder / training.adapter)
    if problems:
        raise DataError(problems)
    return tuple(paths)


def base_digest(spec: LocalSpec) -> str:
    """Of the model file that an adapter is put on; reads nothing for the packaged model.

    Raises:
        DataError: the file cannot be read.
    """
    return PACKAGED_DIGEST if spec.gguf is None else file_digest(readable_gguf(spec.gguf))


def adapter_faults(suite: Suite, name: str, training: Training, base: str | None) -> list[Problem]:
    """What is wrong with the adapter of one training; `base` is None where no base is at hand."""
    file = str(training_path(suite.folder, name))
    problems = []
    if base is not None and training.base_digest not in (None, base):
        message = (
            f"base_digest: the adapter was made for {training.base} ({training.base_digest}), "
            f"and the endpoint serves another model ({base})"
        )
        hint = "name the GGUF it was made for in harness.toml, or tune again"
        problems.append(Problem(file=file, message=message, hint=hint))
    if training.adapter is None:
        return problems
    path = suite.training_folder / training.adapter
    try:
        digest = file_digest(readable_gguf(path))
    except DataError as error:
        return [*problems, *error.problems]
    if digest != training.adapter_digest:
        message = f"adapter_digest: {path.name} is now {digest}, and {training.adapter_digest} was "
        message += "recorded"
        hint = "restore the file, or tune again and record the arm anew"
        problems.append(Problem(file=file, message=message, hint=hint))
    return problems
