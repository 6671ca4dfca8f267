"""`harness cost`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from harness.values.case import SPLITS

if TYPE_CHECKING:
    from harness.analysis.cost.costed import Costed

_AMOUNT = click.FloatRange(min=0)
_POSITIVE = click.FloatRange(min=0, min_open=True)


@click.command("cost")
@click.argument("suite")
@click.option("--arm", "arms", multiple=True, help="Only this arm; may be given again.")
@click.option(
    "--run",
    "runs",
    multiple=True,
    metavar="RUN",
    help="The arms of a past run: its id or path, or `newest`; may be given again.",
)
@click.option("--split", type=click.Choice(SPLITS), default="test", show_default=True)
@click.option("--volume", type=_POSITIVE, metavar="N", help="Requests a month.")
@click.option(
    "--horizon",
    type=_POSITIVE,
    metavar="MONTHS",
    help="In which the training must pay back; the model's last day may come first.",
)
@click.option("--error-cost", type=_AMOUNT, metavar="X", help="What a wrong answer costs.")
@click.option("--labelling", type=_AMOUNT, metavar="X", help="What the labels had cost.")
@click.option("--evaluation", type=_AMOUNT, metavar="X", help="What evaluation had cost.")
@click.option(
    "--what-if",
    multiple=True,
    metavar="NAME|ARM=MODEL",
    help="Prices of a scenario of harness.toml, or of another model for one arm; ARM=MODEL may be "
    "given again.",
)
@click.option("--batch", is_flag=True, help="All requests sent as batches.")
@click.option("--no-cache", is_flag=True, help="No token read from a cache.")
@click.option("--json", "as_json", is_flag=True, help="Print numbers instead of tables.")
def command(
    *,
    suite: str,
    what_if: tuple[str, ...],
    as_json: bool,
    arms: tuple[str, ...],
    runs: tuple[str, ...],
    split: str,
    no_cache: bool,
    **terms: Any,
) -> None:
    """What requests cost, and when tuning pays back.

    From the recorded replies of all arms (or --arm, or --run) and dated prices; no model is asked.
    Without --what-if the last table shows every scenario of harness.toml.
    """
    from harness.analysis.cost.terms import Terms
    from harness.workflows.cost.cost import cost, cost_with_scenarios

    given = {name: value for name, value in terms.items() if value is not None}
    choices: dict[str, Any] = {
        "arms": arms,
        "runs": runs,
        "split": split,
        "terms": Terms(caching=not no_cache, **given),
    }
    if what_if:
        _show(cost(suite, what_if=what_if, **choices), (), as_json=as_json)
    else:
        _show(*cost_with_scenarios(suite, **choices), as_json=as_json)


def _show(found: Costed, scenarios: tuple[Costed, ...], *, as_json: bool) -> None:
    if as_json:
        from harness.reports.cost.json import cost_json

        click.echo(json.dumps(cost_json(found, scenarios), indent=1))
        return
    from harness.cli.output import console
    from harness.reports.cost.scenarios import scenario_table
    from harness.reports.cost.tables import cost_heading, cost_tables
    from harness.reports.terminal import print_tables

    tables = [*cost_tables(found)]
    if scenarios:
        tables.append(scenario_table(scenarios))
    print_tables(console(), cost_heading(found), tables)
