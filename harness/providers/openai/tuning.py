"""Tuning on OpenAI or Azure: a task in; one job there, followed to its end; a tuned model out.

What is paid for is found again: by state.json of the folder, by the job's metadata, or by its id.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from harness.errors import DataError, HarnessError, UsageError
from harness.providers.openai.tuning_errors import Trouble, retry_words, unsuccessful, words_of
from harness.providers.openai.tuning_files import estimate_of, write_rows
from harness.providers.openai.tuning_job import (
    files_of,
    foreign_fault,
    hyperparameters_of,
    is_paused,
    model_of,
    progress_of,
    shutdown_of,
    status_of,
    tuned_of,
)
from harness.providers.openai.tuning_recipe import RECIPE_KEY, recipe_digest
from harness.providers.openai.tuning_service import Service, passes, version
from harness.providers.openai.tuning_start import PAGE, Starter
from harness.providers.openai.tuning_state import alone_in, read_state, write_state
from harness.training.estimate import training_cost
from harness.values.digest import digest
from harness.values.endpoint import OpenAISpec
from harness.values.tuning import Estimate, Tuned, TuningProgress, TuningTask
from harness.values.tuning_price import TuningPrice

if TYPE_CHECKING:
    import openai
    from openai.types import Model
    from openai.types.fine_tuning import FineTuningJob, FineTuningJobEvent

PATIENCE = 30
LONGEST_WAIT_S = 60.0


class HostedTuner:
    """The Tuner of OpenAI and Azure, on the official client.

    `folder` gets train.jsonl, validation.jsonl and state.json. With `job` nothing is uploaded or
    begun: a job made elsewhere is followed. `price` makes costs known; `pause` and `clock` are
    time's own, in seconds.
    """

    def __init__(
        self,
        spec: OpenAISpec,
        task: TuningTask,
        folder: Path,
        *,
        job: str | None = None,
        price: TuningPrice | None = None,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._task, self._folder, self._price, self._clock = task, folder, price, clock
        self._service = Service(spec, str(folder), pause)
        self._foreign, self._job = job is not None, job or ""
        self._last = TuningProgress(status="waiting")
        self._said, self._paused = list[str](), False
        self._seen, self._troubles, self._again_at = "", 0, 0.0

    def prepare(self) -> Estimate:
        """Check recipe and rows, write the files, count. Nothing leaves this machine.

        Raises:
            UsageError: the recipe cannot be followed there; names everything that cannot.
            DataError: rows the platform would refuse, every one of them.
        """
        if not self._foreign:
            write_rows(self._task, self._folder, self._service.place.platform)
        return estimate_of(self._task, self._price)

    def start(self) -> None:
        """Upload and create the job, or take up the one that was begun for this task before.

        Raises:
            UsageError: the platform or the key allows no such job.
            DataError: rows or files are refused, or nobody knows whether a job was created.
        """
        if self._foreign:
            with self._service as service:
                found = service.surely(_retrieve(self._job), f"looking for job {self._job}")
            if fault := foreign_fault(found, self._task.base, self._task.recipe.method):
                raise UsageError(f"{fault}: name what it was made with, or another job")
            return
        with alone_in(self._folder), self._service as service:
            train, validation = write_rows(self._task, self._folder, service.place.platform)
            state, recipe = read_state(self._folder), recipe_digest(self._task, train, validation)
            starter = Starter(service, self._task, self._folder, state, recipe)
            self._job = starter.job(train, validation)
            self._said += starter.said

    def poll(self) -> TuningProgress:
        """One look at the job and at its new events.

        A cut or an error of the platform is an event; the next looks wait longer, up to a minute.

        Raises:
            UsageError: the key or the job is no longer accepted.
            DataError: PATIENCE looks in a row brought nothing.
        """
        self._require_job()
        if self._clock() < self._again_at:
            return msgspec.structs.replace(self._last, events=())
        with self._service as service:
            job = service.once(_retrieve(self._job))
            events = job if isinstance(job, Trouble) else service.once(self._new_events)
        if isinstance(job, Trouble):
            return self._troubled(job)
        if isinstance(events, Trouble):
            return self._troubled(events)
        return self._progressed(job, events)

    def result(self) -> Tuned:
        """The tuned model, of the checkpoint with the lowest full validation loss.

        Raises:
            DataError: the job failed or was cancelled.
            UsageError: it has not ended.
        """
        self._require_job()
        with self._service as service:
            job = service.surely(_retrieve(self._job), f"looking at job {self._job}")
            if status_of(job) != "succeeded":
                raise self._unsuccessful(job)
            checkpoints = service.surely(
                lambda client: list(
                    client.fine_tuning.jobs.checkpoints.list(self._job, limit=PAGE)
                ),
                "listing the checkpoints",
            )
            model = model_of(job, checkpoints)
            shutdown = self._shutdown(service, (model or "", job.fine_tuned_model or "", job.model))
        tokens = job.trained_tokens
        return msgspec.structs.replace(
            tuned_of(job, checkpoints, self._last.steps, self._recipe_digest(job)),
            shutdown=shutdown,
            versions={"openai": version()},
            spent=None if tokens is None else training_cost(tokens, self._price),
        )

    def cancel(self) -> None:
        """Cancel the job; harmless where there is none, or where it has ended.

        Raises:
            UsageError: the platform refuses.
        """
        with self._service as service:
            job = self._job or self._noted_job(service)
            if not job:
                return
            if not self._foreign:
                self._note(cancelled=True)
            now = service.surely(_retrieve(job), f"looking for job {job}")
            if status_of(now) in {"waiting", "running"}:
                service.surely(
                    lambda client: client.fine_tuning.jobs.cancel(job), f"cancelling job {job}"
                )

    def _noted_job(self, service: Service) -> str:
        """The job that an earlier process began, also where it was killed before it knew."""
        state = read_state(self._folder)
        if state.job or not state.attempt:
            return state.job
        found = Starter(service, self._task, self._folder, state, state.recipe_digest).find()
        return "" if found is None else found.id

    def _require_job(self) -> None:
        self._job = self._job or read_state(self._folder).job
        if not self._job:
            raise UsageError(f"{self._folder}: no job was begun from here; call start() first")

    def _new_events(self, client: openai.OpenAI) -> list[FineTuningJobEvent]:
        """Events not seen before, oldest first; the platform lists the newest first."""
        fresh = []
        for event in client.fine_tuning.jobs.list_events(self._job, limit=PAGE):
            if event.id == self._seen:
                break
            fresh.append(event)
        return fresh[::-1]

    def _progressed(self, job: FineTuningJob, events: list[FineTuningJobEvent]) -> TuningProgress:
        self._troubles, self._again_at = 0, 0.0
        self._seen = events[-1].id if events else self._seen
        newly_paused, self._paused = is_paused(job) and not self._paused, is_paused(job)
        progress = progress_of(job, events, self._last)
        self._last = msgspec.structs.replace(progress, events=())
        said, self._said = self._said, []
        said += progress.events
        if newly_paused:
            said.append("the job is paused: resume it on the platform's page, or cancel it")
        if progress.status in {"failed", "cancelled"}:
            said.append(str(self._unsuccessful(job)))
            if not self._foreign:  # only a failure that was told is followed by another job
                self._note(ended=progress.status)
        return msgspec.structs.replace(progress, events=tuple(said))

    def _note(self, **changes: Any) -> None:
        write_state(self._folder, msgspec.structs.replace(read_state(self._folder), **changes))

    def _troubled(self, trouble: Trouble) -> TuningProgress:
        self._troubles += 1
        if not passes(trouble):
            raise words_of(trouble, self._service.place, f"looking at job {self._job}")
        if self._troubles > PATIENCE:
            raise DataError(
                f"job {self._job} could not be looked at {self._troubles} times in a row: "
                f"{trouble.detail}\n    it goes on without us: repeat the command later"
            )
        wait = min(LONGEST_WAIT_S, 2.0 ** (self._troubles - 1))
        wait = wait if trouble.retry_after is None else trouble.retry_after
        self._again_at = self._clock() + wait
        said = f"{retry_words(trouble)}, trying again in {wait:g} s"
        return msgspec.structs.replace(self._last, events=(said,))

    def _unsuccessful(self, job: FineTuningJob) -> HarnessError:
        by_us = not self._foreign and read_state(self._folder).cancelled
        return unsuccessful(job, self._service.place, by_us=by_us)

    def _recipe_digest(self, job: FineTuningJob) -> str:
        """The recipe's mark; of a job without one, a digest of what the platform says of it."""
        noted = "" if self._foreign else read_state(self._folder).recipe_digest
        said = {"job": job.id, "files": files_of(job), "hyperparameters": hyperparameters_of(job)}
        return (job.metadata or {}).get(RECIPE_KEY) or noted or digest(said)

    def _shutdown(self, service: Service, models: tuple[str, ...]) -> str | None:
        """The first day that is known, of the tuned model or else of its base."""
        for name in dict.fromkeys(filter(None, models)):
            model = service.patiently(_model(name))
            day = None if isinstance(model, Trouble) else shutdown_of(model)
            if day is not None:
                return day
        return None


def _retrieve(job: str) -> Callable[[openai.OpenAI], FineTuningJob]:
    return lambda client: client.fine_tuning.jobs.retrieve(job)


def _model(name: str) -> Callable[[openai.OpenAI], Model]:
    return lambda client: client.models.retrieve(name)
