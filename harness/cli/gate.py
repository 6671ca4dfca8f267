"""`harness gate`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.values.case import SPLITS

if TYPE_CHECKING:
    from harness.values.verdict import Ruling
    from harness.workflows.gate.gate import Gated

GOALS = ("not_worse", "better")


@click.command("gate")
@click.argument("suite")
@click.option("--candidate", help="The arm that is to be promoted; default: as the policy says.")
@click.option("--incumbent", help="The arm to compare with; default: policy, else production.")
@click.option("--goal", type=click.Choice(GOALS), help="What the candidate must show.")
@click.option("--margin", type=float, help="How much worse is still acceptable, as a share.")
@click.option("--alpha", type=float, help="One-sided; 0.025 makes the 95% interval decide.")
@click.option("--split", type=click.Choice(SPLITS), default="test", show_default=True)
@click.option("--limit", type=click.IntRange(min=1), help="A sample: at best inconclusive.")
@click.option("--clean-subset", is_flag=True, help="Leave out cases that leaked into either side.")
@click.option(
    "--run", "run_name", help="Take the candidate's replies from a past run: id, path or `newest`."
)
@click.option(
    "--base",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A checkout whose policy, scorers, cases and incumbent judge this one as a change.",
)
@click.option("--data-change", is_flag=True, help="With --base: the change to cases is wanted.")
@click.option("--preview", is_flag=True, help="Decide without writing the decision down.")
@click.option(
    "--allow",
    multiple=True,
    type=click.Choice(("inconclusive",)),
    help="End with 0 for this verdict as well.",
)
@click.option(
    "--junit", type=click.Path(dir_okay=False, path_type=Path), help="Write JUnit XML here."
)
@click.option(
    "--markdown",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a summary for a change here.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the decision as JSON.")
def command(
    *,
    suite: str,
    run_name: str | None,
    allow: tuple[str, ...],
    junit: Path | None,
    markdown: Path | None,
    as_json: bool,
    **choices: Any,
) -> int:
    """Decide whether the candidate may replace the incumbent.

    No model is asked. Ends with 0 promote, 1 reject, 2 inconclusive, 3 invalid; the decision is
    appended to baselines/SUITE/decisions.jsonl.
    """
    from harness.values.verdict import Ruling
    from harness.workflows.gate.gate import gate

    gated = gate(suite, run=run_name, **choices)
    allowed = frozenset(Ruling(name) for name in allow)
    _show_whoever_reads(gated, as_json=as_json)
    _write(gated, junit, markdown, allowed)
    ruling = gated.decision.ruling
    return 0 if ruling in allowed else ruling.exit_code


def _write(
    gated: Gated, junit: Path | None, markdown: Path | None, allowed: frozenset[Ruling]
) -> None:
    from harness.reports.gate.junit import junit_xml
    from harness.reports.gate.markdown import gate_markdown
    from harness.store.atomic import write_text

    if junit is not None:
        write_text(junit, junit_xml(gated.decision, allowed=allowed))
    if markdown is not None:
        text = gate_markdown(gated.decision, gated.comparison, gated.title, preview=gated.preview)
        write_text(markdown, text)


def _show_whoever_reads(gated: Gated, *, as_json: bool) -> None:
    """Print it; a reader that goes away or a full disk must not turn a rejection into a 0."""
    try:
        _show(gated, as_json=as_json)
        sys.stdout.flush()
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            click.echo(f"the verdict cannot be printed: {error.strerror}", err=True)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _show(gated: Gated, *, as_json: bool) -> None:
    from harness.cli.output import console
    from harness.reports.gate.tables import gate_heading, gate_json, gate_tables
    from harness.reports.terminal import print_tables

    decision, comparison = gated.decision, gated.comparison
    if as_json:
        click.echo(json.dumps(gate_json(decision, comparison, preview=gated.preview), indent=1))
        return
    heading = gate_heading(decision, gated.title, preview=gated.preview)
    print_tables(console(), heading, gate_tables(decision, comparison))
