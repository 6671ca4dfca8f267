"""`harness report`."""

from __future__ import annotations

import json
from pathlib import Path

import click

BAD_DATA = 65


@click.command("report")
@click.argument("suite", required=False)
@click.option("--run", "run_name", help="A past run: its id or path, or `newest`.")
@click.option("--markdown", is_flag=True, help="Print the Markdown page instead of tables.")
@click.option("--json", "as_json", is_flag=True, help="Print numbers instead of tables.")
@click.option("--all", "all_suites", is_flag=True, help="Write results/SUITE.md of every suite.")
@click.option("--check", is_flag=True, help="With --all: only say which pages have drifted.")
def command(
    *,
    suite: str | None,
    run_name: str | None,
    markdown: bool,
    as_json: bool,
    all_suites: bool,
    check: bool,
) -> int:
    """Show all tables of a suite: from its recorded replies, or of a past run."""
    if all_suites:
        return _check_pages() if check else _write_pages()
    if suite is None:
        raise click.UsageError("name a SUITE, or give --all")
    from harness.workflows.report import past_run, recorded_run
    from harness.workflows.run import open_suite

    opened = open_suite(suite)
    newest = None if run_name == "newest" else run_name
    shown = recorded_run(opened) if run_name is None else past_run(opened, newest)
    if as_json:
        from harness.reports.json import run_json

        click.echo(json.dumps(run_json(shown.info, shown.arms), indent=1))
    elif markdown:
        from harness.reports.markdown import suite_page

        click.echo(suite_page(shown.info, shown.arms, about=opened.file.description), nl=False)
    else:
        from harness.cli.output import console
        from harness.reports.markdown import page_tables
        from harness.reports.terminal import print_tables

        heading = f"{shown.info.title} ({shown.info.suite}, {shown.info.split})"
        print_tables(console(), heading, page_tables(shown.info, shown.arms))
    return 0


def _write_pages() -> int:
    from harness.workflows.report import write_pages

    for path in write_pages(Path.cwd()):
        click.echo(f"wrote {path.relative_to(Path.cwd())}")
    return 0


def _check_pages() -> int:
    from harness.workflows.report import drifted_pages

    drifted = drifted_pages(Path.cwd())
    for path in drifted:
        click.echo(f"{path}: is not what the recordings say; run: harness report --all", err=True)
    return BAD_DATA if drifted else 0
