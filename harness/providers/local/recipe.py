"""What a local LoRA training is made of: a task in; its settings and its digest out. No torch."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import msgspec

from harness.errors import MissingExtraError, UsageError
from harness.values.digest import digest
from harness.values.example import Example
from harness.values.training import Hyperparameters
from harness.values.tuning import TuningTask

LINEAR_LAYERS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
"""Every linear layer of a block of Gemma, Llama and Qwen, by their names in transformers."""

PACKAGES = ("torch", "transformers", "peft", "gguf")

_HOSTED_ONLY = ("learning_rate_multiplier", "beta")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Every hyperparameter resolved. The fields are those of Hyperparameters.

    One set was tried, on the suite review_stars with Gemma 3 270M (300 rows, docs/tuning.md); it is
    a place to start and no optimum. Alpha is twice the rank unless given.
    """

    epochs: int = 4
    batch_size: int = 8
    learning_rate: float = 5e-4
    warmup: float = 0.1
    rank: int = 8
    alpha: float = 16.0
    dropout: float = 0.0
    targets: tuple[str, ...] = LINEAR_LAYERS
    patience: int = 2
    max_length: int = 512


def resolved(given: Hyperparameters) -> Settings:
    """The settings of a training: what is given, and the defaults for the rest.

    Raises:
        UsageError: one is given that only hosted platforms know.
    """
    for name in _HOSTED_ONLY:
        if getattr(given, name) is not None:
            raise UsageError(
                f"{name} = {getattr(given, name)!r}: a training on this machine does not know it; "
                "remove it, or set learning_rate"
            )
    chosen = {name: getattr(given, name) for name in Settings.__struct_fields__}
    settings = Settings(**{name: value for name, value in chosen.items() if value is not None})
    if given.alpha is None:
        settings = msgspec.structs.replace(settings, alpha=2.0 * settings.rank)
    return settings


def as_written(settings: Settings) -> dict[str, Any]:
    """The settings as a record keeps them: plain numbers, and a list of layers."""
    written: dict[str, Any] = msgspec.to_builtins(settings)
    return written


def recipe_digest(
    task: TuningTask,
    hyperparameters: Mapping[str, Any],
    versions: Mapping[str, str],
    base_digest: str | None,
) -> str:
    """24 hex digits over everything that decides what is learned. Pure.

    That is: the rows and validation rows in their order (texts, not ids or lines), what ends a
    completion, form, method, resolved hyperparameters, seed, the base model's file and the versions
    of the libraries. Equal digests promise equal weights on the same processor.
    """
    return digest(
        {
            "rows": _shown(task.examples),
            "validation": _shown(task.validation),
            "stop": task.stop,
            "form": task.form,
            "method": task.recipe.method,
            "hyperparameters": dict(hyperparameters),
            "seed": task.recipe.seed,
            "base": base_digest,
            "versions": dict(versions),
        }
    )


def _shown(examples: Sequence[Example]) -> list[Example]:
    return [msgspec.structs.replace(row, line=0, id=None, extra={}) for row in examples]


def installed_versions() -> dict[str, str]:
    """The versions that a training depends on, without importing one of them.

    Raises:
        MissingExtraError: one is not installed.
    """
    if not all(map(find_spec, PACKAGES)):
        raise MissingExtraError("tuning a model on this machine", "tune")
    return {name: version(name) for name in PACKAGES} | {"python": platform.python_version()}
