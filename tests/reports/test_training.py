"""The table of trainings: one row each, unknown where nobody said, over-fitting by its name."""

from __future__ import annotations

import msgspec
import pytest

from harness.reports.training import training_json, training_table
from harness.text.wording import NOTHING
from harness.values.run import RunInfo
from harness.values.training import DataFile, Loss, Spent, Training

from .runs import arm_info, run_info

LOSSES = (
    Loss(step=0, epoch=0, validation=1.52),
    Loss(step=38, epoch=1, train=0.5, validation=0.4),
    Loss(step=76, epoch=2, train=0.2, validation=0.35),
    Loss(step=114, epoch=3, train=0.1, validation=0.5),
)
LOCAL = Training(
    provider="local",
    base="gemma-3-270m",
    method="lora",
    adapter_digest="a" * 24,
    train=DataFile(file="data/train.jsonl", rows=300),
    recipe_digest="b" * 24,
    trained_tokens=72620,
    seconds=360.0,
    losses=LOSSES,
    chosen_step=76,
)
BY_HAND = Training(
    provider="openai", base="gpt-4o-mini", method="supervised", shutdown="2027-01-14"
)


def _info(**trainings: Training) -> RunInfo:
    arms = {f"arm_{name}": arm_info("fine_tuned", training=name) for name in trainings}
    return run_info(arms, trainings=trainings)


def _only_row(training: Training) -> dict[str, str]:
    table = training_table(_info(lora=training))
    assert table is not None
    return dict(zip((column.name for column in table.columns), table.rows[0], strict=True))


def test_a_local_training() -> None:
    """Rows, the epoch kept, tokens, time, both losses; a machine of one's own has no price."""
    row = _only_row(LOCAL)
    assert row["of arm"] == "arm_lora"
    assert (row["rows"], row["epochs"], row["tokens"]) == ("300", "2 of 3", "72,620")
    assert (row["validation loss before"], row["chosen"]) == ("1.520", "0.350")
    assert row["price"] == NOTHING


def test_what_nobody_said_is_unknown() -> None:
    """A record by hand: rows, tokens and price are not 0."""
    row = _only_row(BY_HAND)
    assert (row["rows"], row["tokens"], row["price"]) == ("unknown", "unknown", "unknown")


def test_a_price_is_shown_with_its_currency() -> None:
    """Two digits, as bills have."""
    spent = Spent(amount=0.4005, as_of="2026-11-21", source="s")
    assert _only_row(msgspec.structs.replace(BY_HAND, spent=spent))["price"] == "0.40 USD"


@pytest.mark.parametrize(
    ("train", "word"), [(0.3, None), (0.28, "mild"), (0.2, "moderate"), (0.1, "severe")]
)
def test_over_fitting_is_named(train: float, word: str | None) -> None:
    """By validation over training loss of the chosen checkpoint: 1.2, 1.5, 2."""
    losses = (Loss(step=1, epoch=1, train=train, validation=0.35),)
    training = msgspec.structs.replace(LOCAL, losses=losses, chosen_step=1)
    table = training_table(_info(lora=training))
    said = [note for note in table.notes if "over-fitting" in note]
    assert bool(said) == (word is not None)
    assert word is None or f": {word} over-fitting" in said[0]


def test_notes_have_digests_and_the_last_day() -> None:
    """What is needed to tell two trainings apart, and when one ends."""
    notes = training_table(_info(lora=LOCAL, old=BY_HAND)).notes
    assert "recipe bbbbbbbbbbbb and adapter aaaaaaaaaaaa" in notes[0]
    assert "The model of old stops answering on 2027-01-14." in notes


def test_no_tuned_arm_no_table() -> None:
    """A run of prompted arms has no such table, and JSON has an empty object."""
    assert training_table(_info()) is None
    assert training_json(_info()) == {}
