"""A hosted job is begun, or found again: rows and a state in; files and ONE job on the platform.

Before a job is asked for, its attempt and recipe are noted on disk and looked for on the platform:
both stand in the metadata of the job. So neither a kill nor a lost answer begins a second one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from harness.errors import DataError, Problem, UsageError
from harness.providers.openai.tuning_errors import Trouble, words_of
from harness.providers.openai.tuning_job import status_of
from harness.providers.openai.tuning_recipe import ATTEMPT_KEY, RECIPE_KEY, job_body
from harness.providers.openai.tuning_service import PAUSES_S, Service, passes
from harness.providers.openai.tuning_state import STATE_FILE, State, Upload, write_state
from harness.values.digest import digest_bytes
from harness.values.tuning import TuningTask

if TYPE_CHECKING:
    import openai
    from openai.types import FileObject
    from openai.types.fine_tuning import FineTuningJob

PAGE = 100
MOST_JOBS = 1000
FILE_PAUSE_S = 2.0
FILE_PATIENCE = 300
# Two looks after the first, because a list may lag behind a creation.
_LOOK_AGAIN_S = (2.0, 4.0)
_OVER = ("failed", "cancelled")
_FILE_FAILED = ("error", "deleted", "deleting")
# Statuses of OpenAI and, after the first, of Azure; anything else is taken for ready.
_FILE_WAITS = ("uploaded", "pending", "running", "notRunning", "processing")


class Starter:
    """Begins the job of one task from one folder. `said` are messages for the user."""

    def __init__(
        self, service: Service, task: TuningTask, folder: Path, state: State, digest: str
    ) -> None:
        self.service, self.task, self.folder, self.digest = service, task, folder, digest
        self.state, self.said = state, list[str]()
        self._pause: Callable[[float], None] = service.pause
        # Whether a creation may have taken place whose answer nobody read.
        self._unheard = bool(state.attempt) and not state.job

    def job(self, train: bytes, validation: bytes) -> str:
        """The id of the job: noted, found on the platform, or new.

        Raises:
            UsageError: the platform starts no such job for this account.
            DataError: a file is refused, or nobody knows yet whether a job was created.
        """
        self._settle()
        if self.state.job:
            return self.state.job
        if not self.state.attempt:
            self._note(attempt=secrets.token_hex(8), recipe_digest=self.digest)
        found = self.find()
        if found is not None:
            return self._found(found, "it was created before for the same recipe")
        files = self._uploaded("train", train)
        held_out = self._uploaded("validation", validation) if validation else None
        return self._create(job_body(self.task, files, held_out, self._marks()))

    def _settle(self) -> None:
        """Leave a job behind that has ended badly, or is of another recipe and has ended."""
        state = self.state
        if state.job and state.recipe_digest != self.digest and not state.ended:
            noted = self.service.surely(
                lambda client: client.fine_tuning.jobs.retrieve(state.job),
                f"looking at job {state.job}",
            )
            if status_of(noted) not in _OVER:
                raise UsageError(
                    f"{self.folder / STATE_FILE} holds job {state.job} of another recipe "
                    f"({noted.status}): follow it with --job, or remove the file"
                )
        if state.ended in _OVER or state.recipe_digest not in ("", self.digest):
            self._note(job="", attempt="", ended="", cancelled=False, recipe_digest="")
            self._unheard = False

    def _marks(self) -> dict[str, str]:
        return {RECIPE_KEY: self.digest, ATTEMPT_KEY: self.state.attempt}

    def _note(self, **changes: Any) -> None:
        self.state = msgspec.structs.replace(self.state, **changes)
        write_state(self.folder, self.state)

    def _found(self, job: FineTuningJob, why: str) -> str:
        self._note(job=job.id)
        self.said.append(f"took up job {job.id}: {why}")
        return job.id

    def find(self) -> FineTuningJob | None:
        """Our job among the newest of the account; after silence it is looked for thrice."""
        for pause in (0.0, *(_LOOK_AGAIN_S if self._unheard else ())):
            if pause:
                self._pause(pause)
            found = self.service.surely(
                lambda client: self._listed(client.fine_tuning.jobs.list(limit=PAGE)),
                "listing the jobs",
            )
            if found:
                return found[0]
        return None

    def _listed(self, jobs: Any) -> list[FineTuningJob]:
        newest = (job for job, _ in zip(jobs, range(MOST_JOBS), strict=False))
        return next(([job] for job in newest if self._is_ours(job)), [])

    def _is_ours(self, job: FineTuningJob) -> bool:
        """By this attempt's mark; by the recipe's, unless it failed; unmarked, by our file."""
        marks = job.metadata or {}
        if marks.get(ATTEMPT_KEY) == self.state.attempt:
            return True
        if status_of(job) in _OVER:
            return False
        sent = self.state.train.id if self.state.train else ""
        unmarked = self._unheard and not marks and job.training_file == sent
        return marks.get(RECIPE_KEY) == self.digest or unmarked

    def _uploaded(self, part: str, data: bytes) -> str:
        """The id of a file on the platform: the noted one while it is there, else a new one."""
        noted: Upload | None = getattr(self.state, part)
        if noted is not None and noted.digest == digest_bytes(data) and self._is_there(noted.id):
            self.said.append(f"{part}.jsonl is on the platform already: {noted.id}")
            return noted.id
        name = f"{self.task.suite}_{self.task.name}_{part}.jsonl"
        sent = self.service.surely(
            lambda client: client.files.create(file=(name, data), purpose="fine-tune"),
            f"uploading {part}.jsonl",
        )
        self._note(**{part: Upload(digest_bytes(data), sent.id)})
        self._wait(sent, part)
        self.said.append(f"uploaded {part}.jsonl ({len(data):,} bytes): {sent.id}")
        return sent.id

    def _is_there(self, file: str) -> bool:
        got = self.service.patiently(_file(file))
        if not isinstance(got, Trouble):
            if got.status in _FILE_WAITS:
                self._wait(got, "the file")
            return got.status not in _FILE_FAILED
        if got.kind == "not_found":
            return False
        raise words_of(got, self.service.place, f"looking for file {file}")

    def _wait(self, file: FileObject, part: str) -> None:
        """Until the platform has processed a file, where it says that it does."""
        for _ in range(FILE_PATIENCE):
            if file.status in _FILE_FAILED:
                reason = file.status_details or "it says no reason"
                raise self._unprocessed(part, f"the platform cannot use the file: {reason}")
            if file.status not in _FILE_WAITS:
                return
            self._pause(FILE_PAUSE_S)
            file = self.service.surely(_file(file.id), f"looking for file {file.id}")
        minutes = FILE_PAUSE_S * FILE_PATIENCE / 60
        raise self._unprocessed(part, f"{file.id} is not processed after {minutes:g} minutes")

    def _unprocessed(self, part: str, message: str) -> DataError:
        hint = "repeat the command; a file that the platform cannot use must be corrected first"
        return DataError(
            [Problem(file=str(self.folder / f"{part}.jsonl"), message=message, hint=hint)]
        )

    def _create(self, body: dict[str, Any]) -> str:
        """ONE job. Asked again only after a refusal, never after silence."""
        pauses = iter(PAUSES_S)
        while True:
            got = self.service.once(lambda client: client.fine_tuning.jobs.create(**_spoken(body)))
            if not isinstance(got, Trouble):
                self._note(job=got.id)
                self.said.append(f"created job {got.id}")
                return got.id
            pause = next(pauses, None)
            if pause is None or got.kind != "rate_limited" or not passes(got):
                return self._unanswered(got)
            self._pause(pause if got.retry_after is None else got.retry_after)

    def _unanswered(self, trouble: Trouble) -> str:
        """After a refusal an error; after silence the job, if the platform has it after all."""
        if passes(trouble) and trouble.kind != "rate_limited":
            self._unheard = True
            found = self.find()
            if found is not None:
                return self._found(found, "the answer to its creation was lost")
            raise DataError(
                f"no answer came to the creation of a job ({trouble.detail}), and the platform "
                "lists none\n    repeat the command: it looks for the job again before it asks"
            )
        gone = trouble.param in {"training_file", "validation_file"}
        self._note(attempt="", **({"train": None, "validation": None} if gone else {}))
        raise words_of(trouble, self.service.place, "creating the job")


def _file(id_: str) -> Callable[[openai.OpenAI], FileObject]:
    return lambda client: client.files.retrieve(id_)


_NAMED = ("model", "training_file", "validation_file", "method", "seed", "suffix", "metadata")


def _spoken(body: dict[str, Any]) -> dict[str, Any]:
    """The body as the client takes it: what it has no word for goes in as it stands."""
    named = {key: body[key] for key in _NAMED if key in body}
    rest = {key: value for key, value in body.items() if key not in _NAMED}
    return {**named, "extra_body": rest} if rest else named
