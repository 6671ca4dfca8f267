"""What a platform says: a job, events, checkpoints in; progress and a result out. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from harness.text.secrets import scrub
from harness.values.training import Loss
from harness.values.tuning import Tuned, TuningProgress, TuningStatus

if TYPE_CHECKING:
    from openai.types import Model
    from openai.types.fine_tuning import FineTuningJob, FineTuningJobEvent
    from openai.types.fine_tuning.jobs import FineTuningJobCheckpoint

# OpenAI's reference names the first six; pausing and paused come with POST …/pause, the rest are
# Azure's (Foundry data plane). A status that is not known here waits.
_STATUSES: Mapping[str, TuningStatus] = {
    "validating_files": "waiting",
    "queued": "waiting",
    "running": "running",
    "succeeded": "succeeded",
    "failed": "failed",
    "cancelled": "cancelled",
    "pausing": "running",
    "paused": "waiting",
    "created": "waiting",
    "pending": "waiting",
    "notrunning": "waiting",
    "canceled": "cancelled",
    "deleted": "cancelled",
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def status_of(job: FineTuningJob) -> TuningStatus:
    """The status in the harness's words."""
    return _STATUSES.get(str(job.status).lower(), "waiting")


def is_paused(job: FineTuningJob) -> bool:
    """Whether somebody has to resume it."""
    return str(job.status).lower() == "paused"


def foreign_fault(job: FineTuningJob, base: str, method: str) -> str:
    """Why a job made elsewhere is no training of an arm on `base`; empty where it may be.

    The platform says a model in full with its date, where `base` may be without.
    """
    if job.model != base and not job.model.startswith(f"{base}-"):
        return f"job {job.id} tunes {job.model}, and the arm's model is {base}"
    if job.method is not None and job.method.type != method:
        return f"job {job.id} tunes by {job.method.type}, and the recipe says {method}"
    return ""


def progress_of(
    job: FineTuningJob, events: Sequence[FineTuningJobEvent], last: TuningProgress
) -> TuningProgress:
    """How far a job is: `last` moved on by the events since, oldest first.

    Losses come from events of type metrics (`data`: step, total_steps, train_loss, valid_loss,
    full_valid_loss); messages of other events are passed on.
    """
    progress = last
    for event in events:
        if isinstance(event.data, dict) and "step" in event.data:
            progress = _measured(progress, event.data)
    return msgspec.structs.replace(
        progress,
        status=status_of(job),
        epoch=_epoch(progress.step, progress.steps, epochs_of(job)) or 0.0,
        tokens=job.trained_tokens or progress.tokens,
        events=tuple(_message(event) for event in events if event.type != "metrics"),
    )


def _message(event: FineTuningJobEvent) -> str:
    text = scrub(event.message or "")
    return text if event.level == "info" else f"{event.level}: {text}"


def _measured(last: TuningProgress, data: Mapping[str, Any]) -> TuningProgress:
    held_out = _first(data.get("full_valid_loss"), data.get("valid_loss"))
    train = _number(data.get("train_loss"))
    return msgspec.structs.replace(
        last,
        step=max(last.step, int(_number(data.get("step")) or 0)),
        steps=int(_number(data.get("total_steps")) or last.steps),
        train_loss=last.train_loss if train is None else train,
        validation_loss=last.validation_loss if held_out is None else held_out,
    )


def losses_of(
    checkpoints: Iterable[FineTuningJobCheckpoint], steps: int, epochs: float | None
) -> tuple[Loss, ...]:
    """One point for each checkpoint, by step. `steps` are those of the whole job, 0 if unknown."""
    ordered = sorted(checkpoints, key=lambda one: one.step_number)
    steps = steps or max((one.step_number for one in ordered), default=0)
    return tuple(
        Loss(
            step=one.step_number,
            epoch=_epoch(one.step_number, steps, epochs),
            train=_number(one.metrics.train_loss),
            validation=_first(one.metrics.full_valid_loss, one.metrics.valid_loss),
            accuracy=_first(
                one.metrics.full_valid_mean_token_accuracy, one.metrics.valid_mean_token_accuracy
            ),
        )
        for one in ordered
    )


def chosen_checkpoint(
    checkpoints: Sequence[FineTuningJobCheckpoint],
) -> FineTuningJobCheckpoint | None:
    """The checkpoint of the lowest full_valid_loss, the earlier of two equals.

    Without such a loss anywhere it is the last; None where there are no checkpoints.
    """
    ordered = sorted(checkpoints, key=lambda one: one.step_number)
    measured = [one for one in ordered if _number(one.metrics.full_valid_loss) is not None]
    if measured:
        return min(measured, key=lambda one: one.metrics.full_valid_loss or 0.0)
    return ordered[-1] if ordered else None


def model_of(job: FineTuningJob, checkpoints: Sequence[FineTuningJobCheckpoint]) -> str | None:
    """The name to ask: the job's own model, or the chosen checkpoint's where it is not the last."""
    chosen = chosen_checkpoint(checkpoints)
    last = max((one.step_number for one in checkpoints), default=0)
    if chosen is None or chosen.step_number == last:
        return job.fine_tuned_model
    return chosen.fine_tuned_model_checkpoint


def tuned_of(
    job: FineTuningJob,
    checkpoints: Sequence[FineTuningJobCheckpoint],
    steps: int,
    recipe_digest: str,
) -> Tuned:
    """What a job that succeeded made. `seconds` runs from its creation, time in the queue too."""
    chosen, ended = chosen_checkpoint(checkpoints), job.finished_at
    return Tuned(
        recipe_digest=recipe_digest,
        hyperparameters=hyperparameters_of(job),
        model=model_of(job, checkpoints),
        trained_tokens=job.trained_tokens,
        seconds=None if ended is None else float(ended - job.created_at),
        losses=losses_of(checkpoints, steps, epochs_of(job)),
        chosen_step=None if chosen is None else chosen.step_number,
        job=job.id,
        files=files_of(job),
        started=iso(job.created_at),
        finished=iso(ended),
    )


def hyperparameters_of(job: FineTuningJob) -> dict[str, int | float | str | bool | list[str]]:
    """What the job was trained with, as it says itself; n_epochs is called epochs here."""
    method = job.method
    inner = getattr(method, method.type, None) if method else None
    said = getattr(inner, "hyperparameters", None) or getattr(job, "hyperparameters", None)
    values = {} if said is None else said.model_dump(exclude_none=True)
    return {"epochs" if name == "n_epochs" else name: value for name, value in values.items()}


def epochs_of(job: FineTuningJob) -> float | None:
    """How many epochs the job has; None while that is 'auto' (Azure writes -1)."""
    epochs = _number(hyperparameters_of(job).get("epochs"))
    return epochs if epochs is not None and epochs > 0 else None


def files_of(job: FineTuningJob) -> dict[str, str]:
    """Ids of the files on the platform; several result files are joined by commas."""
    named = {
        "training_file": job.training_file,
        "validation_file": job.validation_file or "",
        "result_files": ", ".join(getattr(job, "result_files", None) or ()),
    }
    return {name: value for name, value in named.items() if value}


def shutdown_of(model: Model) -> str | None:
    """The day a model is switched off: `shutdown_date`, or Azure's `deprecation.inference`."""
    day = _DAY.match(str(model.shutdown_date or ""))
    if day:
        return day[0]
    deprecation = (model.model_extra or {}).get("deprecation")
    seconds = deprecation.get("inference") if isinstance(deprecation, dict) else None
    return iso(seconds)[:10] or None if isinstance(seconds, int) else None


def iso(seconds: int | None) -> str:
    """Seconds since 1970 as ISO 8601 in UTC; empty for None."""
    if seconds is None:
        return ""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _epoch(step: int, steps: int, epochs: float | None) -> float | None:
    return None if not steps or epochs is None else round(step * epochs / steps, 3)


def _first(*values: Any) -> float | None:
    return next((number for number in map(_number, values) if number is not None), None)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None
