"""What is looked at before a model is tuned: the rows it will learn from, and leaks into cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from harness.errors import DataError, Problem
from harness.store.suite import Suite
from harness.training.check import CheckReport, Wanted, check_rows
from harness.training.checks.platforms import FileFacts, Platform
from harness.training.shapes import Shape, render_row
from harness.values.arm import ResolvedArm
from harness.values.case import Split
from harness.values.endpoint import EndpointSpec, LocalSpec
from harness.values.finding import Finding
from harness.values.leaks import LeakReport
from harness.values.tuning import Estimate, TuningProgress, TuningTask
from harness.workflows.data.check import check_file
from harness.workflows.leaks import arm_leaks
from harness.workflows.platforms import platform_of_endpoint

HELD_OUT: tuple[Split, ...] = ("validation", "test")


class TuningObserver(Protocol):
    """Who is told how a tuning goes."""

    def checked(self, report: CheckReport, leaks: Mapping[Split, LeakReport]) -> None:
        """What was found in the rows, and leaked into which split. May raise to stop it."""
        ...

    def estimated(self, estimate: Estimate) -> None:
        """What it will take, before anything is spent. May raise to stop it."""
        ...

    def progressed(self, progress: TuningProgress) -> None:
        """Where it is now."""
        ...


def check_before_tuning(
    suite: Suite, arm: ResolvedArm, task: TuningTask, observers: Sequence[TuningObserver]
) -> None:
    """Check the rows as they will be learned from. Leaks do not stop a tuning, errors do.

    Raises:
        DataError: with every error in the rows; the observers hear of the rest.
    """
    report, leaks = check_learned(suite, arm, task)
    if errors := report.of("error"):
        raise DataError([_problem(error) for error in errors])
    for observer in observers:
        observer.checked(report, leaks)


def check_learned(
    suite: Suite, arm: ResolvedArm, task: TuningTask
) -> tuple[CheckReport, dict[Split, LeakReport]]:
    """What is wrong with the rows an arm learns from, and which cases of each split leaked."""
    report = _report(suite, task, suite.settings.endpoints[arm.endpoint])
    splits = [split for split in HELD_OUT if split in suite.splits]
    found = {split: arm_leaks(suite, arm, split) for split in splits}
    return report, {split: leaks for split, leaks in found.items() if leaks is not None}


def _problem(error: Finding) -> Problem:
    return Problem(file=error.file, line=error.line, message=error.message, hint=error.remedy)


def _report(suite: Suite, task: TuningTask, spec: EndpointSpec) -> CheckReport:
    platform = platform_of_endpoint(spec)
    if task.recipe.train is not None:
        return check_file(str(suite.folder / task.recipe.train), platform=platform)
    shape: Shape = "completion" if task.form == "completion" else "chat"
    rows = (
        (number, render_row(example, shape), None)
        for number, example in enumerate(task.examples, 1)
    )
    facts = FileFacts(f"the rows of training {task.name}")
    # A platform's own shape and marks are made when its file is written: only local rows are final.
    limits: Platform | None = platform if isinstance(spec, LocalSpec) else None
    return check_rows(rows, facts, Wanted(platform=limits)).report
