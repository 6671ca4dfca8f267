"""Tune the model of an arm: a suite and an arm in, a Training on disk out; resumed by repeating."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from harness.errors import UsageError
from harness.store.atomic import write_atomic
from harness.store.prices.tuned import read_tuning_prices, tuning_price_of
from harness.store.suite import Suite
from harness.store.suite_problems import SUITE_FILE
from harness.store.trainings import TRAINING_FOLDER, write_training
from harness.values.arm import ResolvedArm
from harness.values.digest import digest
from harness.values.endpoint import EndpointSpec, LocalSpec, OpenAISpec
from harness.values.training import Training
from harness.values.tuning import Estimate, Tuned, Tuner, TuningTask
from harness.workflows.platforms import provider_of
from harness.workflows.provenance import as_told, provenance
from harness.workflows.rebuilt import rebuilt_digest
from harness.workflows.run import open_suite
from harness.workflows.tuning_checks import TuningObserver, check_before_tuning
from harness.workflows.tuning_task import tuning_task

WORK_FOLDER = "training"
LOCAL_POLL_S = 0.5
HOSTED_POLL_S = 15.0
_ENDED = ("succeeded", "failed", "cancelled")


def tune(
    suite: str | Path | Suite,
    arm: str,
    observers: Sequence[TuningObserver] = (),
    *,
    job: str | None = None,
    pause: float | None = None,
) -> Training:
    """Tune, or go on with what an earlier call began, and write training/NAME.toml.

    `job` follows a job that exists on the platform already. `pause` is the time between two looks
    at it, in seconds. Interrupted, a local tuning keeps its finished epochs and a hosted job goes
    on by itself: the same call takes both up again.

    Raises:
        UsageError: the arm has no recipe, its endpoint cannot tune, or a frozen arm has this
            training.
        DataError: the rows, the template or the job is bad.
        MissingExtraError: the packages of local tuning are not installed.
    """
    opened = suite if isinstance(suite, Suite) else open_suite(suite)
    resolved = arm_of(opened, arm)
    spec = opened.settings.endpoints[resolved.endpoint]
    task = tuning_task(opened, resolved)
    _refuse_frozen(opened, task.name)
    if job is None:  # what a job of elsewhere has learned are not these rows
        check_before_tuning(opened, resolved, task, observers)
    tuner = open_tuner(spec, task, work_folder(opened, resolved, task), job=job)
    tuned = follow(tuner, spec, observers, pause=pause)
    training = _recorded(opened, resolved, task, tuned, foreign=job is not None)
    write_training(opened.folder, task.name, training)
    return training


def estimate(suite: str | Path | Suite, arm: str) -> Estimate:
    """What tuning an arm takes; nothing is started. Raises as `tune` does."""
    opened = suite if isinstance(suite, Suite) else open_suite(suite)
    resolved = arm_of(opened, arm)
    task = tuning_task(opened, resolved)
    spec = opened.settings.endpoints[resolved.endpoint]
    return open_tuner(spec, task, work_folder(opened, resolved, task)).prepare()


def is_hosted(suite: Suite, arm: str) -> bool:
    """Whether tuning this arm would be done, and paid for, on a platform."""
    return isinstance(suite.settings.endpoints[arm_of(suite, arm).endpoint], OpenAISpec)


def cancel(suite: str | Path | Suite, arm: str, *, job: str | None = None) -> None:
    """Cancel the hosted job of an arm's training.

    Raises:
        UsageError: nothing of it runs anywhere but here.
    """
    opened = suite if isinstance(suite, Suite) else open_suite(suite)
    resolved = arm_of(opened, arm)
    spec = opened.settings.endpoints[resolved.endpoint]
    if not isinstance(spec, OpenAISpec):
        raise UsageError("a local tuning is cancelled with Ctrl-C where it runs")
    task = tuning_task(opened, resolved)
    open_tuner(spec, task, work_folder(opened, resolved, task), job=job).cancel()


def arm_of(suite: Suite, name: str) -> ResolvedArm:
    """An arm by its name. Raises UsageError when there is none."""
    if name not in suite.arms:
        raise UsageError(f"{suite.name} has no arm {name!r}; arms: {', '.join(suite.arms)}")
    return suite.arms[name]


def _refuse_frozen(suite: Suite, training: str) -> None:
    """Raises UsageError where a frozen arm's replies came from what stands under this name."""
    frozen = [arm.name for arm in suite.arms.values() if arm.frozen and arm.training == training]
    if frozen and training in suite.trainings:
        raise UsageError(
            f"arm {frozen[0]} is frozen, and its replies came from training {training}, which "
            f"another tuning would replace; write a second [trainings.NAME] in {SUITE_FILE}"
        )


def open_tuner(
    spec: EndpointSpec, task: TuningTask, folder: Path, *, job: str | None = None
) -> Tuner:
    """Who tunes on an endpoint. Raises UsageError when it cannot."""
    if isinstance(spec, OpenAISpec):
        from harness.providers.openai.tuning import HostedTuner

        price = tuning_price_of(task.base, read_tuning_prices())
        return HostedTuner(spec, task, folder, job=job, price=price)
    if isinstance(spec, LocalSpec):
        if job is not None:
            raise UsageError("a local tuning has no job on a platform: leave --job out")
        from harness.providers.local.tuning import LocalTuner

        return LocalTuner(spec, task, folder)
    raise UsageError(
        f"nothing is tuned on an endpoint of kind {provider_of(spec)!r} (local and openai can); "
        f"for a model trained elsewhere write {TRAINING_FOLDER}/{task.name}.toml by hand"
    )


def work_folder(suite: Suite, arm: ResolvedArm, task: TuningTask) -> Path:
    """Where checkpoints and states are kept: of no other rows, recipe, base or endpoint."""
    name = f"{task.name}-{digest([task, arm.endpoint])[:12]}"
    return suite.settings.results / WORK_FOLDER / suite.name / name


def follow(
    tuner: Tuner,
    spec: EndpointSpec,
    observers: Sequence[TuningObserver],
    *,
    pause: float | None = None,
) -> Tuned:
    """Prepare, start and look until it has ended.

    Interrupted, a local tuning stops; a hosted job, which is paid for, goes on by itself.

    Raises:
        DataError: it failed or was cancelled.
    """
    here = isinstance(spec, LocalSpec)
    if pause is None:
        pause = LOCAL_POLL_S if here else HOSTED_POLL_S
    try:
        return _ended(tuner, observers, pause)
    except BaseException:
        if here:
            tuner.cancel()
        raise


def _ended(tuner: Tuner, observers: Sequence[TuningObserver], pause: float) -> Tuned:
    needed = tuner.prepare()
    for observer in observers:
        observer.estimated(needed)
    tuner.start()
    while True:
        progress = tuner.poll()
        for observer in observers:
            observer.progressed(progress)
        if progress.status in _ENDED:
            return tuner.result()
        time.sleep(pause)


def _recorded(
    suite: Suite, arm: ResolvedArm, task: TuningTask, tuned: Tuned, *, foreign: bool
) -> Training:
    """The record of a tuning, its adapter beside it.

    A job that was named by its id is this suite's own only where its recipe is: what it learned
    from is unknown otherwise, and is not made up.
    """
    spec = suite.settings.endpoints[arm.endpoint]
    adapter = _keep_adapter(suite.folder, task.name, tuned)
    training = provenance(suite, arm, task, tuned, provider=provider_of(spec), adapter=adapter)
    if foreign and rebuilt_digest(task, training) != tuned.recipe_digest:
        return as_told(training)
    return training


def _keep_adapter(suite: Path, name: str, tuned: Tuned) -> str | None:
    """Copy the adapter into the suite; return the name of the file."""
    if tuned.adapter is None:
        return None
    path = suite / TRAINING_FOLDER / f"{name}{tuned.adapter.suffix}"
    write_atomic(path, [tuned.adapter.read_bytes()])
    return path.name
