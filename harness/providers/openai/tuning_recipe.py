"""A recipe for OpenAI or Azure: a task in; its faults, digest and the job's body out. Pure."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from harness.errors import UsageError
from harness.providers.openai.credentials import AZURE_HOSTS
from harness.values.digest import digest, digest_bytes
from harness.values.training import Recipe
from harness.values.tuning import TuningTask

Platform = Literal["openai", "azure"]

LONGEST_SUFFIX: dict[Platform, int] = {"openai": 64, "azure": 18}
RECIPE_KEY = "harness_recipe"
ATTEMPT_KEY = "harness_attempt"

_MOST_METADATA = 16
_LARGEST_SEED = 2**31 - 1
_NAMES = {
    "epochs": "n_epochs",
    "batch_size": "batch_size",
    "learning_rate_multiplier": "learning_rate_multiplier",
    "beta": "beta",
}
_OF_THE_METHOD = ("grader", "response_format")
_HOSTED = ("supervised", "dpo", "reinforcement")


def platform_of(base_url: str) -> Platform:
    """Azure by its host, or by its path on this machine (a gateway to it); else OpenAI."""
    url = urlsplit(base_url)
    host = url.hostname or ""
    gateway = host in {"127.0.0.1", "localhost", "::1"} and url.path.startswith("/openai/v1")
    return "azure" if host.endswith(AZURE_HOSTS) or gateway else "openai"


def check_recipe(recipe: Recipe, platform: Platform) -> None:
    """Nothing for a recipe that the platform can follow.

    Raises:
        UsageError: with everything that it cannot.
    """
    faults = [
        *_method_faults(recipe),
        *_suffix_faults(recipe.suffix, platform),
        *_option_faults(recipe.options),
    ]
    if not 0 <= recipe.seed <= _LARGEST_SEED:
        faults.append(f"seed = {recipe.seed}: a hosted job takes 0 to {_LARGEST_SEED}")
    if faults:
        raise UsageError("the recipe cannot be followed on a hosted platform:\n" + _lines(faults))


def _lines(faults: list[str]) -> str:
    return "\n".join(f"    {fault}" for fault in faults)


def _method_faults(recipe: Recipe) -> list[str]:
    if recipe.method not in _HOSTED:
        known = ", ".join(f'"{name}"' for name in _HOSTED)
        return [f'method = "{recipe.method}" is for this machine; a hosted platform has {known}']
    said = set(msgspec.to_builtins(recipe.hyperparameters))
    taken = {*_NAMES} if recipe.method == "dpo" else {*_NAMES} - {"beta"}
    faults = [
        f"hyperparameters.{key} cannot be chosen there for {recipe.method}: remove it"
        for key in sorted(said - taken)
    ]
    if recipe.method == "reinforcement" and not isinstance(recipe.options.get("grader"), dict):
        faults.append("reinforcement needs a grader: write [trainings.NAME.options.grader]")
    return faults


def _suffix_faults(suffix: str | None, platform: Platform) -> list[str]:
    most = LONGEST_SUFFIX[platform]
    if suffix is None or 0 < len(suffix) <= most:
        return []
    return [f"suffix = {suffix!r} has {len(suffix)} characters; {platform} takes 1 to {most}"]


def _option_faults(options: dict[str, Any]) -> list[str]:
    metadata = options.get("metadata", {})
    if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
        return ["options.metadata must hold texts"]
    most = _MOST_METADATA - 2
    return [f"options.metadata has more than {most} keys"] if len(metadata) > most else []


def recipe_digest(task: TuningTask, train: bytes, validation: bytes) -> str:
    """Over everything that decides what the platform learns: the same for the same job."""
    recipe = task.recipe
    return digest(
        {
            "base": task.base,
            "method": recipe.method,
            "hyperparameters": recipe.hyperparameters,
            "seed": recipe.seed,
            "suffix": recipe.suffix,
            "options": recipe.options,
            "train": digest_bytes(train),
            "validation": digest_bytes(validation),
        }
    )


def job_body(
    task: TuningTask, training_file: str, validation_file: str | None, marks: dict[str, str]
) -> dict[str, Any]:
    """The body of POST /fine_tuning/jobs; `marks` are the metadata by which it is found again.

    Options that are not of the method (integrations, Azure's trainingType) go in as they stand.
    """
    recipe = task.recipe
    inner = (*_OF_THE_METHOD, "hyperparameters", "metadata")
    body: dict[str, Any] = {
        "model": task.base,
        "training_file": training_file,
        "method": _method(recipe),
        "seed": recipe.seed,
        "metadata": {**recipe.options.get("metadata", {}), **marks},
        **{key: value for key, value in recipe.options.items() if key not in inner},
    }
    if validation_file is not None:
        body["validation_file"] = validation_file
    if recipe.suffix is not None:
        body["suffix"] = recipe.suffix
    return body


def _method(recipe: Recipe) -> dict[str, Any]:
    said = msgspec.to_builtins(recipe.hyperparameters)
    chosen = {_NAMES[key]: value for key, value in said.items() if key in _NAMES}
    chosen |= recipe.options.get("hyperparameters", {})
    inner = {key: recipe.options[key] for key in _OF_THE_METHOD if key in recipe.options}
    if chosen:
        inner["hyperparameters"] = chosen
    return {"type": recipe.method, recipe.method: inner}
