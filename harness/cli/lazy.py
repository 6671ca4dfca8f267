"""A group of commands whose modules are imported when one is called, so that --help is fast."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from keyword import iskeyword

import click


def lazy_group(package: str, commands: Mapping[str, str]) -> type[click.Group]:
    """A click.Group that knows its commands by name and help; NAME is `package.NAME.command`.

    A command that is called like a keyword of Python stands in a module with an underscore more.
    """

    class LazyGroup(click.Group):
        def list_commands(self, ctx: click.Context) -> list[str]:
            del ctx
            return list(commands)

        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
            del ctx
            if cmd_name not in commands:
                return None
            module = f"{package}.{cmd_name}_" if iskeyword(cmd_name) else f"{package}.{cmd_name}"
            command: click.Command = import_module(module).command
            return command

        def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
            del ctx
            with formatter.section("Commands"):
                formatter.write_dl(list(commands.items()))

    return LazyGroup
