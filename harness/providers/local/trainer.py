"""The process that trains: a job on stdin in, messages on stdout out, files in the job's folder.

Started by tuning.py and by nobody else. A process of its own, because torch takes gigabytes and
every core, and must not take the user's process down with it. It ends when stdin closes, so that
not even `kill -9` of the parent leaves it behind; what it had finished stands in the checkpoint.
"""

from __future__ import annotations

import fcntl
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from harness.errors import DataError, HarnessError, Problem, UsageError
from harness.providers.local.adapter import write_gguf_adapter
from harness.providers.local.batches import Row, Vocabulary, all_tokens, tokenised, vocabulary
from harness.providers.local.header import Header, read_header
from harness.providers.local.lora import Lesson, State, train
from harness.providers.local.model import file_digest
from harness.providers.local.recipe import Settings
from harness.providers.local.unpacked import (
    device_words,
    load_model,
    load_tokenizer,
    require_room,
    unpacked,
)
from harness.values.training import Loss
from harness.values.tuning import Estimate, TuningProgress, TuningTask

ADAPTER, PEFT, CHECKPOINT, FINISHED = "adapter.gguf", "peft", "checkpoint.pt", "finished.json"

_RATES = "seconds_per_token.json"
_LOCK_SECONDS = 15.0
_BYTES_A_WEIGHT = 40
"""Weights, their two averages and the best ones in 32 bits, twice while a file is replaced, and the
two forms of the adapter."""
_LINEAR = 2  # dimensions


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done, and everything that is needed for it."""

    what: Literal["prepare", "train"]
    task: TuningTask
    settings: Settings
    recipe: str
    gguf: str
    cache: str
    folder: str


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line to the parent; `problems`, `usage` and `failure` say what went wrong."""

    progress: TuningProgress | None = None
    estimate: Estimate | None = None
    problems: tuple[Problem, ...] = ()
    usage: str = ""
    failure: str = ""


class Finished(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the folder beside the adapter once the training is done."""

    recipe: str
    adapter_digest: str
    device: str
    trained_tokens: int
    seconds: float
    losses: tuple[Loss, ...]
    chosen_step: int
    started: str
    finished: str


Tell = Callable[[Message], None]


def main() -> None:
    """Do the job, tell how it went, end with 0 or 1."""
    job = msgspec.json.decode(sys.stdin.buffer.readline(), type=Job)
    report = os.dup(1)
    os.dup2(2, 1)  # what libraries print must not mix with the messages
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def tell(message: Message) -> None:
        os.write(report, msgspec.json.encode(message) + b"\n")

    wrong = attempt(job, tell)
    if wrong is not None:
        tell(wrong)
    sys.stdout.flush()
    os._exit(0 if wrong is None else 1)  # nothing of torch's has to be taken apart


def _end_with_parent() -> None:
    while sys.stdin.buffer.read(1):
        pass
    os._exit(1)


def attempt(job: Job, tell: Tell) -> Message | None:
    """Do the job; None, or what went wrong in the user's words."""
    try:
        (_prepare if job.what == "prepare" else _train)(job, tell)
    except DataError as error:
        return Message(problems=error.problems, failure=str(error))
    except UsageError as error:
        return Message(usage=str(error))
    except (HarnessError, OSError) as error:
        return Message(failure=str(error))
    except (RuntimeError, MemoryError) as error:
        return Message(failure=_explained(error))
    return None


def _explained(error: Exception) -> str:
    text = str(error).strip().splitlines()
    first = text[0] if text else type(error).__name__
    if isinstance(error, MemoryError) or "memory" in first.lower():
        return f"out of memory ({first}); lower batch_size or max_length"
    return f"torch: {first}"


def _prepare(job: Job, tell: Tell) -> None:
    require_room(Path(job.folder), room(read_header(job.gguf), job.settings.rank), "the training")
    folder = unpacked(Path(job.gguf), Path(job.cache))
    words = vocabulary(load_tokenizer(folder))
    rows, validation = _rows(job, words)
    tokens = all_tokens(rows)
    rate = _rates(folder).get(device_words())
    tell(
        Message(
            estimate=Estimate(
                rows=len(rows),
                tokens=tokens,
                epochs=job.settings.epochs,
                truncated=sum(row.cut > 0 for row in [*rows, *validation]),
                seconds=None if rate is None else rate * tokens * job.settings.epochs,
                vocabulary=job.task.base,
            )
        )
    )


def room(base: Header, rank: int) -> int:
    """Bytes that a training leaves on disk at most: as if every matrix of a block were trained."""
    blocks = [shape for name, shape in base.tensors.items() if name.startswith("blk.")]
    return _BYTES_A_WEIGHT * rank * sum(sum(shape) for shape in blocks if len(shape) == _LINEAR)


def _rows(job: Job, words: Vocabulary) -> tuple[list[Row], list[Row]]:
    longest = job.settings.max_length
    rows = tokenised(job.task, job.task.examples, words, longest)
    return rows, tokenised(job.task, job.task.validation, words, longest)


def _train(job: Job, tell: Tell) -> None:
    started = _now()
    folder = Path(job.folder)
    with _alone(folder):
        tell(Message(progress=_event("loading the model")))
        place = unpacked(Path(job.gguf), Path(job.cache))
        words = vocabulary(load_tokenizer(place))
        rows, validation = _rows(job, words)
        lesson = Lesson(
            rows=rows,
            validation=validation,
            settings=job.settings,
            seed=job.task.recipe.seed,
            pad=words.pad,
            recipe=job.recipe,
            checkpoint=folder / CHECKPOINT,
        )
        model = load_model(place)
        model.config._name_or_path = job.task.base  # noqa: SLF001 - else a folder of this machine
        model.name_or_path = job.task.base
        tuned, state = train(model, lesson, lambda progress: tell(Message(progress=progress)))
        tuned.save_pretrained(folder / PEFT, save_embedding_layers=False)
        write_gguf_adapter(folder / PEFT, Path(job.gguf), folder / ADAPTER)
        _finish(folder, job.recipe, state, started)
        _keep_rate(place, state)
        tell(Message(progress=_event("the adapter is written")))


def _event(text: str) -> TuningProgress:
    return TuningProgress(status="running", events=(text,))


def _finish(folder: Path, recipe: str, state: State, started: str) -> None:
    """The last file: where it stands, everything else does. The checkpoint has served."""
    finished = Finished(
        recipe=recipe,
        adapter_digest=file_digest(folder / ADAPTER),
        device=device_words(),
        trained_tokens=state.tokens,
        seconds=round(state.seconds, 1),
        losses=tuple(state.losses),
        chosen_step=state.best_step,
        started=started,
        finished=_now(),
    )
    part = folder / f"{FINISHED}.part"
    part.write_bytes(msgspec.json.format(msgspec.json.encode(finished)) + b"\n")
    part.replace(folder / FINISHED)
    (folder / CHECKPOINT).unlink(missing_ok=True)


def _rates(model: Path) -> dict[str, float]:
    """Seconds per token of earlier trainings of this model here, by device."""
    try:
        return msgspec.json.decode((model / _RATES).read_bytes(), type=dict[str, float])
    except (OSError, msgspec.DecodeError):
        return {}


def _keep_rate(model: Path, state: State) -> None:
    if state.tokens:
        rates = _rates(model) | {device_words(): state.seconds / state.tokens}
        with suppress(OSError):  # without it the next estimate is unknown, no more
            (model / _RATES).write_bytes(msgspec.json.encode(rates))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder. A trainer whose parent was killed may need a moment to end."""
    folder.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + _LOCK_SECONDS
    with (folder / "lock").open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    message = "another process is training in this folder"
                    raise DataError([Problem(file=str(folder), message=message)]) from None
                time.sleep(0.2)
        yield


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


if __name__ == "__main__":
    main()
