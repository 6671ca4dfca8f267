"""What an arm's training learns from: a suite and an arm in, a TuningTask out."""

from __future__ import annotations

from harness.errors import DataError, Problem, UsageError
from harness.prompting.examples import learned_end, training_examples
from harness.prompting.template import TemplateProblemError
from harness.store.cases import CaseFile
from harness.store.examples import read_examples
from harness.store.rows import is_url
from harness.store.suite import Suite
from harness.store.suite_problems import SUITE_FILE
from harness.training.subset import nested_rows
from harness.values.arm import ResolvedArm
from harness.values.case import Split
from harness.values.digest import digest_all, digest_bytes
from harness.values.example import Example
from harness.values.training import DataFile, Recipe
from harness.values.tuning import TuningTask

HELD_OUT: Split = "validation"


def recipe_of(suite: Suite, arm: ResolvedArm) -> tuple[str, Recipe]:
    """The name and the recipe of an arm's training.

    Raises:
        UsageError: the arm has none; the message shows how to write one.
    """
    name = arm.training
    if name is None:
        raise UsageError(
            f"arm {arm.name} learns nothing: name a training in {SUITE_FILE}\n"
            f'    [arms.{arm.name}]\n    training = "lora"\n'
            '    [trainings.lora]\n    method = "lora"'
        )
    if name not in suite.file.trainings:
        raise UsageError(
            f"training {name} has no recipe in {SUITE_FILE}, only a record of what took place; "
            f"to tune anew, write [trainings.{name}]"
        )
    return name, suite.file.trainings[name]


def tuning_task(suite: Suite, arm: ResolvedArm, recipe: Recipe | None = None) -> TuningTask:
    """Everything that decides what is learned; `recipe` replaces the suite's own.

    Raises:
        UsageError: the arm has no recipe.
        DataError: the rows cannot be read or do not fit the template.
    """
    name, declared = recipe_of(suite, arm)
    chosen = recipe or declared
    return TuningTask(
        suite=suite.name,
        name=name,
        base=_base(suite, arm),
        form=arm.form,
        recipe=chosen,
        examples=_learned(suite, arm, chosen),
        validation=_held_out(suite, arm, chosen),
        stop=learned_end(arm),
    )


def learned_files(suite: Suite, recipe: Recipe) -> dict[str, DataFile | None]:
    """The files behind `train` and `validation`, with the digests that they have now.

    `rows` is None here: how many of them were used is known to the task.
    """
    return {
        "train": _data_file(suite, recipe.train, "train"),
        "validation": _data_file(suite, recipe.validation, HELD_OUT),
    }


def _base(suite: Suite, arm: ResolvedArm) -> str:
    """The model as the suite names it: the resolved arm may name the tuned one already."""
    current, arms = suite.file.arms[arm.name], suite.file.arms
    while current.model is None and current.extends is not None:
        current = arms[current.extends]
    return suite.file.models[current.model or ""].model


def _learned(suite: Suite, arm: ResolvedArm, recipe: Recipe) -> tuple[Example, ...]:
    if recipe.train is not None:
        return read_examples(str(suite.folder / recipe.train))[: recipe.rows]
    cases = suite.splits["train"]
    return _rendered(arm, recipe, cases, _subset(cases, recipe))


def _held_out(suite: Suite, arm: ResolvedArm, recipe: Recipe) -> tuple[Example, ...]:
    if recipe.validation is not None:
        return read_examples(str(suite.folder / recipe.validation))
    cases = suite.splits.get(HELD_OUT)
    if cases is None or recipe.train is not None:
        return ()
    return _rendered(arm, recipe, cases, range(len(cases)))


def _subset(cases: CaseFile, recipe: Recipe) -> list[int]:
    """Positions of the rows to learn from, in file order: all, or a nested stratified part."""
    if recipe.rows is None or recipe.rows >= len(cases):
        return list(range(len(cases)))
    return sorted(nested_rows(cases.ids, cases.strata, recipe.seed, recipe.rows))


def _rendered(
    arm: ResolvedArm, recipe: Recipe, cases: CaseFile, chosen: list[int] | range
) -> tuple[Example, ...]:
    try:
        rows = (cases[index] for index in chosen)
        return tuple(training_examples(arm, recipe.completion, rows))
    except TemplateProblemError as error:
        message = f"the templates of arm {arm.name} do not fit these rows: {error}"
        raise DataError([Problem(file=cases.location, message=message)]) from error


def _data_file(suite: Suite, prepared: str | None, split: Split) -> DataFile | None:
    location = prepared or getattr(suite.file.data, split)
    if location is None:
        return None
    path = suite.folder / location
    if is_url(location) or not path.is_file():
        cases = suite.splits.get(split)
        if prepared is not None or cases is None:
            return DataFile(file=location)
        return DataFile(
            file=location, digest=digest_all([cases.inputs_digest, cases.expected_digest])
        )
    return DataFile(file=location, digest=digest_bytes(path.read_bytes()))
