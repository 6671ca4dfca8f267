"""A learning curve and its fit in, whether more training rows would help out. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.analysis.advice.advice import Advice
from harness.analysis.curve import CurveFit, SizeSummary
from harness.analysis.line import Line
from harness.analysis.resample import LEAST_SEEDS
from harness.text.wording import change, change_span, counted, listing

WORTH_A_DOUBLING = 0.01
"""What doubling the rows must gain to be worth labelling them: 1 point; a rule of thumb of ours."""

_LEAST_ROWS = 10


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A tuned arm that has a recipe, and its learning curve.

    `fit` is None where there is no curve; `outdated` means that it was made with other cases,
    scorers or base model than today's. `rows` are those of the training split.
    """

    suite: str
    arm: str
    graded: bool
    rows: int
    fit: CurveFit | None
    outdated: bool = False


@dataclass(frozen=True, kw_only=True)
class Tunings:
    """The fine-tuned arms of a suite: `arms` has the name of each arm's training.

    `untold` has what to write for each arm whose model was tuned, as its name says, and that names
    no training.
    """

    suite: str
    arms: Mapping[str, str]
    untold: Mapping[str, str]


def rows_advice(arms: Sequence[Rows], tunings: Tunings) -> list[Advice]:
    """One advice per arm that can be tuned again, and one per arm whose training is untold."""
    untold = [_untold(arm, step) for arm, step in tunings.untold.items()]
    if not tunings.arms:
        return untold or [_nothing_tuned(tunings.suite)]
    return [*(map(_advice, arms) if arms else [_no_recipe(tunings)]), *untold]


def _untold(arm: str, step: str) -> Advice:
    return Advice(
        rule="training-untold",
        status="cannot_tell",
        says=f"What {arm} learned from, and what that took: its model was tuned, as its name says, "
        "and the arm names no training. Here it counts as a prompted arm.",
        next_step=step,
    )


def _no_recipe(tunings: Tunings) -> Advice:
    arm, training = next(iter(tunings.arms.items()))
    return Advice(
        rule="no-recipe",
        status="cannot_tell",
        says="Whether more rows would help: no tuned arm can be tuned again from here, because "
        "none has a recipe and is not frozen.",
        next_step=f"write the recipe as [trainings.{training}] into suite.toml; then harness curve "
        f"{tunings.suite} {arm}",
    )


def _nothing_tuned(suite: str) -> Advice:
    return Advice(
        rule="nothing-tuned",
        status="cannot_tell",
        says="Nothing was tuned: what training rows are worth is seen by training on them.",
        next_step='add [arms.fine_tuned] with training = "lora", and [trainings.lora], to '
        f"suite.toml; then harness tune {suite} fine_tuned",
    )


def _advice(arm: Rows) -> Advice:
    if arm.fit is None or arm.fit.line is None:
        return _no_curve(arm)
    if arm.outdated:
        return Advice(
            rule="curve-outdated",
            status="cannot_tell",
            says=f"The learning curve of {arm.arm} was made with other cases, scorers or another "
            "base than today's.",
            next_step=_command(arm, _sizes(arm), (1, 2, 3)),
        )
    if any(size.misfit for size in arm.fit.sizes):
        return _bent(arm, arm.fit)
    return _by_slope(arm, arm.fit, arm.fit.line)


def _no_curve(arm: Rows) -> Advice:
    why = arm.fit.why_no_line if arm.fit is not None else "there is no learning curve"
    return Advice(
        rule="no-curve",
        status="cannot_tell",
        says=f"Whether more rows would help {arm.arm}: {why}.",
        next_step=_command(arm, _sizes(arm), (1, 2, 3)),
    )


def _bent(arm: Rows, fit: CurveFit) -> Advice:
    off = [f"{size.rows:,}" for size in fit.sizes if size.misfit]
    few = not fit.seeds_drawn
    seeds = (
        f"With fewer than {LEAST_SEEDS} trainings a size, the luck of one training and the effect "
        "of its rows are not told apart."
        if few
        else "Trainings were repeated: the gain is not the same at every doubling."
    )
    step = (
        _command(arm, [size.rows for size in fit.sizes], (1, 2, 3))
        if few
        else "tune on more rows, and see whether the last step goes on"
    )
    return Advice(
        rule="curve-bent",
        status="cannot_tell",
        says=f"Whether more rows would help {arm.arm}: its learning curve follows no straight line "
        "over doublings, so nothing is said beyond its largest size.",
        evidence=(
            f"Off the line by more than chance explains: {listing(off)} rows.",
            _last_step(arm, fit.sizes),
            seeds,
        ),
        next_step=step,
    )


def _last_step(arm: Rows, sizes: Sequence[SizeSummary]) -> str:
    before, last = sizes[-2:]
    ends = last.gain_interval
    span = "" if ends is None else f" {change_span(ends.low, ends.high, graded=arm.graded)}"
    gain = change(last.gain or 0.0, graded=arm.graded)
    return f"The last step, {before.rows:,} to {last.rows:,} rows: {gain}{span}, over cases alone."


def _by_slope(arm: Rows, fit: CurveFit, line: Line) -> Advice:
    ends = line.b_interval
    evidence = _slope(arm, fit, line)
    worth = change(WORTH_A_DOUBLING, graded=arm.graded).lstrip("+")
    if ends is not None and ends.low > 0 and ends.high >= WORTH_A_DOUBLING:
        return Advice(
            rule="more-rows",
            status="act",
            says=f"No: doubling the rows of {arm.arm} gained on every doubling that was measured, "
            f"and nothing is said of more than {line.limit:,} rows.",
            evidence=evidence,
            next_step=f"label more rows, up to {line.limit:,} in all; then tune and measure again",
        )
    if ends is not None and ends.high < WORTH_A_DOUBLING:
        return Advice(
            rule="rows-enough",
            status="fine",
            says=f"Yes: doubling the rows of {arm.arm} gains less than {worth}.",
            evidence=evidence,
        )
    return Advice(
        rule="rows-unclear",
        status="cannot_tell",
        says=f"Whether more rows would help {arm.arm}: the gain per doubling may be nothing, and "
        f"may be more than {worth}.",
        evidence=evidence,
        next_step=_command(arm, [size.rows for size in fit.sizes], (1, 2, 3)),
    )


def _slope(arm: Rows, fit: CurveFit, line: Line) -> tuple[str, ...]:
    ends = line.b_interval
    span = "" if ends is None else f" {change_span(ends.low, ends.high, graded=arm.graded)}"
    gain = change(line.b, graded=arm.graded)
    sizes = f"{fit.sizes[0].rows:,} to {fit.sizes[-1].rows:,} rows"
    first = f"Gain per doubling from {sizes}: {gain}{span}."
    if fit.seeds_drawn:
        return (first,)
    trainings = counted(max(size.seeds for size in fit.sizes), "training")
    return (
        first,
        f"At most {trainings} a size: how much one training differs from the next is not in it.",
    )


def _sizes(arm: Rows) -> list[int]:
    """Halves of all rows, down to ten, five sizes at most; ascending."""
    halves = [arm.rows >> step for step in range(5)]
    return sorted(size for size in halves if size >= _LEAST_ROWS) or [max(1, arm.rows)]


def _command(arm: Rows, sizes: Sequence[int], seeds: Sequence[int]) -> str:
    shown = ",".join(str(size) for size in sizes)
    return (
        f"harness curve {arm.suite} {arm.arm} --sizes {shown} --seeds {','.join(map(str, seeds))}"
    )
