"""`harness compare`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from harness.values.case import SPLITS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.analysis.compared import Compared
    from harness.reports.compare.page import CompareView

ADJUSTMENTS = ("holm", "bh", "bonferroni")


class CasesType(click.ParamType[int]):
    """A number of cases, or `all`, which is -1."""

    name = "N|all"
    ALL = -1

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """The number."""
        text = str(value).strip().lower()
        if text in ("all", str(self.ALL)):
            return self.ALL
        if not text.isdecimal():
            self.fail(f"{value!r} is no number of cases: write 0, 10 or all", param, ctx)
        return int(text)


@click.command("compare")
@click.argument("suites", metavar="SUITE...", nargs=-1, required=True)
@click.option("--arm", "arms", multiple=True, help="Only this arm; may be given again.")
@click.option(
    "--run",
    "runs",
    multiple=True,
    metavar="RUN",
    help="The arms of a past run: its id or path, or `newest`; may be given again.",
)
@click.option(
    "--baseline",
    "baselines",
    multiple=True,
    metavar="ARM",
    help="The approved state of an arm; may be given again.",
)
@click.option("--split", type=click.Choice(SPLITS), default="test", show_default=True)
@click.option("--reference", metavar="NAME", help="The side that the others are compared with.")
@click.option("--all-pairs", is_flag=True, help="Compare each with each.")
@click.option("--common", is_flag=True, help="Where cases differ, compare those that are the same.")
@click.option(
    "--adjust",
    "adjustment",
    type=click.Choice(ADJUSTMENTS),
    default="holm",
    show_default=True,
    help="How p values are adjusted for their number.",
)
@click.option(
    "--cases",
    type=CasesType(),
    default="10",
    show_default=True,
    help="Show so many moved cases of each comparison.",
)
@click.option("--bootstrap", is_flag=True, help="Add BCa bootstrap intervals.")
@click.option("--bootstrap-any-size", is_flag=True, help="The same above 5,000 cases or groups.")
@click.option("--exact", is_flag=True, help="Clopper-Pearson intervals of the sides.")
@click.option(
    "--pass-at",
    type=click.IntRange(min=1),
    multiple=True,
    metavar="K",
    help="The chance that one of K replies is correct; may be given again.",
)
@click.option("--markdown", is_flag=True, help="Print a Markdown page instead of tables.")
@click.option("--json", "as_json", is_flag=True, help="Print numbers instead of tables.")
def command(
    *,
    suites: tuple[str, ...],
    cases: int,
    bootstrap: bool,
    bootstrap_any_size: bool,
    exact: bool,
    pass_at: tuple[int, ...],
    markdown: bool,
    as_json: bool,
    **choices: Any,
) -> int:
    """Compare arms, runs and baselines on the same cases.

    No model is asked. Without --run and --baseline the recorded arms of the suite are compared,
    with the incumbent of its policy or else the first as the reference.

    Of several SUITEs, two arms that all of them have (--arm twice, the reference first) are
    compared as one family, with the mean difference over suites.
    """
    if len(suites) > 1:
        return _show_family(suites, choices, markdown=markdown, as_json=as_json)
    from harness.reports.compare.page import CompareView
    from harness.workflows.compare.compare import compare

    if markdown and as_json:
        raise click.UsageError("--markdown and --json are two forms of the same: choose one")
    compared = compare(suites[0], **choices)
    view = CompareView(
        cases=None if cases == CasesType.ALL else cases,
        exact=exact,
        bootstrap=bootstrap or bootstrap_any_size,
        bootstrap_any_size=bootstrap_any_size,
        pass_at=tuple(dict.fromkeys(pass_at)),
    )
    _show(compared, view, markdown=markdown, as_json=as_json)
    return 0


def _show(compared: Compared, view: CompareView, *, markdown: bool, as_json: bool) -> None:
    from harness.reports.compare.page import compare_heading, compare_page, compare_tables

    if as_json:
        from harness.reports.compare.json import compare_json

        click.echo(json.dumps(compare_json(compared, view), indent=1))
    elif markdown:
        click.echo(compare_page(compared, view), nl=False)
    else:
        from harness.cli.output import console
        from harness.reports.terminal import print_tables

        print_tables(console(), compare_heading(compared), list(compare_tables(compared, view)))


PAIR = 2


def _show_family(
    suites: tuple[str, ...], choices: Mapping[str, Any], *, markdown: bool, as_json: bool
) -> int:
    """Two arms on several suites."""
    from harness.reports.compare.across import across_heading, across_tables
    from harness.workflows.compare.across import compare_suites

    arms = choices["arms"]
    unfit = [name for name in ("runs", "baselines", "all_pairs", "common") if choices[name]]
    if len(arms) != PAIR or unfit or choices["reference"] not in (None, arms[0]):
        raise click.UsageError(
            "several suites compare two recorded arms: --arm REFERENCE --arm CANDIDATE, without "
            "--run, --baseline, --all-pairs and --common"
        )
    found = compare_suites(suites, reference=arms[0], candidate=arms[1], split=choices["split"])
    if as_json:
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=1).decode())
    elif markdown:
        from harness.reports.markdown import table_markdown

        for table in across_tables(found):
            click.echo(f"## {table.title}\n\n{table_markdown(table)}")
    else:
        from harness.cli.output import console
        from harness.reports.terminal import print_tables

        print_tables(console(), across_heading(found), across_tables(found))
    return 0
