"""`harness import`."""

from __future__ import annotations

from pathlib import Path

import click

FORMATS = ("inspect", "lm-eval", "promptfoo", "openai-evals", "csv")


@click.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--as", "suite", required=True, metavar="SUITE", help="The suite they become.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    help="What the files are; by default what their content says.",
)
@click.option("--arm", metavar="NAME", help="What the arm is called; by default like its model.")
@click.option(
    "--scorer",
    metavar="NAME",
    help="Who judges a new suite: a scorer of ours, or `imported` for the other tool's score.",
)
@click.option("--score", metavar="NAME", help="Which score of the other tool's.")
@click.option("--json", "as_json", is_flag=True, help="Print numbers instead of tables.")
def command(
    *,
    files: tuple[str, ...],
    suite: str,
    format_: str | None,
    arm: str | None,
    scorer: str | None,
    score: str | None,
    as_json: bool,
) -> int:
    """Make the results of another tool a suite, or arms of one that is there.

    FILE is a log, or a folder of logs, of Inspect (.eval, .json), lm-evaluation-harness
    (samples_*.jsonl), promptfoo (-o out.json) or OpenAI evals (.jsonl), or a table of replies.

    Each model, provider and prompt becomes an arm whose replies are recorded, and a run that keeps
    the status of the log: one that was cancelled can be looked at, and never promoted.
    """
    from harness.workflows.importing.importing import import_logs

    done = import_logs(
        files, suite, start=Path.cwd(), format_=format_, arm=arm, scorer=scorer, score=score
    )
    if as_json:
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(done), indent=1).decode())
        return 0
    from harness.cli.output import console, from_here
    from harness.reports.importing import import_notes, import_tables
    from harness.reports.terminal import print_tables

    verb = "is new" if done.created else "has more arms"
    heading = f"{done.suite} {verb}: {from_here(Path(done.folder))} ({done.cases:,} cases)"
    print_tables(console(), heading, import_tables(done))
    click.echo()
    for note in import_notes(done):
        click.echo(note)
    for one in done.arms:
        click.echo(f"{one.arm}: {from_here(Path(one.run))}")
    return 0
