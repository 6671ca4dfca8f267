"""`harness report`."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from harness.values.case import SPLITS

BAD_DATA = 65
BYTES_PER_MB = 1e6
PAGE_OPTIONS = {
    "arms": "--arm",
    "baselines": "--baseline",
    "reference": "--reference",
    "split": "--split",
    "common": "--common",
}


@click.command("report")
@click.argument("suite", required=False)
@click.option(
    "--run",
    "runs",
    multiple=True,
    help="A past run: its id or path, or `newest`; several for a page.",
)
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write one self-contained page with every case, side by side.",
)
@click.option("--arm", "arms", multiple=True, help="Of a page: only these arms.")
@click.option("--baseline", "baselines", multiple=True, help="Of a page: an approved state of ARM.")
@click.option("--reference", help="Of a page: the side that others are compared with.")
@click.option("--split", type=click.Choice(SPLITS), default="test", show_default=True)
@click.option("--common", is_flag=True, help="Of a page: compare the cases that all sides have.")
@click.option("--markdown", is_flag=True, help="Print the Markdown page instead of tables.")
@click.option("--json", "as_json", is_flag=True, help="Print numbers instead of tables.")
@click.option("--all", "all_suites", is_flag=True, help="Write results/SUITE.md of every suite.")
@click.option("--check", is_flag=True, help="With --all: only say which pages have drifted.")
def command(
    *,
    suite: str | None,
    runs: tuple[str, ...],
    html: Path | None,
    markdown: bool,
    as_json: bool,
    all_suites: bool,
    check: bool,
    **sides: Any,
) -> int:
    """Show all tables of a suite, or write its page: from its recorded replies, or of past runs."""
    if all_suites:
        return _check_pages() if check else _write_pages()
    if suite is None:
        raise click.UsageError("name a SUITE, or give --all")
    if html is not None:
        return _write_page(suite, html, runs, sides)
    _refuse_page_options(runs)
    from harness.workflows.replays import recorded_run
    from harness.workflows.report import past_run
    from harness.workflows.run import open_suite

    opened = open_suite(suite)
    shown = past_run(opened, runs[0]) if runs else recorded_run(opened)
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


def _write_page(suite: str, path: Path, runs: tuple[str, ...], sides: dict[str, Any]) -> int:
    from harness.cli.output import PageWatcher
    from harness.text.wording import counted
    from harness.workflows.page.page import write_page

    with ExitStack() as stack:
        written = write_page(suite, path, runs=runs, watcher=PageWatcher(stack), **sides)
    click.echo(written.finding)
    shown = f"{counted(written.cases, 'case')}, {counted(written.arms, 'arm')}"
    size = written.size / BYTES_PER_MB
    click.echo(f"wrote {written.path}: {shown}, {size:,.1f} MB; open it in a browser")
    return 0


def _refuse_page_options(runs: tuple[str, ...]) -> None:
    """Choices of sides mean nothing to the tables of one run."""
    context = click.get_current_context()
    for name, flag in PAGE_OPTIONS.items():
        if context.get_parameter_source(name) == ParameterSource.COMMANDLINE:
            raise click.UsageError(f"{flag} is about a page: give --html as well")
    if len(runs) > 1:
        raise click.UsageError("tables are of one run; several make a page: give --html as well")


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
