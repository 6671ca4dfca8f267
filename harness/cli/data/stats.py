"""`harness data stats`."""

from __future__ import annotations

import click
import msgspec


@click.command("stats")
@click.argument("file")
@click.option(
    "--vocabulary",
    type=click.Choice(["o200k_base", "cl100k_base", "local"]),
    help="What tokens are counted with: OpenAI's, or that of the embedded model.",
)
@click.option("--model", help="The model to be tuned: decides the vocabulary and the price.")
@click.option(
    "--limit-tokens",
    "limit",
    type=click.IntRange(min=1),
    help="Rows with more tokens are counted, and cut in the estimate.",
)
@click.option("--epochs", type=click.IntRange(min=1), help="Passes over the rows; else OpenAI's.")
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    help="Trained tokens per second, where you measured them: gives the time.",
)
@click.option("--json", "as_json", is_flag=True, help="Print numbers instead of tables.")
def command(
    *,
    file: str,
    vocabulary: str | None,
    model: str | None,
    limit: int | None,
    epochs: int | None,
    rate: float | None,
    as_json: bool,
) -> None:
    """Count rows, labels, lengths and tokens of FILE; say what tuning on it would take."""
    from harness.workflows.data.stats import file_stats

    stats = file_stats(
        file, vocabulary=vocabulary, model=model, limit=limit, epochs=epochs, rate=rate
    )
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(stats), indent=1).decode())
        return
    from harness.cli.output import console
    from harness.reports.data_stats import stats_tables
    from harness.reports.terminal import print_tables

    print_tables(console(), file, stats_tables(stats))
