"""`harness init`."""

from __future__ import annotations

import os
from pathlib import Path

import click


@click.command("init")
@click.argument("name")
def command(name: str) -> None:
    """Write suites/NAME: a small suite that runs at once, to be replaced by yours."""
    from harness.workflows.init import init

    for path in init(name, Path.cwd()):
        click.echo(f"wrote {os.path.relpath(path)}")
    click.echo(f"\nNow:\n    harness check {name}\n    harness run {name}")
