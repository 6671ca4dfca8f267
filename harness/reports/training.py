"""Where the tuned models of a run came from: provenance in, a table with its notes out. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from harness.analysis.over_fitting import chosen_loss, loss_ratio, over_fitting_word
from harness.reports.table import Column, Row, Table
from harness.reports.wording import UNKNOWN, clock_time, model_name
from harness.text.wording import NOTHING, listing
from harness.values.run import RunInfo
from harness.values.training import Loss, Training

_SHORT_DIGEST = 12


def training_table(info: RunInfo) -> Table | None:
    """One row per training of the run's arms; None where no arm was tuned."""
    named = [(name, info.trainings[name]) for name in dict.fromkeys(_names(info))]
    if not named:
        return None
    columns = (
        *(Column(name, "left") for name in ("training", "of arm", "base model", "method")),
        *map(Column, ("rows", "epochs", "tokens", "time", "price")),
        *map(Column, ("validation loss before", "chosen")),
    )
    rows = tuple(_row(info, name, training) for name, training in named)
    notes = [note for name, training in named for note in _notes(name, training)]
    return Table("Where the tuned models came from", columns, rows, tuple(notes))


def training_json(info: RunInfo) -> dict[str, Any]:
    """The whole record of every training of the run's arms."""
    return {name: msgspec.to_builtins(info.trainings[name]) for name in _names(info)}


def _names(info: RunInfo) -> Iterator[str]:
    names = (arm.training for arm in info.arms.values())
    return (name for name in names if name in info.trainings)


def _row(info: RunInfo, name: str, training: Training) -> Row:
    arms = listing(arm for arm, told in info.arms.items() if told.training == name)
    before = next((loss.validation for loss in training.losses if loss.step == 0), None)
    chosen = chosen_loss(training)
    spent = training.spent
    rows = training.train.rows if training.train else None
    return (
        name,
        arms,
        model_name(training.base),
        training.method,
        UNKNOWN if rows is None else f"{rows:,}",
        _epochs(training, chosen),
        UNKNOWN if training.trained_tokens is None else f"{training.trained_tokens:,}",
        NOTHING if training.seconds is None else clock_time(training.seconds),
        _price(training) if spent is None else f"{spent.amount:.2f} {spent.currency}",
        _loss(before),
        _loss(chosen.validation if chosen else None),
    )


def _epochs(training: Training, chosen: Loss | None) -> str:
    """How many were run, and after which the kept weights were taken: '3 of 4'."""
    epochs = [loss.epoch for loss in training.losses if loss.epoch is not None]
    if not epochs or chosen is None or chosen.epoch is None:
        return str(training.hyperparameters.get("epochs", NOTHING))
    last = max(epochs)
    return f"{chosen.epoch:g}" if chosen.epoch == last else f"{chosen.epoch:g} of {last:g}"


def _price(training: Training) -> str:
    """A training on a machine of one's own has no price per token."""
    return NOTHING if training.provider == "local" else UNKNOWN


def _loss(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.3f}"


def _notes(name: str, training: Training) -> Iterator[str]:
    digests = {
        "recipe": training.recipe_digest,
        "adapter": training.adapter_digest,
        "base": training.base_digest,
        "training file": training.train.digest if training.train else None,
    }
    known = [f"{what} {digest[:_SHORT_DIGEST]}" for what, digest in digests.items() if digest]
    if known:
        yield f"Digests of {name}: {listing(known)}."
    if training.shutdown:
        source = f" ({training.shutdown_source})" if training.shutdown_source else ""
        yield f"The model of {name} stops answering on {training.shutdown}{source}."
    ratio = loss_ratio(training)
    word = None if ratio is None else over_fitting_word(ratio)
    if word:
        yield (
            f"The chosen checkpoint of {name} has {ratio:.2f} times the loss on validation "
            f"rows that it has on its own: {word} over-fitting by the usual rule of thumb."
        )
