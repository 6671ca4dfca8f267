"""`harness data check`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from harness.training.check import CheckReport
    from harness.training.checks.platforms import Platform
    from harness.workflows.data.check import FixReport

BAD_DATA = 65
_PLATFORMS = ("openai", "azure", "bedrock", "gemini", "local")
_VOCABULARIES = ("o200k_base", "cl100k_base")

Format = Literal["text", "json", "sarif"]


@click.command("check")
@click.argument("file", required=False)
@click.option("--validation", metavar="FILE", help="A validation file to look for leaks into.")
@click.option("--test", metavar="FILE", help="A test file to look for leaks into.")
@click.option("--shots", metavar="FILE", help="A pool of shots to look for leaks into.")
@click.option("--suite", metavar="SUITE", help="Compare with the splits of this suite.")
@click.option("--arm", metavar="ARM", help="Compare with the prompts of this arm of the suite.")
@click.option("--platform", type=click.Choice(_PLATFORMS), help="Where the file will be used.")
@click.option(
    "--limit-tokens",
    type=click.IntRange(min=1),
    help="Where examples are cut; default: the platform's limit.",
)
@click.option(
    "--vocabulary",
    type=click.Choice(_VOCABULARIES),
    default="o200k_base",
    show_default=True,
    help="How tokens are counted.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    show_default=True,
    help="How the findings are printed.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the findings to this file.")
@click.option(
    "--fix",
    "fixed",
    metavar="OUT",
    type=click.Path(path_type=Path),
    help="Write a repaired copy to OUT, and every change to OUT.changes.jsonl.",
)
@click.option("--fix-leaks", is_flag=True, help="With --fix: leave leaking rows out as well.")
@click.option("--strict", is_flag=True, help="End with 65 on warnings too.")
def command(
    file: str | None,
    *,
    validation: str | None,
    test: str | None,
    shots: str | None,
    suite: str | None,
    arm: str | None,
    platform: Platform | None,
    limit_tokens: int | None,
    vocabulary: str,
    form: Format,
    as_json: bool,
    out: Path | None,
    fixed: Path | None,
    fix_leaks: bool,
    strict: bool,
) -> int:
    """Say everything that is wrong with the training file FILE, and what to do about it.

    Without FILE, with the rows that --arm of --suite learns from, as its templates render them.

    Ends with 0 without errors (warnings are allowed unless --strict), 65 with errors.
    """
    from harness.errors import UsageError
    from harness.workflows.data.check import Target, check_file, fix_file

    if fix_leaks and fixed is None:
        raise UsageError("--fix-leaks needs --fix OUT: the file itself is never changed")
    if out is not None and any(_same(out, read) for read in (file, validation, test, shots, fixed)):
        raise UsageError(f"--out {out} is a file of data: name another one for the findings")
    target = Target(validation, test, shots, suite, arm, platform, limit_tokens, vocabulary)
    if file is None:
        report = _learned(suite, arm, repaired=fixed is not None)
        repaired = None
    elif fixed is None:
        report, repaired = check_file(file, **target._asdict()), None
    else:
        report, repaired = fix_file(file, fixed, target, leaks=fix_leaks)
    _show(report, "json" if as_json else form, out)
    if repaired is not None:
        click.echo(_said(repaired), err=True)
    failed = report.of("error") or (strict and report.of("warning"))
    return BAD_DATA if failed else 0


def _same(out: Path, other: str | Path | None) -> bool:
    return other is not None and out.resolve() == Path(other).resolve()


def _learned(suite: str | None, arm: str | None, *, repaired: bool) -> CheckReport:
    """The check of an arm's own rows; what leaked stands beside, on stderr."""
    if suite is None or arm is None or repaired:
        raise click.UsageError("give FILE, or --suite and --arm (whose rows no --fix repairs)")
    from harness.reports.tuning import leak_line
    from harness.workflows.run import open_suite
    from harness.workflows.tune import arm_of
    from harness.workflows.tuning_checks import check_learned
    from harness.workflows.tuning_task import tuning_task

    opened = open_suite(suite)
    resolved = arm_of(opened, arm)
    report, leaks = check_learned(opened, resolved, tuning_task(opened, resolved))
    for split, leaked in leaks.items():
        click.echo(leak_line(split, leaked), err=True)
    return report


def _show(report: CheckReport, form: Format, out: Path | None) -> None:
    text = _rendered(report, form)
    if out is None:
        click.echo(text)
        return
    from harness.reports.findings import summary
    from harness.store.atomic import write_text

    write_text(out, f"{text}\n")
    click.echo(f"{report.file}: {summary(report)}; written to {out}", err=True)


def _rendered(report: CheckReport, form: Format) -> str:
    from harness.reports.findings import findings_json, findings_text

    if form == "text":
        return findings_text(report)
    if form == "json":
        return json.dumps(findings_json(report), indent=1, ensure_ascii=False)
    from harness import __version__
    from harness.reports.sarif import sarif

    return json.dumps(sarif(report, __version__), indent=1, ensure_ascii=False)


def _said(repaired: FixReport) -> str:
    counts = ", ".join(f"{count:,} {rule}" for rule, count in repaired.changes.items())
    return (
        f"{repaired.file}: {repaired.rows:,} rows written, {repaired.removed:,} removed; changes "
        f"({counts or 'none'}) in {repaired.changes_file}"
    )
