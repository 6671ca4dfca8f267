"""`harness run`."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import click

from harness.values.case import ALL_SPLITS

if TYPE_CHECKING:
    from harness.store.runs import Run

INTERRUPTED = 130
INCOMPLETE = 65  # an arm ended early or got no answer: there is no result to build on


class BudgetType(click.ParamType[tuple[str, float]]):
    """`200000tokens`, or `1.50usd` or another currency of three letters; `1.50money` for any."""

    name = "N(tokens|usd|eur|…)"
    _FORM = re.compile(r"([0-9][0-9_]*(?:\.[0-9]+)?)\s*(tok|tokens|money|[a-z]{3})", re.IGNORECASE)

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, float]:
        """The unit (`tokens`, `money` or a currency in capitals) and the amount."""
        match = self._FORM.fullmatch(str(value).strip())
        if match is None:
            self.fail(f"{value!r} is no budget: write 200000tokens or 1.50usd", param, ctx)
        unit = match[2].lower()
        if unit.startswith("tok"):
            unit = "tokens"
        elif unit != "money":
            unit = unit.upper()
        return unit, float(match[1].replace("_", ""))


@click.command("run")
@click.argument("suite")
@click.option("--arm", "arms", multiple=True, help="Only this arm; may be given again.")
@click.option("--split", type=click.Choice(ALL_SPLITS), default="test", show_default=True)
@click.option(
    "--record", "mode", flag_value="record", help="Ask for what is not recorded; keep it."
)
@click.option("--live", "mode", flag_value="live", help="Ask for everything; record nothing.")
@click.option(
    "--trials", type=click.IntRange(min=1), default=1, show_default=True, help="Repeat every case."
)
@click.option("--limit", type=click.IntRange(min=1), help="A stratified, nested sample of N cases.")
@click.option("--clean-subset", is_flag=True, help="Leave out cases that leaked into any arm.")
@click.option("--budget", type=BudgetType(), help="Stop cleanly at whole cases.")
@click.option(
    "--resume", is_flag=False, flag_value="", help="Continue a run: its id or path, or the newest."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the order of cases.")
@click.option("--json", "as_json", is_flag=True, help="Print numbers instead of tables.")
def command(
    *,
    suite: str,
    arms: tuple[str, ...],
    split: str,
    mode: str | None,
    trials: int,
    limit: int | None,
    clean_subset: bool,
    budget: tuple[str, float] | None,
    resume: str | None,
    seed: int,
    as_json: bool,
) -> int:
    """Run a suite and print its table.

    Without --record or --live recorded replies are replayed, and a missing one is an error that
    prints the command that records it.
    """
    from harness.cli.output import print_run, watching
    from harness.workflows.run import arms_without_replies, open_suite
    from harness.workflows.run import run as run_suite

    opened = open_suite(suite)
    choices = {
        "arms": arms,
        "split": split,
        "mode": mode or "replay",
        "trials": trials,
        "limit": limit,
        "clean_subset": clean_subset,
        "resume": resume,
        "seed": seed,
    }
    if budget is not None:
        choices |= _budget(*budget)
    with watching(opened, live=mode is not None or resume is not None, quiet=as_json) as observers:
        finished = run_suite(opened, observers, **choices)
    print_run(finished, opened, as_json=as_json)
    for name in () if arms else arms_without_replies(opened):
        click.echo(f"left out: {name} is frozen, and nothing is recorded for it", err=True)
    if finished.info.status == "interrupted":
        resumed = f"harness run {suite} --resume {finished.info.id}"
        click.echo(f"interrupted; continue with\n    {resumed}", err=True)
        return INTERRUPTED
    sys.stdout.flush()
    return INCOMPLETE if finished.info.status == "incomplete" or _unanswered(finished) else 0


def _budget(unit: str, amount: float) -> dict[str, object]:
    """A budget as choices of a run."""
    if unit == "tokens":
        return {"budget_tokens": int(amount)}
    currency = None if unit == "money" else unit
    return {"budget_money": amount, "budget_currency": currency}


def _unanswered(run: Run) -> bool:
    """Whether some arm got no answer at all, as from a server that is down."""
    from harness.values.score import INFRASTRUCTURE

    tallies = [columns.outcomes() for columns in run.arms.values() if len(columns)]
    return any(not sum(n for o, n in t.items() if o not in INFRASTRUCTURE) for t in tallies)
