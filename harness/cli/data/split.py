"""`harness data split`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

if TYPE_CHECKING:
    from harness.training.split import Shares

_PARTS = 3


@click.command("split")
@click.argument("file")
@click.option(
    "--out",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder that gets train.jsonl, validation.jsonl and test.jsonl.",
)
@click.option("--shares", help="Of train, validation and test: 80,10,10 unless given.")
@click.option("--sizes", help="Rows of train, validation and test: 300,120,240. Others stay out.")
@click.option("--label", help="The column that holds the label.")
@click.option("--group", help="The column whose equal values stay together.")
@click.option("--seed", default=1, show_default=True, help="Another seed is another split.")
@click.option(
    "--near",
    default=90.0,
    show_default=True,
    type=click.FloatRange(50, 100),
    help="Texts at least so similar stay together; 100: only equal ones.",
)
@click.option("--force", is_flag=True, help="Write over files that exist.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def command(
    *,
    file: str,
    folder: Path,
    shares: str | None,
    sizes: str | None,
    label: str | None,
    group: str | None,
    seed: int,
    near: float,
    force: bool,
    as_json: bool,
) -> None:
    """Divide FILE into train, validation and test.

    Each label is in each split in its proportion; groups, duplicates and near-duplicates stay
    together. FILE holds training rows of any shape, or cases of a suite. Rows are not changed.
    """
    if shares and sizes:
        raise click.UsageError("give --shares or --sizes, not both")
    from harness.workflows.data.split import split_file

    summary = split_file(
        file,
        folder,
        shares=_three(shares, "--shares"),
        sizes=_three(sizes, "--sizes"),
        label=label,
        group=group,
        seed=seed,
        threshold=near,
        replace=force,
    )
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(summary), indent=1).decode())
        return
    from harness.cli.output import console
    from harness.reports.data_split import split_table
    from harness.reports.terminal import print_tables

    print_tables(console(), f"{file} into {folder}", [split_table(summary)])


def _three(text: str | None, option: str) -> Shares | None:
    """Three numbers of 0 or more, separated by commas."""
    if text is None:
        return None
    from harness.training.split import Shares

    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != _PARTS or not all(0 <= number <= 1e12 for number in numbers):  # noqa: PLR2004 - or nan
        raise click.UsageError(f"{option} takes three numbers, such as 80,10,10, not {text!r}")
    if option == "--sizes" and any(number != int(number) for number in numbers):
        raise click.UsageError(f"--sizes are whole numbers of rows, not {text!r}")
    return Shares(*numbers)
