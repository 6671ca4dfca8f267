"""What a learning curve stands on: the cases, the rows of a point, the best prompted arm."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from harness.errors import DataError, UsageError
from harness.prompting.examples import template_digest
from harness.store.cases import CaseFile
from harness.store.fixtures import fixture_path
from harness.store.runs import Run
from harness.store.suite import Suite
from harness.values.arm import ResolvedArm
from harness.values.case import Split
from harness.values.curve import Curve, CurvePoint, Reference, packed
from harness.values.digest import digest
from harness.values.tuning import TuningTask
from harness.workflows.endpoints import identity_of
from harness.workflows.run import run
from harness.workflows.tuning_task import recipe_of, tuning_task


class Point(NamedTuple):
    """How many rows, and the seed of both their choice and the training."""

    size: int
    seed: int


def beginning(suite: Suite, arm: ResolvedArm, split: Split, before: Curve | None) -> Curve:
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
        created=now(),
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
    if point.size > len(suite.splits["train"]):
        return False
    task = point_task(suite, arm, Point(point.size, point.seed))
    return point.rows_digest == made_of(suite, arm, task)


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


def point_task(suite: Suite, arm: ResolvedArm, point: Point) -> TuningTask:
    """What the model of one point learns: the recipe with other rows and another seed."""
    _, recipe = recipe_of(suite, arm)
    if recipe.train is not None:
        raise UsageError("a learning curve takes parts of the training split, not of a file")
    # All rows are the recipe's own training, if it has this seed: it need not be made again.
    rows = None if point.size == len(suite.splits["train"]) else point.size
    changed = msgspec.structs.replace(recipe, rows=rows, seed=point.seed)
    return tuning_task(suite, arm, changed)


def made_of(suite: Suite, arm: ResolvedArm, task: TuningTask) -> str:
    """Over everything that decides a point's scores: rows, recipe, base model, how it is asked."""
    bare = msgspec.structs.replace(arm, adapter=None, model=task.base)
    asked = identity_of(bare, suite.settings.endpoints[arm.endpoint], suite)
    return digest([task, asked, arm.sampling, arm.extra])


def case_values(answered: Run, arm: str) -> list[float]:
    """One score per case in file order: the mean over its replicates.

    Raises:
        DataError: a case was not answered; a point made of the others would not compare.
    """
    if answered.info.status != "complete":
        reason = answered.info.arms[arm].ended or answered.info.status
        raise DataError(f"arm {arm} did not answer all cases ({reason}); see {answered.path}")
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
    values = {name: case_values(replayed, name) for name in prompted}
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


def now() -> str:
    """This second, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")
