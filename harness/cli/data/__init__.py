"""`harness data`: training files checked, converted, split, counted; a command is imported late."""

from __future__ import annotations

from importlib import import_module

import click

_COMMANDS = {
    "check": "Say everything that is wrong with a training file, and what to do about it.",
    "convert": "Write a training file in another shape, or say what would be lost.",
    "split": "Divide a file into train, validation and test, by label, group and duplicates.",
    "stats": "Rows, labels, lengths, tokens; what a tuning would take and cost.",
}


class _DataGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"harness.cli.data.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group("data", cls=_DataGroup)
def command() -> None:
    """Check, convert, split and count training data."""
