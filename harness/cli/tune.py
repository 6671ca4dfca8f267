"""`harness tune`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click
import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.training.check import CheckReport
    from harness.values.case import Split
    from harness.values.leaks import LeakReport
    from harness.values.tuning import Estimate, TuningProgress


class _Consent:
    """Asks before money is spent; without a terminal only --yes is an answer."""

    def __init__(self, *, hosted: bool, given: bool) -> None:
        self._needed = hosted and not given

    def checked(self, report: CheckReport, leaks: Mapping[Split, LeakReport]) -> None:
        """The display shows what was found; nothing is asked about it."""

    def estimated(self, estimate: Estimate) -> None:
        """Stop unless somebody agrees."""
        del estimate
        if not self._needed:
            return
        if not sys.stdin.isatty():
            raise click.UsageError("a hosted tuning costs money: agree with --yes")
        click.confirm("Start it on the platform, at your account's cost?", abort=True, err=True)

    def progressed(self, progress: TuningProgress) -> None:
        """Nothing to ask any more."""


@click.command("tune")
@click.argument("suite")
@click.argument("arm")
@click.option("--job", help="Follow a job that exists on the platform already, by its id.")
@click.option("--cancel", "stop", is_flag=True, help="Cancel the hosted job instead.")
@click.option("--estimate", "only_estimate", is_flag=True, help="Say what it takes, and stop.")
@click.option("--yes", is_flag=True, help="Start a hosted job without asking.")
@click.option("--json", "as_json", is_flag=True, help="Print the training's record as JSON.")
def command(
    *,
    suite: str,
    arm: str,
    job: str | None,
    stop: bool,
    only_estimate: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Tune the model of an arm and write where it came from to training/NAME.toml.

    Repeat the same command to go on after an interruption: a local tuning goes on from its last
    finished epoch, a hosted one is found again on its platform.
    """
    from harness.cli.output import console
    from harness.reports.tuning import TuningDisplay, estimate_lines, training_lines
    from harness.workflows.run import open_suite
    from harness.workflows.tune import cancel, estimate, is_hosted, tune

    opened = open_suite(suite)
    if stop:
        cancel(opened, arm, job=job)
        click.echo("no job of this training runs on the platform any more")
        return
    if only_estimate:
        needed = estimate(opened, arm)
        shown = json.dumps(msgspec.to_builtins(needed), indent=1) if as_json else None
        click.echo(shown or "\n".join(estimate_lines(needed)))
        return
    hosted = is_hosted(opened, arm)
    consent = _Consent(hosted=hosted, given=yes or job is not None)
    try:
        with TuningDisplay(console(error=True)) as display:
            training = tune(opened, arm, [display, consent], job=job)
    except KeyboardInterrupt:
        goes_on = "the job goes on by itself" if hosted else "finished epochs are kept"
        click.echo(f"{goes_on}; take it up again with the same command", err=True)
        raise
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(training), indent=1))
        return
    for line in training_lines(training):
        click.echo(line)
    click.echo(f"\nrecord the arm with\n    harness run {suite} --arm {arm} --record")
