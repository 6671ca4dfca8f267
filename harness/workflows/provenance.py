"""Trainings against what the suite holds now: every field that differs; and new ones written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from harness.errors import DataError, Problem, UsageError
from harness.prompting.examples import template_digest
from harness.providers.local.model import file_digest
from harness.providers.local.recipe import as_written, resolved
from harness.store.suite import Suite
from harness.store.trainings import training_path
from harness.values.arm import ResolvedArm
from harness.values.endpoint import LocalSpec
from harness.values.training import DataFile, Recipe, Training
from harness.values.tuning import Tuned, TuningTask
from harness.workflows.adapters import adapter_faults, base_digest
from harness.workflows.rebuilt import LOCAL, rebuilt_digest
from harness.workflows.tuning_task import learned_files, tuning_task

AGAIN = "restore it, or tune again (harness tune {suite} {arm}) and record the arm anew"


def provenance(
    suite: Suite,
    arm: ResolvedArm,
    task: TuningTask,
    tuned: Tuned,
    *,
    provider: str,
    adapter: str | None,
) -> Training:
    """Everything that is known about a training which has just ended.

    `adapter` is the name of its file in the suite's training folder.
    """
    files = learned_files(suite, task.recipe)
    return Training(
        provider=provider,
        base=task.base,
        method=task.recipe.method,
        base_digest=tuned.base_digest,
        model=tuned.model,
        adapter=adapter,
        adapter_digest=None if tuned.adapter is None else file_digest(tuned.adapter),
        form=task.form,
        template_digest=template_digest(arm, task.recipe.completion),
        completion=task.recipe.completion,
        train=_counted(files["train"], len(task.examples)),
        validation=_counted(files["validation"], len(task.validation)),
        recipe_digest=tuned.recipe_digest,
        hyperparameters=tuned.hyperparameters,
        seed=task.recipe.seed,
        versions=tuned.versions,
        device=tuned.device,
        trained_tokens=tuned.trained_tokens,
        seconds=tuned.seconds,
        spent=tuned.spent,
        losses=tuned.losses,
        chosen_step=tuned.chosen_step,
        job=tuned.job,
        files=tuned.files,
        started=tuned.started,
        finished=tuned.finished,
        shutdown=tuned.shutdown,
        shutdown_source=_told_by(tuned, arm.endpoint),
    )


def as_told(training: Training) -> Training:
    """The record of a job that was not made from this suite's rows: only what its platform says.

    Rows, templates and seed are left out and not guessed: whether they leak is then `unknown`.
    """
    return msgspec.structs.replace(
        training,
        form=None,
        template_digest=None,
        completion=None,
        train=None,
        validation=None,
        seed=None,
    )


def _told_by(tuned: Tuned, endpoint: str) -> str:
    return f"the model list of endpoint {endpoint}" if tuned.shutdown else ""


def check_trainings(suite: Suite) -> list[Problem]:
    """What has been edited since each training took place: file, template, adapter, recipe."""
    problems: list[Problem] = []
    for name, training in suite.trainings.items():
        arms = [arm for arm in suite.arms.values() if arm.training == name]
        report = _Report(str(training_path(suite.folder, name)), suite.name, arms)
        recipe = suite.file.trainings.get(name)
        found = _adapter(suite, name, training, arms)
        found += report.of(_changed_files(suite, training, recipe))
        found += report.of(_changed_templates(training, arms))
        if recipe is not None:
            found += report.of(_changed_recipe(training, recipe))
        if not found:  # else the digest differs for a reason that is told already
            found += report.of(_changed_digest(suite, training, arms))
        problems += found
    return problems


class _Report:
    """Turns (field, what differs) into problems of one training's file."""

    def __init__(self, file: str, suite: str, arms: list[ResolvedArm]) -> None:
        self._file = file
        self._hint = AGAIN.format(suite=suite, arm=arms[0].name if arms else "ARM")

    def of(self, changes: Iterator[tuple[str, str]]) -> Iterator[Problem]:
        for field, message in changes:
            yield Problem(file=self._file, message=f"{field}: {message}", hint=self._hint)


def _adapter(suite: Suite, name: str, training: Training, arms: list[ResolvedArm]) -> list[Problem]:
    """The adapter's file; and its base, where an arm's endpoint would put it on one."""
    if training.adapter is None or all(arm.frozen for arm in arms):
        return []
    specs = [suite.settings.endpoints[arm.endpoint] for arm in arms if not arm.frozen]
    local = next((spec for spec in specs if isinstance(spec, LocalSpec)), None)
    try:
        base = None if local is None else base_digest(local)
    except DataError as error:
        return list(error.problems)
    return adapter_faults(suite, name, training, base)


def _changed_files(
    suite: Suite, training: Training, recipe: Recipe | None
) -> Iterator[tuple[str, str]]:
    """Files of the suite's folder that are not what was learned from. One kept elsewhere is not."""
    today = learned_files(suite, recipe or Recipe())
    for field in ("train", "validation"):
        then: DataFile | None = getattr(training, field)
        now = today[field]
        if then is None or then.digest is None:
            continue
        if now is None or now.file != then.file:
            now = _file_now(suite, then.file)
        if now is not None and now.digest != then.digest:
            yield (
                f"{field}.digest",
                f"{then.file} is now {now.digest}, and {then.digest} was learned from",
            )


def _file_now(suite: Suite, file: str) -> DataFile | None:
    return (
        learned_files(suite, Recipe(train=file))["train"]
        if (suite.folder / file).is_file()
        else None
    )


def _changed_templates(training: Training, arms: list[ResolvedArm]) -> Iterator[tuple[str, str]]:
    """Arms that ask otherwise than the model was trained; a frozen arm asks nothing any more."""
    if training.template_digest is None or training.completion is None:
        return
    for arm in arms:
        now = template_digest(arm, training.completion)
        if not arm.frozen and now != training.template_digest:
            trained = f"and the model was trained with {training.template_digest}"
            yield "template_digest", f"the templates of arm {arm.name} are now {now}, {trained}"


def _changed_recipe(training: Training, recipe: Recipe) -> Iterator[tuple[str, str]]:
    """What suite.toml says now and did not say then."""
    declared = _declared(training, recipe)
    for key, value in declared.items():
        then = training.hyperparameters.get(key)
        if then is not None and _plain(then) != _plain(value):
            yield f"hyperparameters.{key}", f"the recipe says {value!r}, and {then!r} was used"
    pairs = {
        "method": (recipe.method, training.method),
        "seed": (recipe.seed, training.seed),
        "completion": (recipe.completion, training.completion),
    }
    if recipe.rows is not None and training.train is not None:
        pairs["train.rows"] = (recipe.rows, training.train.rows)
    for key, (value, then) in pairs.items():
        if then is not None and then != value:
            yield key, f"the recipe says {value!r}, and {then!r} was used"


def _declared(training: Training, recipe: Recipe) -> Mapping[str, Any]:
    """The hyperparameters of a recipe; the defaults too, where they are ours and not a platform's.

    A key that was taken out of the recipe is a change as well.
    """
    said: dict[str, Any] = msgspec.to_builtins(recipe.hyperparameters)
    if training.provider != LOCAL:
        return said
    try:
        settings = as_written(resolved(recipe.hyperparameters))
    except UsageError:  # a hosted hyperparameter in a recipe that was followed here
        return said
    derived = {"alpha"} - said.keys()  # it follows the rank, which is named itself
    return {key: value for key, value in settings.items() if key not in derived}


def _changed_digest(
    suite: Suite, training: Training, arms: list[ResolvedArm]
) -> Iterator[tuple[str, str]]:
    """Whether the recipe, built again with the versions of that day, is still the same.

    Only of trainings that were made from this suite's rows, by an arm that is still asked.
    """
    asked = next((arm for arm in arms if not arm.frozen), None)
    then = training.recipe_digest
    if asked is None or asked.training not in suite.file.trainings:
        return
    if then is None or training.train is None or not training.versions:
        return
    try:
        now = rebuilt_digest(tuning_task(suite, asked), training)
    except (DataError, UsageError) as error:
        yield "recipe_digest", f"the recipe cannot be built again: {error}"
        return
    if now not in (None, then):
        yield "recipe_digest", f"the recipe now gives {now}, and {then} was used"


def _plain(value: Any) -> Any:
    """Numbers as numbers and lists as lists, however TOML and the trainer wrote them."""
    if isinstance(value, bool | str):
        return value
    return list(value) if isinstance(value, list | tuple) else float(value)


def _counted(file: DataFile | None, rows: int) -> DataFile | None:
    return None if file is None or not rows else msgspec.structs.replace(file, rows=rows)
