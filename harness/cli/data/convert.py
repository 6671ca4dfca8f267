"""`harness data convert`."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from harness.training.shapes.names import SHAPES, Shape


@click.command("convert")
@click.argument("file")
@click.option("--to", "shape", type=click.Choice(SHAPES), required=True, help="The shape wanted.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="The file to write: .jsonl, .csv, .tsv, .xlsx or .parquet.",
)
@click.option(
    "--from", "source_shape", type=click.Choice(SHAPES), help="The shape of FILE; else found out."
)
@click.option("--accept-loss", is_flag=True, help="Convert although something is lost.")
@click.option("--force", is_flag=True, help="Replace a file that exists.")
@click.option("--bom", is_flag=True, help="Begin with a byte order mark, as Azure demands.")
@click.option("--separator", default="", help="Put behind every prompt (completion only).")
@click.option("--ending", default="", help="Put behind every completion (completion only).")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def command(
    file: str,
    *,
    shape: Shape,
    out: Path,
    source_shape: Shape | None,
    separator: str,
    ending: str,
    accept_loss: bool,
    force: bool,
    bom: bool,
    as_json: bool,
) -> None:
    """Write the rows of FILE in another shape.

    Nothing is written where something would be lost, unless you accept it; FILE is never changed.
    """
    from harness.workflows.data.convert import Marks, convert_file

    converted = convert_file(
        file,
        out,
        shape,
        source_shape=source_shape,
        allow_loss=accept_loss,
        force=force,
        bom=bom,
        marks=Marks(_unescaped(separator), _unescaped(ending)),
    )
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(converted), indent=1).decode())
        return
    click.echo(f"wrote {converted.path}: {converted.rows:,} rows of the shape {shape}")
    for text, lines in converted.losses.items():
        click.echo(f"lost in {lines.count:,} rows (first: line {lines.first[0]}): {text}")


def _unescaped(text: str) -> str:
    r"""A text with `\n` and `\t` as one writes them on a command line."""
    return text.replace("\\n", "\n").replace("\\t", "\t")
