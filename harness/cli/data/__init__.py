"""`harness data`: training files checked, converted, split, counted; a command is imported late."""

from __future__ import annotations

import click

from harness.cli.lazy import lazy_group

_COMMANDS = {
    "check": "Say everything that is wrong with a training file, and what to do about it.",
    "convert": "Write a training file in another shape, or say what would be lost.",
    "split": "Divide a file into train, validation and test, by label, group and duplicates.",
    "stats": "Rows, labels, lengths, tokens; what a tuning would take and cost.",
}


@click.group("data", cls=lazy_group("harness.cli.data", _COMMANDS))
def command() -> None:
    """Check, convert, split and count training data."""
