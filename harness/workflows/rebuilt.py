"""A training's recipe built again: a suite and a record in, the digest of today out. No torch."""

from __future__ import annotations

from harness.providers.local.recipe import as_written, resolved
from harness.providers.local.recipe import recipe_digest as local_digest
from harness.providers.openai.tuning_recipe import recipe_digest as hosted_digest
from harness.providers.openai.tuning_rows import BOM, encode_rows
from harness.values.training import Training
from harness.values.tuning import TuningTask

LOCAL = "local"
HOSTED = ("openai", "azure")


def rebuilt_digest(task: TuningTask, training: Training) -> str | None:
    """What the recipe's digest would be if `task` were tuned now; None where nobody can know.

    Provider, versions and base file are those of the record: they are facts of that day.

    Raises:
        UsageError: the recipe has a hyperparameter that a training on this machine does not know.
    """
    if training.provider == LOCAL:
        settings = as_written(resolved(task.recipe.hyperparameters))
        return local_digest(task, settings, training.versions, training.base_digest)
    if training.provider in HOSTED:
        beginning = BOM if training.provider == "azure" else b""
        method = task.recipe.method
        train = encode_rows(task.examples, method, beginning)
        held_out = encode_rows(task.validation, method, beginning) if task.validation else b""
        return hosted_digest(task, train, held_out)
    return None
