"""`harness init`."""

from __future__ import annotations

import os
from pathlib import Path

import click

_STEPS = (
    ("harness check {}", "says everything that is wrong"),
    ("harness run {}", "asks the fake model of the example"),
    ("harness run {} --record", "keeps the replies: what follows reads them"),
    ("harness report {0} --html {0}.html", "every case and reply on one page"),
    ("harness cost {}", "what the arms cost, at the prices of harness.toml"),
)


@click.command("init")
@click.argument("name")
def command(name: str) -> None:
    """Write suites/NAME: a small suite that runs at once, to be replaced by yours."""
    from harness.workflows.init import init

    for path in init(name, Path.cwd()):
        click.echo(f"wrote {os.path.relpath(path)}")
    steps = [(words.format(name), what) for words, what in _STEPS]
    width = max(len(words) for words, _ in steps)
    click.echo("\nNow:")
    for words, what in steps:
        click.echo(f"    {words:<{width}}  # {what}")
