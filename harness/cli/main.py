"""The `harness` command: subcommands are imported when they are called, so that --help is fast.

Exit codes: 0 success, 64 usage, 65 bad data, 70 internal, 130 interrupted; 1 to 3 come only from
a verdict.
"""

from __future__ import annotations

import os
import sys
import traceback
from typing import NoReturn

import click

from harness.cli.lazy import lazy_group
from harness.errors import HarnessError

USAGE = 64
INTERNAL = 70
INTERRUPTED = 130

_COMMANDS = {
    "init": "Write a new suite that runs at once.",
    "check": "Check suites and their recorded replies; say everything that is wrong.",
    "run": "Run a suite: replay, record or ask live; print the table.",
    "compare": "Compare arms, runs and baselines on the same cases: paired intervals, gained and "
    "lost cases.",
    "select": "Choose among arms on validation: one standard error, then the cheapest.",
    "cost": "What requests cost, and when tuning pays back: dated prices, scenarios, break-even.",
    "advise": "Say what to do next, from what is recorded, with the evidence behind it.",
    "gate": "Decide whether a candidate may replace what is in production: the promotion gate.",
    "promote": "Approve what an arm says now: write its baseline, put it into production.",
    "report": "Tables of a suite or a past run: slices, labels, confusion; Markdown.",
    "export": "Write replies for other tools: CSV, Parquet, JSON Lines, JUnit, MLflow.",
    "data": "Check, convert, split and count training data.",
    "tune": "Tune the model of an arm, here or on its platform; record where it came from.",
    "curve": "How accuracy grows with training rows: a learning curve.",
    "import": "Make results of Inspect, lm-eval, promptfoo, OpenAI evals or a CSV a suite.",
    "fixtures": "Re-key, prune or import recorded replies, without a call.",
}


def _version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    del param
    if value:
        from harness import __version__

        click.echo(f"harness {__version__}")
        ctx.exit()


@click.group(
    cls=lazy_group("harness.cli", _COMMANDS),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show it."
)
def cli() -> None:
    """Compare prompted models with fine-tuned ones on the same cases.

    SUITE is a name under suites/ or the path of a suite's folder.
    """


def main() -> NoReturn:
    """Run the command line and exit."""
    sys.exit(_run())


def _run() -> int:
    try:
        code = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return USAGE
    except HarnessError as error:
        click.echo(f"error: {error}", err=True)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except (BrokenPipeError, SystemExit) as error:
        if isinstance(error, SystemExit) and not isinstance(error.__context__, BrokenPipeError):
            raise
        return _reader_gone()  # click turns a broken pipe into an exit with 1, which is a verdict's
    except Exception as error:  # noqa: BLE001 - the last line of defence: a fault of ours, said so
        traceback.print_exc()
        click.echo(f"internal error: {type(error).__name__}: {error}; please report it", err=True)
        return INTERNAL
    return code if isinstance(code, int) else 0


def _reader_gone() -> int:
    """`harness … | head` is no fault; closing stdout quietly needs a place to write to."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
