"""A learning curve: a suite, an arm and sizes in; a tuning and a run per point, a Curve out.

A point that stands in the curve's file already, made of the same rows and judged on the same cases,
is not made again; the file is written after every point, so that nothing finished is lost.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

import msgspec

from harness.errors import DataError, UsageError
from harness.prompting.examples import template_digest
from harness.providers.local.model import file_digest
from harness.store.cases import CaseFile
from harness.store.curves import curve_path, read_curve, write_curve
from harness.store.fixtures import fixture_path
from harness.store.runs import Run
from harness.store.suite import Suite
from harness.values.arm import ResolvedArm
from harness.values.case import Split
from harness.values.curve import Curve, CurvePoint, Reference, packed
from harness.values.digest import digest
from harness.values.training import Training
from harness.values.tuning import Tuned, TuningTask
from harness.workflows.platforms import provider_of
from harness.workflows.run import run
from harness.workflows.tune import (
    arm_of,
    follow,
    open_tuner,
    work_folder,
)
from harness.workflows.tuning_checks import TuningObserver, check_before_tuning
from harness.workflows.tuning_task import learned_files, recipe_of, tuning_task


class CurveObserver(TuningObserver, Protocol):
    """Who is told how a curve grows."""

    def began(self, point: Point, number: int, count: int) -> None:
        """A point is about to be made; the tuning's own progress follows."""
        ...

    def finished(self, point: CurvePoint) -> None:
        """A point is on the curve, made now or found in its file."""
        ...


class Point(NamedTuple):
    """How many rows, and the seed of both their choice and the training."""

    size: int
    seed: int


def curve(
    suite: Suite,
    arm: str,
    sizes: Sequence[int],
    observers: Sequence[CurveObserver] = (),
    *,
    seeds: Sequence[int] = (1,),
    split: Split = "test",
) -> Curve:
    """Make the points of these sizes and seeds; the Curve has them beside those made before.

    Points of another recipe, of other rows or cases are no longer on it.

    Raises:
        UsageError: the arm has no recipe, a size does not fit, or the endpoint cannot tune.
        DataError: a tuning failed; the points before it are kept.
    """
    resolved = arm_of(suite, arm)
    name, _ = recipe_of(suite, resolved)
    check_before_tuning(suite, resolved, tuning_task(suite, resolved), observers)
    points = _points(suite, sizes, seeds)
    path = curve_path(suite.folder, name)
    grown = _beginning(suite, resolved, split, read_curve(path))
    for number, point in enumerate(points, 1):
        task = _task(suite, resolved, point)
        found = _found(grown, point, task)
        if found is None:
            for observer in observers:
                observer.began(point, number, len(points))
            found, versions = _made(suite, resolved, split, task, observers)
            grown = _with(grown, found, versions)
            write_curve(path, grown)
        for observer in observers:
            observer.finished(found)
    return grown


def _points(suite: Suite, sizes: Sequence[int], seeds: Sequence[int]) -> list[Point]:
    most = len(suite.splits["train"]) if "train" in suite.splits else 0
    if not sizes or not seeds:
        raise UsageError("a curve needs at least one size and one seed")
    if wrong := [size for size in sizes if not 0 < size <= most]:
        raise UsageError(f"a size of {wrong[0]:,} rows: the training split has {most:,}")
    return [Point(size, seed) for size in sorted(set(sizes)) for seed in dict.fromkeys(seeds)]


def _beginning(suite: Suite, arm: ResolvedArm, split: Split, before: Curve | None) -> Curve:
    """The curve so far, if it was made with these cases and templates; else an empty one."""
    name, recipe = recipe_of(suite, arm)
    if split not in suite.splits:
        raise UsageError(f"{suite.name} has no {split} split; splits: {', '.join(suite.splits)}")
    cases = suite.splits[split]
    fresh = Curve(
        suite=suite.name,
        arm=arm.name,
        training=name,
        split=split,
        cases=len(cases),
        inputs_digest=cases.inputs_digest,
        expected_digest=cases.expected_digest,
        scoring_digest=suite.scoring_digest,
        template_digest=template_digest(arm, recipe.completion),
        base=tuning_task(suite, arm).base,
        graded=suite.scorers[0].graded,
        created=_now(),
        groups=_groups(cases),
        reference=_reference(suite, split),
    )
    if before is None or _basis(before) != _basis(fresh):
        return fresh
    kept = tuple(point for point in before.points if _is_current(suite, arm, point))
    return msgspec.structs.replace(
        before, points=kept, reference=fresh.reference, groups=fresh.groups
    )


def _is_current(suite: Suite, arm: ResolvedArm, point: CurvePoint) -> bool:
    """Whether a point was made of the rows and the recipe that it would be made of now."""
    most = len(suite.splits["train"])
    if point.size > most:
        return False
    return point.rows_digest == digest(_task(suite, arm, Point(point.size, point.seed)))


def _basis(curve: Curve) -> tuple[object, ...]:
    """What must be equal for points to stand on one curve."""
    return (
        curve.arm,
        curve.training,
        curve.split,
        curve.inputs_digest,
        curve.expected_digest,
        curve.scoring_digest,
        curve.template_digest,
        curve.base,
    )


def _task(suite: Suite, arm: ResolvedArm, point: Point) -> TuningTask:
    _, recipe = recipe_of(suite, arm)
    if recipe.train is not None:
        raise UsageError("a learning curve takes parts of the training split, not of a file")
    # All rows are the recipe's own training, if it has this seed: it need not be made again.
    rows = None if point.size == len(suite.splits["train"]) else point.size
    changed = msgspec.structs.replace(recipe, rows=rows, seed=point.seed)
    return tuning_task(suite, arm, changed)


def _found(curve: Curve, point: Point, task: TuningTask) -> CurvePoint | None:
    same = (p for p in curve.points if (p.size, p.seed) == point)
    return next((p for p in same if p.rows_digest == digest(task)), None)


def _made(
    suite: Suite,
    arm: ResolvedArm,
    split: Split,
    task: TuningTask,
    observers: Sequence[TuningObserver],
) -> tuple[CurvePoint, dict[str, str]]:
    """Tune on the rows of one point and ask the tuned model every case; point and versions."""
    spec = suite.settings.endpoints[arm.endpoint]
    folder = work_folder(suite, task)
    tuned = follow(open_tuner(spec, task, folder), spec, observers)
    worn = _wearing(suite, arm, task, tuned, provider_of(spec))
    answered = run(worn, arms=(arm.name,), split=split, mode="live", results=folder)
    point = CurvePoint(
        size=len(task.examples),
        seed=task.recipe.seed,
        values=packed(_values(answered, arm.name)),
        rows_digest=digest(task),
        recipe_digest=tuned.recipe_digest,
        adapter_digest=worn.arms[arm.name].adapter,
        trained_tokens=tuned.trained_tokens,
        seconds=tuned.seconds,
        validation_loss=_chosen_loss(tuned),
    )
    return point, tuned.versions


def _wearing(
    suite: Suite, arm: ResolvedArm, task: TuningTask, tuned: Tuned, provider: str
) -> Suite:
    """The suite as it would be with this tuning as the arm's own."""
    adapter = None if tuned.adapter is None else file_digest(tuned.adapter)
    training = Training(
        provider=provider,
        base=task.base,
        method=task.recipe.method,
        base_digest=tuned.base_digest,
        model=tuned.model,
        adapter=tuned.adapter.name if tuned.adapter else None,
        adapter_digest=adapter,
        train=learned_files(suite, task.recipe)["train"],
    )
    changed = msgspec.structs.replace(arm, adapter=adapter, model=tuned.model or task.base)
    return dataclasses.replace(
        suite,
        arms={**suite.arms, arm.name: changed},
        trainings={**suite.trainings, task.name: training},
        training_folder=tuned.adapter.parent if tuned.adapter else suite.training_folder,
    )


def _values(answered: Run, arm: str) -> list[float]:
    """One score per case in file order: the mean over its replicates.

    Raises:
        DataError: a case was not answered; a point made of the others would not compare.
    """
    if answered.info.status != "complete":
        reason = answered.info.arms[arm].ended or answered.info.status
        raise DataError(f"the tuned model did not answer all cases ({reason}); see {answered.path}")
    columns = answered.arms[arm]
    correct_at = answered.info.correct_at
    sums = [0.0] * answered.info.cases
    for case, score in zip(columns.case, columns.score, strict=True):
        sums[case] += score if answered.info.graded else float(score >= correct_at)
    replicates = len(columns) / answered.info.cases
    return [total / replicates for total in sums]


def _reference(suite: Suite, split: Split) -> Reference | None:
    """The best prompted arm that is recorded for these cases, on the same measure."""
    prompted = [
        arm.name
        for arm in suite.arms.values()
        if arm.kind in ("zero_shot", "few_shot")
        and fixture_path(suite.fixtures_folder, arm.name).exists()
    ]
    if not prompted:
        return None
    folder = suite.settings.results / "training" / suite.name / "reference"
    replayed = run(suite, arms=tuple(prompted), split=split, results=folder)
    values = {name: _values(replayed, name) for name in prompted}
    best = max(prompted, key=lambda name: sum(values[name]))
    model = suite.arms[best].model
    return Reference(arm=best, values=packed(values[best]), model=model, among=len(prompted))


def _groups(cases: CaseFile) -> tuple[int, ...] | None:
    """A number per case, equal for cases of one group; None where no case has one."""
    names = [case.group for case in cases]
    if not any(names):
        return None
    codes: dict[str, int] = {}
    return tuple(
        codes.setdefault(name or f"\0{index}", len(codes)) for index, name in enumerate(names)
    )


def _chosen_loss(tuned: Tuned) -> float | None:
    chosen = (loss.validation for loss in tuned.losses if loss.step == tuned.chosen_step)
    return next(chosen, None)


def _with(curve: Curve, point: CurvePoint, versions: dict[str, str]) -> Curve:
    """The curve with one point more, which takes the place of an older one of its size and seed."""
    others = (p for p in curve.points if (p.size, p.seed) != (point.size, point.seed))
    return msgspec.structs.replace(
        curve, points=(*others, point), finished=_now(), versions=versions
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
