"""`harness export`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from harness.values.case import ALL_SPLITS


@click.command("export")
@click.argument("suite")
@click.option(
    "--to",
    "targets",
    multiple=True,
    metavar="FILE|FOLDER/",
    help=".csv, .parquet or .jsonl: a row per reply; .xml: JUnit; a folder: all of a run. Again "
    "for another.",
)
@click.option(
    "--run",
    "runs",
    multiple=True,
    metavar="RUN",
    help="A past run: its id or path, or `newest`; may be given again. Default: the recordings.",
)
@click.option("--arm", "arms", multiple=True, help="Only this arm; may be given again.")
@click.option("--split", type=click.Choice(ALL_SPLITS), default="test", show_default=True)
@click.option("--mlflow", metavar="URI", help="An MLflow tracking store: sqlite:///…, http://…")
@click.option("--experiment", metavar="NAME", help="Of MLflow; default: the suite's name.")
@click.option(
    "--attach",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file to keep with the run in MLflow, as an HTML page; may be given again.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
def command(
    *,
    suite: str,
    targets: tuple[str, ...],
    runs: tuple[str, ...],
    arms: tuple[str, ...],
    split: str,
    mlflow: str | None,
    experiment: str | None,
    attach: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Write the replies of a suite for other tools: tables, JUnit XML, MLflow.

    No model is asked. Without --run the recorded replies are exported.
    """
    if not targets and mlflow is None:
        raise click.UsageError("say where to: --to FILE, --to FOLDER/ or --mlflow URI")
    if mlflow is None and (experiment or attach):
        raise click.UsageError("--experiment and --attach belong to --mlflow URI")
    import msgspec

    from harness.workflows.export.export import export

    written = export(
        suite,
        targets,
        runs=runs,
        arms=arms,
        split=split,  # type: ignore[arg-type]
        mlflow=mlflow,
        experiment=experiment,
        attach=attach,
    )
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(written), indent=1))
    else:
        for one in written:
            click.echo(f"wrote {one.target}: {one.holds}")
    return 0
