"""A learning curve: a suite, an arm and sizes in; a tuning and a run per point, a Curve out.

A point that stands in the curve's file already, made of the same rows and judged on the same cases,
is not made again; the file is written after every point, so that nothing finished is lost.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Protocol

import msgspec

from harness.errors import UsageError
from harness.providers.local.model import file_digest
from harness.store.curves import curve_path, read_curve, write_curve
from harness.store.suite import Suite
from harness.values.arm import ResolvedArm
from harness.values.case import Split
from harness.values.curve import Curve, CurvePoint, packed
from harness.values.training import Training
from harness.values.tuning import Tuned, TuningTask
from harness.workflows.curve_basis import Point, beginning, case_values, made_of, now, point_task
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
        UsageError: the arm has no recipe or is frozen, a size does not fit, or the endpoint cannot
            tune.
        DataError: a tuning failed; the points before it are kept.
    """
    resolved = arm_of(suite, arm)
    if resolved.frozen:  # it would answer every point from its recordings
        raise UsageError(f"arm {arm} is frozen: a curve asks a model anew for each of its points")
    name, _ = recipe_of(suite, resolved)
    check_before_tuning(suite, resolved, tuning_task(suite, resolved), observers)
    points = _points(suite, sizes, seeds)
    path = curve_path(suite.folder, name)
    grown = beginning(suite, resolved, split, read_curve(path))
    for number, point in enumerate(points, 1):
        task = point_task(suite, resolved, point)
        wanted = made_of(suite, resolved, task)
        found = _found(grown, point, wanted)
        if found is None:
            for observer in observers:
                observer.began(point, number, len(points))
            made, versions = _made(suite, resolved, split, task, observers)
            found = msgspec.structs.replace(made, rows_digest=wanted)
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


def _found(curve: Curve, point: Point, wanted: str) -> CurvePoint | None:
    same = (p for p in curve.points if (p.size, p.seed) == point)
    return next((p for p in same if p.rows_digest == wanted), None)


def _made(
    suite: Suite,
    arm: ResolvedArm,
    split: Split,
    task: TuningTask,
    observers: Sequence[TuningObserver],
) -> tuple[CurvePoint, dict[str, str]]:
    """Tune on the rows of one point and ask the tuned model every case; point and versions."""
    spec = suite.settings.endpoints[arm.endpoint]
    folder = work_folder(suite, arm, task)
    tuned = follow(open_tuner(spec, task, folder), spec, observers)
    worn = _wearing(suite, arm, task, tuned, provider_of(spec))
    answered = run(worn, arms=(arm.name,), split=split, mode="live", results=folder)
    point = CurvePoint(
        size=len(task.examples),
        seed=task.recipe.seed,
        values=packed(case_values(answered, arm.name)),
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


def _chosen_loss(tuned: Tuned) -> float | None:
    chosen = (loss.validation for loss in tuned.losses if loss.step == tuned.chosen_step)
    return next(chosen, None)


def _with(curve: Curve, point: CurvePoint, versions: dict[str, str]) -> Curve:
    """The curve with one point more, which takes the place of an older one of its size and seed."""
    others = (p for p in curve.points if (p.size, p.seed) != (point.size, point.seed))
    return msgspec.structs.replace(
        curve, points=(*others, point), finished=now(), versions=versions
    )
