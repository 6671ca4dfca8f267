"""`harness curve`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from harness.values.case import SPLITS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.reports.tuning import TuningDisplay
    from harness.training.check import CheckReport
    from harness.values.case import Split
    from harness.values.curve import CurvePoint
    from harness.values.leaks import LeakReport
    from harness.values.tuning import Estimate, TuningProgress
    from harness.workflows.curve_basis import Point


class NumbersType(click.ParamType[tuple[int, ...]]):
    """`25,50,100`."""

    name = "N,N,…"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        """The numbers in the order given."""
        try:
            return tuple(int(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"{value!r} is no list of numbers: write 25,50,100", param, ctx)


class _Watcher:
    """Says which point is made, and passes the tuning's own progress on."""

    def __init__(self, display: TuningDisplay) -> None:
        self._display = display

    def began(self, point: Point, number: int, count: int) -> None:
        click.echo(f"point {number} of {count}: {point.size:,} rows, seed {point.seed}", err=True)

    def finished(self, point: CurvePoint) -> None:
        mean = sum(map(float, point.values)) / len(point.values)
        click.echo(f"{point.size:,} rows, seed {point.seed}: {mean:.1%}", err=True)

    def checked(self, report: CheckReport, leaks: Mapping[Split, LeakReport]) -> None:
        self._display.checked(report, leaks)

    def estimated(self, estimate: Estimate) -> None:
        self._display.estimated(estimate)

    def progressed(self, progress: TuningProgress) -> None:
        self._display.progressed(progress)


@click.command("curve")
@click.argument("suite")
@click.argument("arm")
@click.option("--sizes", type=NumbersType(), required=True, help="Rows per point: 25,50,100.")
@click.option("--seeds", type=NumbersType(), default="1", show_default=True, help="One point each.")
@click.option("--split", type=click.Choice(SPLITS), default="test", show_default=True)
@click.option("--yes", is_flag=True, help="Start hosted jobs, one per point, without asking.")
@click.option("--json", "as_json", is_flag=True, help="Print points and fit as JSON.")
def command(
    *,
    suite: str,
    arm: str,
    sizes: tuple[int, ...],
    seeds: tuple[int, ...],
    split: str,
    yes: bool,
    as_json: bool,
) -> None:
    """Tune an arm on nested parts of its rows, and show how accuracy grows with them.

    Points that exist are not made again: repeat the command to go on, or with more sizes.
    """
    import json
    from typing import cast

    from harness.analysis.curve import fit_curve
    from harness.cli.output import console
    from harness.reports.curve import curve_tables, heading
    from harness.reports.terminal import print_tables
    from harness.reports.tuning import TuningDisplay
    from harness.workflows.curve import curve
    from harness.workflows.curve_pages import curve_json, write_curve_pages
    from harness.workflows.run import open_suite
    from harness.workflows.tune import is_hosted

    opened = open_suite(suite)
    if is_hosted(opened, arm) and not yes:
        raise click.UsageError("a hosted curve costs a job per point: agree with --yes")
    with TuningDisplay(console(error=True)) as display:
        watchers = [_Watcher(display)]
        grown = curve(opened, arm, sizes, watchers, seeds=seeds, split=cast("Split", split))
    fit = fit_curve(grown)
    paths = write_curve_pages(opened, grown)
    if as_json:
        click.echo(json.dumps(curve_json(grown, fit), indent=1))
        return
    print_tables(console(), heading(grown), curve_tables(grown, fit))
    sys.stdout.flush()
    click.echo("\n" + "\n".join(map(str, paths)))
