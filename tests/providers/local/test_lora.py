"""Training: it learns, it is repeatable, and a kill costs no more than the epoch in progress."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from tiny_models import tiny_model

from harness.errors import UsageError
from harness.providers.local.batches import Row, padded
from harness.providers.local.lora import Lesson, State, predictions, rate_at, train, with_lora
from harness.providers.local.recipe import Settings
from harness.values.tuning import TuningProgress

pytest.importorskip("peft")

SETTINGS = Settings(
    epochs=3, batch_size=4, learning_rate=0.02, rank=4, alpha=8.0, dropout=0.1, patience=3
)


def row(number: int) -> Row:
    """After an even number in the middle comes 11, after an odd one 12."""
    tokens = (2, *range(20, 22 + number % 3), 30 + number, 11 + number % 2, 1)
    learned = (False,) * (len(tokens) - 2) + (True, True)
    return Row(tokens, learned)


def lesson(folder: Path, **changes: Any) -> Lesson:
    whole = Lesson(
        rows=[row(number) for number in range(18)],
        validation=[row(number) for number in range(18, 24)],
        settings=SETTINGS,
        seed=1,
        pad=0,
        recipe="r",
        checkpoint=folder / "checkpoint.pt",
    )
    return msgspec.structs.replace(whole, **changes)


def silent(_: TuningProgress) -> None:
    """Nobody is told."""


def learned(tuned: Any) -> list[Any]:
    return [value.detach().clone() for value in tuned.parameters() if value.requires_grad]


class KilledError(Exception):
    """What the tests stop a training with."""


def killed_in(epoch: float) -> Any:
    def report(progress: TuningProgress) -> None:
        if progress.epoch > epoch:
            raise KilledError

    return report


def same(one: list[Any], other: list[Any]) -> bool:
    return all(bool((a == b).all()) for a, b in zip(one, other, strict=True))


def test_a_training_learns(tmp_path: Path) -> None:
    """The loss on rows that were not shown falls, from the untouched model's."""
    events: list[str] = []
    _, state = train(tiny_model(), lesson(tmp_path), lambda p: events.extend(p.events))
    losses = [loss.validation or 0.0 for loss in state.losses]
    assert len(losses) == 4
    assert losses[0] > 4
    assert min(losses) < losses[0] / 2
    assert events[0].startswith("before training: validation")
    assert events[1].startswith("epoch 1: train")


def test_a_training_goes_on_after_a_kill_as_if_nothing_had_happened(tmp_path: Path) -> None:
    """Weights and loss curve are equal to the last bit, dropout and all."""
    whole, expected = train(tiny_model(), lesson(tmp_path / "whole"), silent)
    for epoch in (1.2, 2.2):
        with pytest.raises(KilledError):
            train(tiny_model(), lesson(tmp_path / "parts"), killed_in(epoch))
    told: list[str] = []
    again, state = train(tiny_model(), lesson(tmp_path / "parts"), lambda p: told.extend(p.events))
    assert told[0] == "going on after epoch 2"
    assert same(learned(whole), learned(again))
    assert state.losses == expected.losses
    assert (state.tokens, state.best_step) == (expected.tokens, expected.best_step)


def test_a_checkpoint_of_another_recipe_is_not_used(tmp_path: Path) -> None:
    """Nor is one that was half written."""
    with pytest.raises(KilledError):
        train(tiny_model(), lesson(tmp_path), killed_in(1.2))
    told: list[str] = []
    with pytest.raises(KilledError):
        train(tiny_model(), lesson(tmp_path, recipe="other"), killed_in(0.1))
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(path.read_bytes()[:-100])
    train(tiny_model(), lesson(tmp_path), lambda p: told.extend(p.events))
    assert told[0].startswith("before training")


def test_another_seed_gives_other_weights(tmp_path: Path) -> None:
    """The seed decides the first values and the order of the rows."""
    one, _ = train(tiny_model(), lesson(tmp_path / "1"), silent)
    two, _ = train(tiny_model(), lesson(tmp_path / "2", seed=2), silent)
    assert not same(learned(one), learned(two))


def test_the_best_epoch_is_kept_and_patience_ends_the_training(tmp_path: Path) -> None:
    """A rate that is far too high: the loss rises, and the weights are those of its minimum."""
    settings = msgspec.structs.replace(SETTINGS, epochs=12, learning_rate=0.5, patience=1)
    _, state = train(tiny_model(), lesson(tmp_path, settings=settings), silent)
    after = [loss for loss in state.losses if loss.step]
    best = min(after, key=lambda loss: loss.validation or 0.0)
    assert len(after) < 12
    assert state.best_step == best.step < after[-1].step


def test_without_validation_rows_the_last_epoch_counts(tmp_path: Path) -> None:
    """And no loss is invented for them."""
    _, state = train(tiny_model(), lesson(tmp_path, validation=[]), silent)
    assert [loss.validation for loss in state.losses] == [None] * 3
    assert state.best_step == state.losses[-1].step == 15


def test_padding_changes_no_prediction() -> None:
    """A short row beside a long one is predicted as it is alone."""
    tuned = with_lora(tiny_model(), SETTINGS, 1).eval()
    alone, _ = predictions(tuned, padded([row(0)], 0))
    beside, labels = predictions(tuned, padded([row(0), row(2)], 0))
    assert labels.tolist() == [11, 1, 11, 1]
    assert (alone - beside[:2]).abs().max() < 1e-4


def test_a_layer_that_the_model_lacks_is_named() -> None:
    """With the names of those that it has."""
    settings = msgspec.structs.replace(SETTINGS, targets=("q_proj", "qkv"))
    with pytest.raises(UsageError, match=r"no layer qkv; it has down_proj, gate_proj"):
        with_lora(tiny_model(), settings, 1)


def test_the_rate_rises_and_falls() -> None:
    """A tenth of the steps up to the whole rate, then down to almost nothing."""
    rates = [rate_at(step, 100, 0.1) for step in range(100)]
    assert rates[0] == 0.1
    assert rates[9] == rates[10] == 1.0
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert 0 < rates[-1] < 0.001


def test_a_state_begins_empty() -> None:
    """Two trainings share nothing."""
    State().losses.append(None)  # type: ignore[arg-type]
    assert State().losses == []
