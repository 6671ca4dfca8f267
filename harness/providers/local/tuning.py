"""Tuning a model on this machine: a task in, a LoRA adapter in PEFT and GGUF form out."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import weakref
from contextlib import suppress
from pathlib import Path
from typing import IO, Literal, Self

import msgspec

from harness.errors import DataError, HarnessError, UsageError
from harness.providers.local.model import PACKAGED_DIGEST, file_digest, gguf_path
from harness.providers.local.recipe import (
    as_written,
    installed_versions,
    recipe_digest,
    resolved,
)
from harness.providers.local.trainer import ADAPTER, FINISHED, PEFT, Finished, Job, Message
from harness.providers.local.unpacked import cache_folder
from harness.values.endpoint import LocalSpec
from harness.values.training import Loss
from harness.values.tuning import Estimate, Tuned, TuningProgress, TuningTask

__all__ = ["LocalTuner", "recipe_digest"]

_LAST_WORDS = 500


class LocalTuner:
    """A Tuner: LoRA on the processor or a GPU, in a process of its own, into `folder`.

    After each epoch a checkpoint is written. Built again for the same task and folder, it goes on
    from there, and ends with the same weights as if nothing had happened. `cache` keeps the model
    as transformers reads it (four bytes a weight); unset means the user's cache folder.

    Raises:
        UsageError: a method or hyperparameter that only hosted platforms know, or no rows.
    """

    def __init__(
        self, spec: LocalSpec, task: TuningTask, folder: Path, cache: Path | None = None
    ) -> None:
        if task.recipe.method != "lora":
            raise UsageError(
                f"method = {task.recipe.method!r}: a training on this machine knows only 'lora'"
            )
        if not task.examples:
            raise UsageError(f"{task.name}: there is no row to learn from")
        self._spec = spec
        self._task = task
        self._folder = folder
        self._cache = cache
        self._settings = resolved(task.recipe.hyperparameters)
        self._process: _Process | None = None
        self._cancelled = False
        self._last = TuningProgress(status="waiting")
        self._failure: HarnessError | None = None

    def prepare(self) -> Estimate:
        """Count rows and tokens; the first time, unpack the model, which takes about a minute.

        Raises:
            DataError: a row without an answer or with one that does not fit; a disk without room;
                a model that transformers cannot read.
            MissingExtraError: torch, transformers, peft or gguf is not installed.
        """
        with _Process(self._job("prepare")) as process:
            process.wait()
            messages = process.messages()
            estimates = [message.estimate for message in messages if message.estimate]
            if process.running() is False and estimates:
                return estimates[-1]
            raise process.failure()

    def start(self) -> None:
        """Begin, or go on after the last finished epoch. A finished training is left alone."""
        if self._finished() is not None:
            return
        if self._process is None:
            self._failure, self._cancelled = None, False
            self._process = _Process(self._job("train"))

    def poll(self) -> TuningProgress:
        """How far it is; returns at once."""
        process = self._process
        if process is None or self._cancelled:
            return self._idle()
        running = process.running()  # before the messages are read, or the last ones could be lost
        messages = process.messages()
        reported = [message.progress for message in messages if message.progress]
        events = tuple(event for progress in reported for event in progress.events)
        for progress in reported:
            if progress.steps:
                self._last = progress
        if running:
            return self._told("running", events)
        self._process = None
        if self._finished() is None:
            self._failure = process.failure()
            events = (*events, str(self._failure))
        process.stop()
        return self._told("failed" if self._failure else "succeeded", events)

    def result(self) -> Tuned:
        """The adapter and what is known of it.

        Raises:
            DataError: it failed, with the reason; or it is not done.
        """
        finished = self._finished()
        if finished is None:
            raise self._failure or DataError(f"{self._task.name}: the training is not finished")
        return Tuned(
            recipe_digest=finished.recipe,
            hyperparameters=as_written(self._settings),
            base_digest=self._base_digest(),
            adapter=self._folder / ADAPTER,
            peft=self._folder / PEFT,
            versions=installed_versions(),
            device=finished.device,
            trained_tokens=finished.trained_tokens,
            seconds=finished.seconds,
            losses=finished.losses,
            chosen_step=finished.chosen_step,
            started=finished.started,
            finished=finished.finished,
        )

    def cancel(self) -> None:
        """Stop it; finished epochs are kept. Harmless when nothing runs."""
        if self._process is not None and self._process.running():
            self._cancelled = True
            self._process.stop()
            self._process = None

    def _idle(self) -> TuningProgress:
        if self._cancelled:
            return self._told("cancelled", ())
        if self._failure is not None:
            return self._told("failed", ())
        finished = self._finished()
        if finished is None:
            return self._last
        last = finished.losses[-1] if finished.losses else Loss(step=0)
        return TuningProgress(
            status="succeeded",
            step=last.step,
            steps=last.step,
            epoch=last.epoch or 0.0,
            train_loss=last.train,
            validation_loss=last.validation,
            tokens=finished.trained_tokens,
        )

    def _told(
        self,
        status: Literal["running", "succeeded", "failed", "cancelled"],
        events: tuple[str, ...],
    ) -> TuningProgress:
        self._last = msgspec.structs.replace(self._last, status=status, events=events)
        return self._last

    def _finished(self) -> Finished | None:
        """What an earlier or this process finished of the same recipe, if its adapter stands."""
        try:
            data = (self._folder / FINISHED).read_bytes()
            finished = msgspec.json.decode(data, type=Finished)
            whole = file_digest(self._folder / ADAPTER) == finished.adapter_digest
        except (OSError, msgspec.DecodeError):
            return None
        return finished if whole and finished.recipe == self._recipe() else None

    def _recipe(self) -> str:
        written = as_written(self._settings)
        return recipe_digest(self._task, written, installed_versions(), self._base_digest())

    def _base_digest(self) -> str:
        return PACKAGED_DIGEST if self._spec.gguf is None else file_digest(gguf_path(self._spec))

    def _job(self, what: Literal["prepare", "train"]) -> Job:
        return Job(
            what=what,
            task=self._task,
            settings=self._settings,
            recipe=self._recipe(),
            gguf=str(gguf_path(self._spec)),
            cache=str(self._cache or cache_folder()),
            folder=str(self._folder),
        )


class _Process:
    """The trainer: silent, offline, gone with this object, exit, or the death of this process."""

    def __init__(self, job: Job) -> None:
        self._messages = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        self._read = 0
        self._wrong = Message()
        self._process = subprocess.Popen(  # this interpreter, this package's module
            [sys.executable, "-P", "-m", "harness.providers.local.trainer"],
            stdin=subprocess.PIPE,
            stdout=self._messages,
            stderr=self._log,
            env=os.environ | _ENVIRONMENT,
            start_new_session=True,  # Ctrl-C is for the run, which then stops the training
        )
        self.stop = weakref.finalize(self, _end, self._process, self._messages, self._log)
        if self._process.stdin is not None:
            try:
                self._process.stdin.write(msgspec.json.encode(job) + b"\n")
                self._process.stdin.flush()
            except BrokenPipeError:
                self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def running(self) -> bool:
        """Whether the process lives."""
        return self._process.poll() is None

    def wait(self) -> None:
        """Until the process has ended."""
        self._process.wait()

    def messages(self) -> list[Message]:
        """Whole lines that were not read before."""
        data = os.pread(self._messages.fileno(), 1 << 28, self._read)
        whole = data[: data.rfind(b"\n") + 1]
        self._read += len(whole)
        messages = [msgspec.json.decode(line, type=Message) for line in whole.splitlines()]
        self._wrong = next((m for m in messages if m.failure or m.usage), self._wrong)
        return messages

    def failure(self) -> HarnessError:
        """Why it ended, from its messages so far, its exit code or what it printed."""
        told = self._wrong
        if told.usage:
            return UsageError(told.usage)
        if told.problems or told.failure:
            return DataError(told.problems or told.failure)
        code = self._process.returncode
        if code is not None and code < 0:
            reason = f"its process was killed by signal {-code}"
            return DataError(f"the training stopped: {reason}, often for want of memory")
        return HarnessError(f"the training stopped: {_tail(self._log) or 'it said nothing'}")


_ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_VERBOSITY": "error",
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",  # CUDA's matrix product is deterministic only with it
}


def _tail(log: IO[bytes]) -> str:
    log.seek(0)
    lines = log.read().decode(errors="replace").splitlines()
    return "\n".join(line for line in lines if line.strip())[-_LAST_WORDS:]


def _end(process: subprocess.Popen[bytes], *files: IO[bytes]) -> None:
    process.kill()
    process.wait()
    if process.stdin is not None:
        with suppress(BrokenPipeError):
            process.stdin.close()
    for file in files:
        file.close()
