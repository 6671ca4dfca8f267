"""Jobs, events and checkpoints as the platforms document them, read into our words."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types import Model
from openai.types.fine_tuning import FineTuningJob, FineTuningJobEvent
from openai.types.fine_tuning.jobs import FineTuningJobCheckpoint

from harness.providers.openai.tuning_job import (
    chosen_checkpoint,
    epochs_of,
    files_of,
    hyperparameters_of,
    iso,
    losses_of,
    model_of,
    progress_of,
    shutdown_of,
    status_of,
)
from harness.values.tuning import TuningProgress


def job(**fields: object) -> FineTuningJob:
    return FineTuningJob.construct(id="ftjob-1", fine_tuned_model="ft:last", **fields)


def checkpoint(step: int, loss: float | None, **metrics: float) -> FineTuningJobCheckpoint:
    return FineTuningJobCheckpoint.construct(
        id=f"c{step}",
        step_number=step,
        fine_tuned_model_checkpoint=f"ft:step-{step}",
        metrics={"full_valid_loss": loss, **metrics},
    )


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("validating_files", "waiting"),
        ("queued", "waiting"),
        ("running", "running"),
        ("succeeded", "succeeded"),
        ("failed", "failed"),
        ("cancelled", "cancelled"),
        ("canceled", "cancelled"),
        ("paused", "waiting"),
        ("notRunning", "waiting"),
        ("pending", "waiting"),
        ("something new", "waiting"),
    ],
)
def test_each_status_has_a_word(said, status):
    """OpenAI's six, those of a pause, and Azure's; what is new waits rather than ends."""
    assert status_of(job(status=said, trained_tokens=None)) == status


losses = st.one_of(st.none(), st.floats(0, 10))


@given(st.lists(losses, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_no_checkpoint_is_better_than_the_chosen_one(values, random):
    """In any order of listing; the earlier of equals; without losses the last."""
    made = [checkpoint(step, loss) for step, loss in enumerate(values, 1)]
    random.shuffle(made)
    chosen = chosen_checkpoint(made)
    known = [loss for loss in values if loss is not None]
    if known:
        assert chosen.step_number == values.index(min(known)) + 1
    else:
        assert chosen.step_number == len(values)


def test_the_last_checkpoint_is_called_by_the_jobs_own_model():
    """An earlier one has a name of its own; no checkpoints leave the job's model."""
    falling = [checkpoint(1, 3.0), checkpoint(2, 2.0)]
    rising = [checkpoint(1, 2.0), checkpoint(2, 3.0)]
    assert model_of(job(), falling) == "ft:last"
    assert model_of(job(), rising) == "ft:step-1"
    assert model_of(job(), []) == "ft:last"


def test_a_loss_over_the_whole_file_goes_before_one_of_a_batch():
    """full_valid_loss, else valid_loss; what is no finite number is unknown, never 0."""
    made = [
        checkpoint(30, 0.9, valid_loss=0.1, train_loss=0.5, full_valid_mean_token_accuracy=0.8),
        checkpoint(10, None, valid_loss=0.7),
        checkpoint(20, math.nan),
    ]
    read = losses_of(made, 0, 3.0)
    assert [(one.step, one.epoch) for one in read] == [(10, 1.0), (20, 2.0), (30, 3.0)]
    assert [one.validation for one in read] == [0.7, None, 0.9]
    assert (read[2].train, read[2].accuracy) == (0.5, 0.8)


def test_metrics_move_the_progress_and_messages_are_told():
    """As in real events: data of type metrics; warnings keep their level; keys are hidden."""
    events = [
        FineTuningJobEvent.construct(
            id="e1",
            level="info",
            type="metrics",
            message="Step 300/300: training loss=0.00",
            data={"step": 300, "train_loss": 0.25, "total_steps": 300, "full_valid_loss": 0.5},
        ),
        FineTuningJobEvent.construct(
            id="e2", level="warn", type="message", message="key sk-abc0123456789xyz", data={}
        ),
        FineTuningJobEvent.construct(id="e3", level="info", message="done"),
    ]
    hyper = {"n_epochs": 3}
    now = job(status="running", trained_tokens=None, hyperparameters=hyper)
    progress = progress_of(now, events, TuningProgress(status="waiting"))
    assert (progress.step, progress.steps, progress.epoch) == (300, 300, 3.0)
    assert (progress.train_loss, progress.validation_loss) == (0.25, 0.5)
    assert progress.events == ("warn: key [secret removed]", "done")


@pytest.mark.parametrize("epochs", ["auto", -1, None])
def test_epochs_that_nobody_chose_yet_are_unknown(epochs):
    """'auto' at OpenAI, -1 at Azure."""
    assert epochs_of(job(hyperparameters={"n_epochs": epochs})) is None


def test_hyperparameters_are_those_of_the_method():
    """A DPO job says them under its method; epochs are called as in a recipe."""
    inner = {"hyperparameters": {"n_epochs": 2, "beta": 0.1, "batch_size": None}}
    made = job(method={"type": "dpo", "dpo": inner}, hyperparameters={})
    assert hyperparameters_of(made) == {"epochs": 2, "beta": 0.1}
    assert hyperparameters_of(job()) == {}


def test_files_are_named_by_what_they_are():
    """Absent ones are left out, several results are joined."""
    made = job(training_file="f1", validation_file=None, result_files=["r1", "r2"])
    assert files_of(made) == {"training_file": "f1", "result_files": "r1, r2"}


@pytest.mark.parametrize(
    ("fields", "day"),
    [
        ({"shutdown_date": "2027-01-14"}, "2027-01-14"),
        ({"shutdown_date": "2027-01-14T00:00:00Z"}, "2027-01-14"),
        ({"shutdown_date": "soon"}, None),
        ({"deprecation": {"fine_tune": 1, "inference": 1_799_884_800}}, "2027-01-14"),
        ({"deprecation": {}}, None),
        ({}, None),
    ],
)
def test_the_last_day_of_a_model(fields, day):
    """OpenAI's text or Azure's seconds; anything else is unknown."""
    assert shutdown_of(Model.construct(id="m", **fields)) == day


def test_times_are_utc():
    """ISO 8601 with a Z; nothing for a job that has not ended."""
    assert iso(0) == "1970-01-01T00:00:00Z"
    assert iso(None) == ""
