"""LoRA: a loaded model and rows of tokens in; the model with trained layers and its losses out.

A plain torch loop. What happens in an epoch depends on the seed, the number of the epoch and the
state at its start, all of which a checkpoint holds, so that a training that was killed ends with
the same weights as one that was not.
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from harness.errors import UsageError
from harness.providers.local.batches import (
    Batch,
    Row,
    all_tokens,
    epoch_batches,
    learned_tokens,
    padded,
)
from harness.providers.local.checkpoint import load_checkpoint, save_checkpoint
from harness.providers.local.recipe import LINEAR_LAYERS, Settings
from harness.values.order import rank
from harness.values.training import Loss
from harness.values.tuning import TuningProgress

if TYPE_CHECKING:
    import torch

CLIP = 1.0
"""The largest norm of a step's gradient."""

_SEEDS = 1 << 63

Report = Callable[[TuningProgress], None]


class Lesson(msgspec.Struct, frozen=True, kw_only=True):
    """What is learned and how. `recipe` tells a checkpoint of this training from another's."""

    rows: Sequence[Row]
    validation: Sequence[Row]
    settings: Settings
    seed: int
    pad: int
    recipe: str
    checkpoint: Path

    @property
    def epoch_steps(self) -> int:
        """Batches in an epoch."""
        return math.ceil(len(self.rows) / self.settings.batch_size)

    @property
    def steps(self) -> int:
        """Batches in all epochs."""
        return self.epoch_steps * self.settings.epochs


@dataclass
class State:
    """Where a training stands between two epochs."""

    epoch: int = 0
    step: int = 0
    tokens: int = 0
    seconds: float = 0.0
    losses: list[Loss] = field(default_factory=list)
    best_step: int = 0
    best_loss: float = math.inf
    best_weights: dict[str, Any] = field(default_factory=dict)
    stale: int = 0


def train(model: Any, lesson: Lesson, report: Report) -> tuple[Any, State]:
    """The PEFT model with the weights of the best epoch, and how it went.

    Goes on from the checkpoint of the same recipe where there is one. The best epoch is the one
    with the lowest loss on the validation rows; without any, the last.

    Raises:
        UsageError: the model has none of the layers that are to be trained.
    """
    import torch

    torch.use_deterministic_algorithms(mode=True, warn_only=True)
    tuned = with_lora(model, lesson.settings, lesson.seed)
    weights = trained_weights(tuned)
    optimizer = torch.optim.AdamW(list(weights.values()), lr=0.0, weight_decay=0.0)
    state = resumed(weights, optimizer, lesson, report) or begun(tuned, lesson, report)
    while state.epoch < lesson.settings.epochs and state.stale < lesson.settings.patience:
        one_epoch(tuned, optimizer, lesson, state, report)
        keep(weights, optimizer, lesson, state)
    put(weights, state.best_weights)
    return tuned, state


def with_lora(model: Any, settings: Settings, seed: int) -> Any:
    """The model with new layers beside `targets`, which change nothing yet; all else is frozen."""
    import torch
    from peft import LoraConfig, get_peft_model

    targets = present(model, settings.targets)
    build: Any = LoraConfig  # which says that alpha is an integer, and takes any number
    config = build(
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=settings.dropout,
        target_modules=targets,
        task_type="CAUSAL_LM",
    )
    torch.manual_seed(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # peft asks transformers in an old way
        tuned = get_peft_model(model, config)
    settle(tuned)
    return tuned


def settle(model: Any) -> None:
    """Two things that make a step several times faster and change no result.

    Weights that are a mapped file are copied into memory, where the system cannot drop them between
    two steps; and the last layer is given whole rows, which it multiplies at once and not one by
    one.
    """
    for weight in model.parameters():
        weight.data = weight.data.clone()
    model.get_output_embeddings().register_forward_pre_hook(
        lambda _, inputs: (inputs[0].contiguous(), *inputs[1:])
    )


def present(model: Any, targets: Sequence[str]) -> list[str]:
    """The targets that the model has; of the default ones some may be absent.

    Raises:
        UsageError: a target that was asked for is absent, or none is left.
    """
    import torch

    names = [name for name, part in model.named_modules() if isinstance(part, torch.nn.Linear)]
    there = {name.rpartition(".")[2] for name in names}
    found = [target for target in targets if target in there]
    if found and (len(found) == len(targets) or tuple(targets) == LINEAR_LAYERS):
        return found
    absent = ", ".join(target for target in targets if target not in there)
    raise UsageError(f"targets: the model has no layer {absent}; it has {', '.join(sorted(there))}")


def trained_weights(tuned: Any) -> dict[str, torch.Tensor]:
    """The parameters that are learned, by name."""
    return {name: value for name, value in tuned.named_parameters() if value.requires_grad}


def put(weights: dict[str, torch.Tensor], values: dict[str, torch.Tensor]) -> None:
    """Set the parameters to values of the same names."""
    import torch

    with torch.no_grad():
        for name, weight in weights.items():
            weight.copy_(values[name])


def begun(tuned: Any, lesson: Lesson, report: Report) -> State:
    """A new training: the loss of the untouched model is the first point of the curve."""
    state = State()
    if lesson.validation:
        report(TuningProgress(status="running", steps=lesson.steps))
        loss, accuracy = measured(tuned, lesson.validation, lesson)
        state.losses.append(Loss(step=0, epoch=0.0, validation=loss, accuracy=accuracy))
        report(_progress(lesson, state, f"before training: validation {loss:.4f}"))
    return state


def one_epoch(tuned: Any, optimizer: Any, lesson: Lesson, state: State, report: Report) -> None:
    """Learn every row once, then measure. Changes `state`."""
    import torch

    started = time.monotonic()
    torch.manual_seed(rank(lesson.seed, f"epoch {state.epoch}") % _SEEDS)
    train_loss = _learn(tuned, optimizer, lesson, state, report)
    state.epoch += 1
    state.tokens += all_tokens(lesson.rows)
    loss = accuracy = None
    if lesson.validation:
        loss, accuracy = measured(tuned, lesson.validation, lesson)
    state.seconds += time.monotonic() - started
    point = Loss(
        step=state.step,
        epoch=float(state.epoch),
        train=train_loss,
        validation=loss,
        accuracy=accuracy,
    )
    state.losses.append(point)
    remember(trained_weights(tuned), state, loss)
    report(_progress(lesson, state, _told(point)))


def _learn(tuned: Any, optimizer: Any, lesson: Lesson, state: State, report: Report) -> float:
    """One pass over the rows; the mean loss per learned token, each as it was met."""
    lengths = [len(row.tokens) for row in lesson.rows]
    order = epoch_batches(lengths, lesson.settings.batch_size, lesson.seed, state.epoch)
    total, read = 0.0, state.tokens
    tuned.train()
    for numbers in order:
        rows = [lesson.rows[number] for number in numbers]
        learned = learned_tokens(rows)
        loss = _step(tuned, optimizer, padded(rows, lesson.pad), lesson, state.step)
        total += loss * learned
        state.step += 1
        read += all_tokens(rows)
        report(
            TuningProgress(
                status="running",
                step=state.step,
                steps=lesson.steps,
                epoch=state.step / lesson.epoch_steps,
                train_loss=loss,
                validation_loss=_last_validation(state),
                tokens=read,
            )
        )
    return total / learned_tokens(lesson.rows)


def _step(tuned: Any, optimizer: Any, batch: Batch, lesson: Lesson, step: int) -> float:
    """One change of the weights; the mean loss per learned token before it."""
    import torch

    settings = lesson.settings
    for group in optimizer.param_groups:
        group["lr"] = settings.learning_rate * rate_at(step, lesson.steps, settings.warmup)
    scores, labels = predictions(tuned, batch)
    loss = torch.nn.functional.cross_entropy(scores, labels)
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call, unused-ignore]
    weights = optimizer.param_groups[0]["params"]
    torch.nn.utils.clip_grad_norm_(weights, CLIP)
    optimizer.step()
    return float(loss.item())


def rate_at(step: int, steps: int, warmup: float) -> float:
    """The share of the learning rate at a step, from 0: a straight rise, then half a cosine to 0.

    Loshchilov and Hutter 2017 (SGDR), without restarts.
    """
    rise = math.ceil(steps * warmup)
    if step < rise:
        return (step + 1) / rise
    return 0.5 * (1.0 + math.cos(math.pi * (step - rise) / max(1, steps - rise)))


def predictions(tuned: Any, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """Scores (learned tokens, vocabulary) and the tokens that should have been predicted."""
    import torch

    device = next(tuned.parameters()).device
    answer = tuned(
        input_ids=torch.tensor(batch.tokens, device=device),
        attention_mask=torch.tensor(batch.attention, device=device),
        position_ids=torch.tensor(batch.positions, device=device),
        logits_to_keep=batch.kept,
        use_cache=False,
    )
    scores = answer.logits[:, -batch.kept : -1]
    labels = torch.tensor(batch.labels, device=device)[:, 1 - batch.kept :]
    learned = labels >= 0
    return scores[learned].float(), labels[learned]


def measured(tuned: Any, rows: Sequence[Row], lesson: Lesson) -> tuple[float, float]:
    """Mean loss per learned token in nats, and the share of them that is predicted first."""
    import torch

    size = lesson.settings.batch_size
    by_length = sorted(rows, key=lambda row: len(row.tokens))
    total, right = 0.0, 0
    tuned.eval()
    with torch.inference_mode():
        for start in range(0, len(rows), size):
            batch = padded(by_length[start : start + size], lesson.pad)
            scores, labels = predictions(tuned, batch)
            total += float(torch.nn.functional.cross_entropy(scores, labels, reduction="sum"))
            right += int((scores.argmax(-1) == labels).sum())
    learned = learned_tokens(rows)
    return total / learned, right / learned


def remember(weights: dict[str, torch.Tensor], state: State, loss: float | None) -> None:
    """Note whether this epoch is the best so far; without a loss the last one is."""
    if loss is None or loss < state.best_loss or not state.best_weights:
        state.best_loss = math.inf if loss is None else loss
        state.best_step = state.step
        state.best_weights = {name: value.detach().cpu().clone() for name, value in weights.items()}
        state.stale = 0
    else:
        state.stale += 1


def keep(weights: dict[str, torch.Tensor], optimizer: Any, lesson: Lesson, state: State) -> None:
    """Write the checkpoint: afterwards nothing before this point can be lost."""
    content = {
        "state": {**vars(state), "losses": msgspec.to_builtins(state.losses)},
        "weights": {name: value.detach().cpu() for name, value in weights.items()},
        "optimizer": optimizer.state_dict(),
    }
    save_checkpoint(lesson.checkpoint, lesson.recipe, content)


def resumed(
    weights: dict[str, torch.Tensor], optimizer: Any, lesson: Lesson, report: Report
) -> State | None:
    """The state after the last whole epoch of the same recipe; None where there is none."""
    content = load_checkpoint(lesson.checkpoint, lesson.recipe)
    if content is None:
        return None
    put(weights, content["weights"])
    optimizer.load_state_dict(content["optimizer"])
    fields = content["state"]
    state = State(**{**fields, "losses": msgspec.convert(fields["losses"], list[Loss])})
    report(_progress(lesson, state, f"going on after epoch {state.epoch}"))
    return state


def _progress(lesson: Lesson, state: State, event: str) -> TuningProgress:
    return TuningProgress(
        status="running",
        step=state.step,
        steps=lesson.steps,
        epoch=float(state.epoch),
        train_loss=state.losses[-1].train if state.losses else None,
        validation_loss=_last_validation(state),
        tokens=state.tokens,
        events=(event,),
    )


def _last_validation(state: State) -> float | None:
    return state.losses[-1].validation if state.losses else None


def _told(point: Loss) -> str:
    told = f"epoch {point.epoch:g}: train {point.train:.4f}"
    if point.validation is not None:
        told += f", validation {point.validation:.4f}"
    return told
