"""What a tuning shows: estimate, progress, leaks and result, in plain words."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from harness.reports.tuning import (
    TuningDisplay,
    estimate_lines,
    leak_line,
    progress_line,
    training_lines,
)
from harness.training.check import CheckReport
from harness.values.finding import Finding
from harness.values.leaks import LeakReport
from harness.values.training import Loss, Spent, Training
from harness.values.tuning import Estimate, TuningProgress

ESTIMATE = Estimate(rows=300, tokens=18_155, epochs=4, vocabulary="gemma")
RUNNING = TuningProgress(status="running", step=38, steps=152, train_loss=0.5, tokens=18_155)


def test_an_estimate_in_words() -> None:
    """Rows, tokens, epochs; what is not known is the word unknown."""
    size, cost = estimate_lines(ESTIMATE)
    assert size == ("300 rows, 18,155 tokens an epoch (gemma), 4 epochs: 72,620 tokens to train on")
    assert cost == "time: unknown; price: unknown"


def test_a_price_has_its_day_and_source() -> None:
    """And rows that will be cut are said."""
    spent = Spent(amount=0.4005, as_of="2026-11-21", source="a list")
    estimate = Estimate(rows=1, tokens=9, epochs=1, truncated=2, seconds=90.0, spent=spent)
    _, cost, cut = estimate_lines(estimate)
    assert cost == "time: about 1:30; price: USD 0.40 (prices of 2026-11-21, a list)"
    assert cut.startswith("2 rows longer than the limit")


def test_where_a_tuning_is() -> None:
    """Step, loss, tokens and the time left; nothing that is not known."""
    assert progress_line(RUNNING, 75.0) == (
        "running, step 38/152, loss 0.500, 18,155 tokens, 1:15 left"
    )
    assert progress_line(TuningProgress(status="waiting")) == "waiting"


@pytest.mark.parametrize(
    ("leaks", "line"),
    [
        (LeakReport(status="clean", compared=300), "leaks into test: none in 300 rows"),
        (
            LeakReport(status="leaky", compared=300, cases=("a", "b")),
            "warning: 2 cases of test leaked into the rows: a, b",
        ),
        (LeakReport(status="unknown", reason="lost"), "leaks into test: unknown (lost)"),
    ],
)
def test_leaks_in_a_line(leaks: LeakReport, line: str) -> None:
    """Clean, leaky or unknown."""
    assert leak_line("test", leaks) == line


def test_what_came_of_it() -> None:
    """The losses of each epoch, the chosen step, and where the model is."""
    losses = (Loss(step=38, epoch=1, train=0.5, validation=0.4, accuracy=0.875),)
    training = Training(
        provider="local",
        base="m",
        method="lora",
        adapter="lora.gguf",
        losses=losses,
        chosen_step=38,
        seconds=653.3,
        trained_tokens=72_620,
    )
    assert training_lines(training) == [
        "epoch 1: train loss 0.500, validation loss 0.400, next-token accuracy 87.5%",
        "chosen by validation loss: step 38",
        "tuned: lora.gguf (10:53, 72,620 tokens)",
    ]


class Clock:
    """Time that a test moves on."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_plain_lines_where_there_is_no_terminal() -> None:
    """Warnings and events at once, progress every ten seconds, with the time left from its pace."""
    clock, out = Clock(), io.StringIO()
    warning = Finding(rule="r", severity="warning", file="rows", message="odd")
    with TuningDisplay(Console(file=out, width=100), clock) as display:
        display.checked(CheckReport("rows", None, 3, (warning,)), {})
        for clock.now, step in ((0.0, 10), (4.0, 12), (12.0, 20)):
            events = () if step > 10 else ("begun",)
            progress = TuningProgress(status="running", step=step, steps=40, events=events)
            display.progressed(progress)
    lines = out.getvalue().splitlines()
    assert lines[0].endswith("warning: odd [r]")
    assert lines[2:] == ["begun", "running, step 10/40", "running, step 20/40, 0:24 left"]


def test_without_validation_rows_the_last_step_is_said_to_be_the_last() -> None:
    """Nothing was measured, so nothing was chosen by it."""
    losses = (Loss(step=38, epoch=1, train=0.5),)
    base = {"provider": "local", "base": "m", "method": "lora", "adapter": "lora.gguf"}
    lines = training_lines(Training(**base, losses=losses, chosen_step=38))
    assert lines[0] == "chosen the last, for want of validation rows: step 38"


def test_no_bar_before_a_tuning_runs() -> None:
    """A bar would swallow the question whether money may be spent; afterwards there is one."""
    out = io.StringIO()
    console = Console(file=out, width=100, force_terminal=True)
    with TuningDisplay(console, Clock()) as display:
        display.estimated(ESTIMATE)
        assert "waiting" not in out.getvalue()
        display.progressed(RUNNING)
    assert "step 38/152" in out.getvalue()
