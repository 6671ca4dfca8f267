"""`harness fixtures rekey`, `prune` and `import`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from harness.values.case import ALL_SPLITS

if TYPE_CHECKING:
    from harness.values.case import Split


@click.group("fixtures")
def command() -> None:
    """Re-key, prune or import recorded replies, without a call."""


@command.command("import")
@click.argument("suite")
@click.argument("arm")
@click.argument("file")
@click.option("--split", type=click.Choice(ALL_SPLITS), default="test", show_default=True)
@click.option("--date", "day", help="The day they were collected (YYYY-MM-DD); default today.")
@click.option("--model", default="", help="Who answered; default: as training and arm say.")
def import_command(
    *, suite: str, arm: str, file: str, split: str, day: str | None, model: str
) -> None:
    """Make replies that were collected elsewhere the recordings of an arm.

    FILE is JSONL, CSV, TSV or Parquet with the columns id and reply, and what is known beside:
    input_tokens, output_tokens, finish, latency, model, date, shot_seed, trial.
    """
    from datetime import UTC, date, datetime

    from harness.workflows.imported import import_replies
    from harness.workflows.run import open_suite

    try:
        collected = date.fromisoformat(day) if day else datetime.now(UTC).date()
    except ValueError as error:
        raise click.UsageError(f"--date: {day!r} is no day (YYYY-MM-DD)") from error
    done = import_replies(
        open_suite(suite), arm, file, split=cast("Split", split), day=collected, model=model
    )
    click.echo(f"{arm}: {done.added:,} replies imported, {done.known:,} stood there already")
    if done.missing:
        first = ", ".join(done.missing[:5])
        click.echo(f"{arm}: no reply to {len(done.missing):,} {split} cases: {first}", err=True)


@command.command("rekey")
@click.argument("suite")
@click.option("--arm", "arms", multiple=True, help="Only this arm; may be given again.")
@click.option(
    "--accept-changes",
    is_flag=True,
    help="Also where the request has changed: you vouch that the reply would be the same.",
)
def rekey_command(suite: str, arms: tuple[str, ...], accept_changes: bool) -> None:
    """Give recorded replies the keys of today's requests for the same cases."""
    from harness.workflows.recorded import rekey
    from harness.workflows.run import open_suite

    _say(rekey(open_suite(suite), arms, accept_changes=accept_changes), "re-keyed")


@command.command("prune")
@click.argument("suite")
@click.option("--arm", "arms", multiple=True, help="Only this arm; may be given again.")
def prune_command(suite: str, arms: tuple[str, ...]) -> None:
    """Drop recorded replies that nothing asks for any more. Frozen arms keep all of theirs."""
    from harness.workflows.recorded import prune
    from harness.workflows.run import open_suite

    _say(prune(open_suite(suite), arms), "dropped")


def _say(counts: dict[str, int], what: str) -> None:
    for arm, count in counts.items():
        click.echo(f"{arm}: {count:,} replies {what}")
    if not counts:
        click.echo(f"nothing to be {what}")
