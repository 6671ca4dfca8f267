"""`harness advise`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import click

if TYPE_CHECKING:
    from harness.values.case import Split


@click.command("advise")
@click.argument("suite")
@click.option(
    "--split",
    type=click.Choice(["validation", "test"]),
    default="test",
    show_default=True,
    help="Whose replies are judged; arms are chosen on validation either way.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the advice as JSON.")
def command(*, suite: str, split: str, as_json: bool) -> None:
    """Say what to do next with a suite, from what is recorded, with the evidence behind it.

    Can the numbers be trusted, are there enough cases, is it format or knowledge, prompt or tune
    or neither, enough training data, cheaper at which volume, does a model end? No model is asked.
    """
    from harness.reports.advise import advice_json, advice_text
    from harness.workflows.advise.advise import advise

    advised = advise(suite, split=cast("Split", split))
    if as_json:
        click.echo(json.dumps(advice_json(advised), indent=1))
        return
    from harness.cli.output import console

    click.echo(advice_text(advised, console().width))
