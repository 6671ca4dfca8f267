"""`harness fixtures rekey` and `harness fixtures prune`."""

from __future__ import annotations

import click


@click.group("fixtures")
def command() -> None:
    """Re-key or prune recorded replies, without a call."""


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
