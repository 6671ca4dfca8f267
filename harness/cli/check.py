"""`harness check`."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

BAD_DATA = 65


@click.command("check")
@click.argument("suites", nargs=-1)
@click.option(
    "--ask-models", is_flag=True, help="Ask hosted endpoints for the last days of their models."
)
@click.option("--json", "as_json", is_flag=True, help="Print the problems as JSON.")
def command(*, suites: tuple[str, ...], ask_models: bool, as_json: bool) -> int:
    """Check suites (all of the repository by default) and their recorded replies.

    Every problem is listed with its file and line. Models that end soon, or whose price is unknown
    or old, are warnings.
    """
    from harness.workflows.check import check

    listed = None
    if ask_models:
        from harness.store.settings import read_settings
        from harness.workflows.shutdown import ask_model_lists

        listed = ask_model_lists(read_settings(Path.cwd()))
    reports = check(suites, Path.cwd(), listed=listed)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(reports), indent=1).decode())
    else:
        for report in reports:
            click.echo(str(report))
    return BAD_DATA if any(report.problems for report in reports) else 0
