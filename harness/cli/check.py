"""`harness check`."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

BAD_DATA = 65


@click.command("check")
@click.argument("suites", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the problems as JSON.")
def command(suites: tuple[str, ...], as_json: bool) -> int:
    """Check suites (all of the repository by default) and their recorded replies.

    Every problem is listed with its file and line.
    """
    from harness.workflows.check import check

    reports = check(suites, Path.cwd())
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(reports), indent=1).decode())
    else:
        for report in reports:
            click.echo(str(report))
    return BAD_DATA if any(report.problems for report in reports) else 0
