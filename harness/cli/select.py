"""`harness select`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from harness.values.case import SPLITS

if TYPE_CHECKING:
    from harness.values.case import Split
    from harness.workflows.select import Selected


@click.command("select")
@click.argument("suite")
@click.option("--arm", "arms", multiple=True, help="Only among these; may be given again.")
@click.option(
    "--split",
    type=click.Choice(SPLITS),
    default="validation",
    show_default=True,
    help="What to choose on; any other is refused.",
)
@click.option("--preview", is_flag=True, help="Choose without writing the selection down.")
@click.option("--json", "as_json", is_flag=True, help="Print numbers instead of a table.")
def command(*, suite: str, arms: tuple[str, ...], split: str, preview: bool, as_json: bool) -> None:
    """Choose the arm that is to carry the claim on the test split.

    By what is recorded on validation, of all arms (or those given): the cheapest within one
    standard error of the best. No model is asked. baselines/SUITE/selection.toml keeps it, and
    reports of the test split say it.
    """
    from harness.workflows.select import select

    selected = select(suite, arms=arms, split=cast("Split", split), preview=preview)
    if as_json:
        _print_json(selected)
    else:
        _print_table(selected, preview=preview)


def _print_json(selected: Selected) -> None:
    from harness.reports.select import select_json

    numbers = select_json(
        selected.selection, selected.chosen, selected.notes, written=selected.written
    )
    click.echo(json.dumps(numbers, indent=1))


def _print_table(selected: Selected, *, preview: bool) -> None:
    from harness.cli.output import console
    from harness.reports.select import select_heading, select_table
    from harness.reports.terminal import print_tables

    heading = select_heading(selected.selection, selected.title, selected.suite)
    table = select_table(selected.selection, selected.chosen, selected.notes)
    print_tables(console(), heading, [table])
    sys.stdout.flush()
    path, here = selected.path, Path.cwd()
    shown = path.relative_to(here) if path.is_relative_to(here) else path
    if preview:
        click.echo("\na preview: nothing was written")
    elif selected.written:
        click.echo(f"\nwrote {shown}")
    else:
        click.echo(f"\n{shown} says so already, since {selected.selection.date}")
