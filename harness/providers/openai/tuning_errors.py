"""Refusals of a fine-tuning platform: a failed call or job in, an error in words out. Pure.

Each error says what was refused, in the platform's own words without secrets, and the next step.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from harness.errors import DataError, HarnessError, Problem, UsageError
from harness.providers.credentials import scrub
from harness.providers.failures import failure_of, unreached
from harness.providers.openai.tuning_job import status_of
from harness.providers.openai.tuning_recipe import Platform
from harness.providers.openai.tuning_state import STATE_FILE
from harness.values.reply import RETRIED_KINDS, FailureKind

if TYPE_CHECKING:
    from openai.types.fine_tuning import FineTuningJob

CLOSED = (
    "OpenAI closes self-serve fine-tuning: since 2026-05-07 for who never tuned, since 2026-07-02 "
    "for who no longer asks a tuned model, on 2027-01-06 for everyone.\n"
    "    What remains: an Azure endpoint (existing customers, into 2027), or "
    'method = "lora" on a local endpoint'
)
_CLOSED_CODES = {"training_not_available", "fine_tuning_not_available"}
_CLOSED_WORDS = re.compile(r"(?i)winding down|no longer (?:able|available)|fine-tuning is disabled")
_UNTUNABLE = re.compile(r"(?i)not available for fine-tuning|cannot be fine-tuned|model_not_avail")
_LINE = re.compile(r"(?i)\b(?:lines?|examples?|rows?):?\s+#?(\d+)")
_FILES = {"training_file": "train.jsonl", "validation_file": "validation.jsonl"}
_BILLING = re.compile(r"(?i)quota|billing|insufficient.funds|credit")


class Trouble(msgspec.Struct, frozen=True):
    """Why a call brought no answer. `code` and `param` are the platform's, lower case."""

    kind: FailureKind
    detail: str
    status: int | None = None
    retry_after: float | None = None
    code: str = ""
    param: str = ""


class Place(msgspec.Struct, frozen=True):
    """Where a call went, for the words of an error; `folder` is where the files were written."""

    platform: Platform
    base_url: str
    key_env: str
    folder: str


def trouble_of(error: Exception, *, timeout: float, key: str, now: float) -> Trouble:
    """The Trouble of an exception of the official client, secrets hidden."""
    import openai

    if not isinstance(error, openai.APIStatusError):
        failure = unreached(error, timeout)
        return Trouble(failure.kind, failure.detail)
    answer = error.response
    failure = failure_of(answer.status_code, answer.headers, answer.content, now=now, key=key)
    return Trouble(
        kind=failure.kind,
        detail=failure.detail,
        status=failure.status,
        retry_after=failure.retry_after,
        code=str(error.code or "").lower(),
        param=str(error.param or "").lower(),
    )


def words_of(trouble: Trouble, place: Place, doing: str) -> HarnessError:
    """The error of a call that failed for good; `doing` is what was tried: 'creating the job'."""
    status = f" (status {trouble.status})" if trouble.status else ""
    said = f"{doing}: {place.platform} refuses{status}: {trouble.detail}"
    next_step = _next_step(trouble, place, doing)
    if _about_file(trouble) or (trouble.kind == "bad_request" and "upload" in doing):
        return DataError([Problem(file=place.folder, message=said, hint=next_step)])
    if trouble.status is None:
        said = f"{doing}: {place.base_url} gave no answer: {trouble.detail}"
    return UsageError(f"{said}\n    {next_step}")


def _next_step(trouble: Trouble, place: Place, doing: str) -> str:
    account = f"{place.key_env} and {place.base_url}"
    untunable = _UNTUNABLE.search(trouble.detail) or trouble.code == "model_not_available"
    steps = (
        (is_closed(trouble), CLOSED),
        (
            trouble.kind == "quota",
            "the account has no credit or its limit is reached: see its billing page, then repeat",
        ),
        (
            trouble.kind == "auth",
            f"make another key, set {place.key_env}, repeat: this one is wrong, expired or limited",
        ),
        (
            untunable,
            f"name a base model that this platform tunes, in full with its date. {CLOSED}",
        ),
        (
            _about_file(trouble),
            "the file has expired or was deleted: repeat, and it is uploaded again",
        ),
        (
            trouble.param == "suffix" or "suffix" in trouble.detail,
            "shorten `suffix` in the recipe",
        ),
        (
            trouble.kind == "not_found" and "job" in doing,
            f"check the id, and that {account} are those of the job's account",
        ),
        (trouble.kind in RETRIED_KINDS, "nothing is lost: repeat the same command later"),
    )
    return next((step for applies, step in steps if applies), "correct what it names, then repeat")


def is_closed(trouble: Trouble) -> bool:
    """Whether the platform starts no jobs for this account any more."""
    said = _CLOSED_WORDS.search(trouble.detail) and trouble.status in {400, 403, 404, 410}
    return trouble.code in _CLOSED_CODES or bool(said)


def _about_file(trouble: Trouble) -> bool:
    return trouble.param in _FILES and trouble.status in {400, 404}


def retry_words(trouble: Trouble) -> str:
    """What happened to a call that will be tried again, in a few words."""
    if trouble.kind == "connection":
        return f"the network was cut ({trouble.detail})"
    if trouble.kind == "rate_limited":
        return "the platform asks to slow down (status 429)"
    return f"the platform gave no answer ({trouble.detail})"


def unsuccessful(job: FineTuningJob, place: Place, *, by_us: bool) -> HarnessError:
    """The error of a job that has made no model; `by_us` says that we asked to cancel it."""
    status = status_of(job)
    if status == "cancelled":
        return _cancelled(job.id, place, "" if by_us else " by somebody else, or by the platform")
    if status != "failed":
        return UsageError(f"job {job.id} has not ended ({job.status}): poll until it has")
    error: Any = job.error
    code, message, param = (
        str(getattr(error, key, None) or "") for key in ("code", "message", "param")
    )
    return _failed(job.id, code, scrub(message), param, place)


def _failed(job: str, code: str, message: str, param: str, place: Place) -> DataError:
    bad_file = param if param in _FILES else code.removeprefix("invalid_")
    said = f"job {job} failed: {message or code or 'the platform says no reason'}"
    if bad_file in _FILES:
        line = _LINE.search(message)
        hint = "correct the row where it came from and repeat: the new file is uploaded"
        file = f"{place.folder}/{_FILES[bad_file]}"
        problem = Problem(file=file, line=int(line[1]) if line else 0, message=said, hint=hint)
        return DataError([problem])
    hint = "repeat to begin a new job; the uploaded files are used again"
    if _BILLING.search(f"{code} {message}"):
        hint = "see the account's billing page, then repeat; the uploaded files are used again"
    return DataError([Problem(file=f"{place.folder}/{STATE_FILE}", message=said, hint=hint)])


def _cancelled(job: str, place: Place, who: str) -> DataError:
    hint = "repeat to begin a new job; the uploaded files are used again"
    message = f"job {job} was cancelled{who}"
    return DataError([Problem(file=f"{place.folder}/{STATE_FILE}", message=message, hint=hint)])
