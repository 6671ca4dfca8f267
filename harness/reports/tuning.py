"""A tuning while it lasts, and what came of it: values in, a live line or plain lines out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Self

from harness.reports.findings import summary
from harness.reports.wording import clock_time
from harness.text.wording import counted
from harness.training.check import CheckReport
from harness.values.case import Split
from harness.values.leaks import LeakReport
from harness.values.training import Spent, Training
from harness.values.tuning import Estimate, TuningProgress

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

PLAIN_EVERY_S = 10.0
UNKNOWN = "unknown"
LEAKS_SHOWN = 5


def estimate_lines(estimate: Estimate) -> list[str]:
    """What a tuning will take, in words: rows, tokens, time, money."""
    trained = f"{estimate.tokens * estimate.epochs:,} tokens to train on"
    vocabulary = f" ({estimate.vocabulary})" if estimate.vocabulary else ""
    size = f"{counted(estimate.rows, 'row')}, {estimate.tokens:,} tokens an epoch{vocabulary}"
    time_needed = UNKNOWN if estimate.seconds is None else f"about {clock_time(estimate.seconds)}"
    price = UNKNOWN if estimate.spent is None else money(estimate.spent)
    lines = [
        f"{size}, {counted(estimate.epochs, 'epoch')}: {trained}",
        f"time: {time_needed}; price: {price}",
    ]
    if estimate.truncated:
        cut = f"{counted(estimate.truncated, 'row')} longer than the limit will be cut"
        lines.append(cut)
    return lines


def money(spent: Spent) -> str:
    """An amount with the day and the source of its price."""
    return f"{spent.currency} {spent.amount:.2f} (prices of {spent.as_of}, {spent.source})"


def leak_line(split: Split, leaks: LeakReport) -> str:
    """Whether cases of a split stand among what is learned, in one line."""
    if leaks.status == "unknown":
        return f"leaks into {split}: unknown ({leaks.reason})"
    if not leaks.cases:
        return f"leaks into {split}: none in {counted(leaks.compared, 'row')}"
    first = ", ".join(leaks.cases[:LEAKS_SHOWN])
    return f"warning: {counted(len(leaks.cases), 'case')} of {split} leaked into the rows: {first}"


def progress_line(progress: TuningProgress, left: float | None = None) -> str:
    """Where a tuning is, in one plain line."""
    parts: list[str] = [progress.status]
    if progress.steps:
        parts.append(f"step {progress.step:,}/{progress.steps:,}")
    if progress.train_loss is not None:
        parts.append(f"loss {progress.train_loss:.3f}")
    if progress.validation_loss is not None:
        parts.append(f"validation {progress.validation_loss:.3f}")
    if progress.tokens:
        parts.append(f"{progress.tokens:,} tokens")
    if left is not None:
        parts.append(f"{clock_time(left)} left")
    return ", ".join(parts)


def training_lines(training: Training) -> list[str]:
    """What came of a tuning: where it is, how its losses fell, what it took."""
    lines = [
        f"epoch {loss.epoch:g}: {_losses(loss.train, loss.validation, loss.accuracy)}"
        for loss in training.losses
        if loss.epoch is not None and loss.validation is not None
    ]
    if training.chosen_step is not None:
        measured = any(loss.validation is not None for loss in training.losses)
        how = "by validation loss" if measured else "the last, for want of validation rows"
        lines.append(f"chosen {how}: step {training.chosen_step:,}")
    what = training.model or training.adapter or "nothing to ask"
    took = [] if training.seconds is None else [clock_time(training.seconds)]
    took += [] if training.trained_tokens is None else [f"{training.trained_tokens:,} tokens"]
    took += [] if training.spent is None else [money(training.spent)]
    return [*lines, f"tuned: {what}" + (f" ({', '.join(took)})" if took else "")]


def _losses(train: float | None, validation: float | None, accuracy: float | None) -> str:
    parts = {"train loss": train, "validation loss": validation}
    shown = [f"{name} {value:.3f}" for name, value in parts.items() if value is not None]
    if accuracy is not None:
        shown.append(f"next-token accuracy {accuracy:.1%}")
    return ", ".join(shown)


class TuningDisplay:
    """Shows a tuning on a console: a bar with the live loss on a terminal, plain lines elsewhere.

    A context manager and a TuningObserver. Events are printed as they come.
    """

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._first: tuple[float, int] | None = None
        self._last_line = float("-inf")
        self._bar: tuple[Progress, TaskID] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._bar is not None:
            self._bar[0].stop()

    def checked(self, report: CheckReport, leaks: Mapping[Split, LeakReport]) -> None:
        """Print the warnings, the counts, and what leaked into which split."""
        for found in report.of("warning"):
            self._say(str(found))
        self._say(f"{report.file}: {summary(report)}")
        for split, leaked in leaks.items():
            self._say(leak_line(split, leaked))

    def estimated(self, estimate: Estimate) -> None:
        """Print the estimate."""
        for line in estimate_lines(estimate):
            self._say(line)

    def progressed(self, progress: TuningProgress) -> None:
        """Print what is new and move the bar."""
        for event in progress.events:
            self._say(event)
        left = self._left(progress)
        if self._bar is None and self._is_live():
            self._bar = _bar(self._console)
            self._bar[0].start()
        if self._bar is not None:
            bar, task = self._bar
            bar.update(
                task,
                total=progress.steps or None,
                completed=progress.step,
                description=progress.status,
                state=progress_line(progress, left),
            )
        elif self._clock() - self._last_line >= PLAIN_EVERY_S:
            self._last_line = self._clock()
            self._say(progress_line(progress, left))

    def _is_live(self) -> bool:
        """Only once it runs: a bar would hide the question that is asked before."""
        return self._console.is_terminal and not self._console.is_dumb_terminal

    def _say(self, line: str) -> None:
        self._console.print(line, markup=False, soft_wrap=True)

    def _left(self, progress: TuningProgress) -> float | None:
        """Seconds at the pace since the first step that was seen; None while that is not known."""
        now = self._clock()
        if not progress.step or progress.status != "running":
            return None
        if self._first is None:
            self._first = (now, progress.step)
        since, step = self._first
        done = progress.step - step
        return (now - since) / done * (progress.steps - progress.step) if done else None


def _bar(console: Console) -> tuple[Progress, TaskID]:
    from rich.progress import BarColumn, Progress, TextColumn

    bar = Progress(BarColumn(24), TextColumn("{task.fields[state]}"), console=console)
    return bar, bar.add_task("waiting", total=None, state="waiting")
