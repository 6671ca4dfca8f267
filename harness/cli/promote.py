"""`harness promote`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from harness.values.case import SPLITS

if TYPE_CHECKING:
    from harness.values.case import Split
    from harness.workflows.gate.promote import Promoted

_CHANGES_SHOWN = 20
_LONGEST = 1000


@click.command("promote")
@click.argument("suite")
@click.argument("arm")
@click.option("--reason", required=True, help="Why this state is right, in a sentence.")
@click.option("--override", is_flag=True, help="Without a gate that promotes; the file says so.")
@click.option(
    "--baseline-only",
    is_flag=True,
    help="Approve the state for regression tests; what is in production stays.",
)
@click.option("--clean-subset", is_flag=True, help="Without the cases that leaked, as in the gate.")
@click.option("--split", type=click.Choice(SPLITS), default="test", show_default=True)
def command(
    *,
    suite: str,
    arm: str,
    reason: str,
    override: bool,
    baseline_only: bool,
    clean_subset: bool,
    split: str,
) -> None:
    """Approve what ARM says now: write its baseline, and put it into production.

    It needs a gate that promotes the very same replies, unless it is the first.
    """
    from harness.workflows.gate.promote import promote

    done = promote(
        suite,
        arm,
        reason=reason,
        override=override,
        baseline_only=baseline_only,
        clean_subset=clean_subset,
        split=cast("Split", split),
    )
    _say(done, arm)


def _say(done: Promoted, arm: str) -> None:
    from harness.cli.output import from_here
    from harness.reports.wording import one_line

    if not done.written:
        click.echo(f"{arm} is approved as it is already: nothing to write")
        return
    header = done.baseline.header
    click.echo(f"wrote {from_here(done.path)}: {header.correct:,} of {header.cases:,} correct")
    for change in done.changes[:_CHANGES_SHOWN]:
        became = f"{change.before or 'new'} -> {change.after or 'gone'}"
        click.echo(f"    {one_line(change.case)}: {became}")
    if len(done.changes) > _CHANGES_SHOWN:
        click.echo(f"    and {len(done.changes) - _CHANGES_SHOWN:,} more cases")
    if done.production is not None:
        since = f"{done.production.arm}, since {done.production.since}"
        click.echo(f"in production: {since} ({one_line(done.production.reason, _LONGEST)})")
