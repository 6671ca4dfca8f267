"""A comparison in, its tables and its page out: sides, differences, what explains them. Pure.

Tables come in the order in which a reader needs them: what each side reached, what tells them
apart, tokens and money, repeats, other methods; then of each comparison what became of its cases,
its slices, and the cases that it lost and gained.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from harness.analysis.clopper_pearson import clopper_pearson
from harness.analysis.compared import Compared
from harness.analysis.interval import Interval, case_interval
from harness.analysis.side import Side
from harness.errors import UsageError
from harness.reports.compare.differences import differences_table, matrix_table
from harness.reports.compare.methods import methods_table
from harness.reports.compare.moved import moved_table
from harness.reports.compare.repeats import repeats_table, selection_table
from harness.reports.compare.slices import outcomes_table, slices_table
from harness.reports.compare.spend import cost_table, tokens_table
from harness.reports.markdown import inert, table_markdown
from harness.reports.notes import WARNING
from harness.reports.table import Column, Table
from harness.reports.wording import interval, one_line
from harness.text.wording import counted, listing, mean

DEFAULT_CASES = 10


class CompareView(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader wants to see of a comparison.

    `cases` moved cases are shown of each comparison, None for all. `exact` shows Clopper-Pearson
    intervals of the sides. `bootstrap` adds BCa intervals, above 5,000 units only with
    `bootstrap_any_size`. `pass_at` are the numbers of attempts of pass@k.
    """

    cases: int | None = DEFAULT_CASES
    exact: bool = False
    bootstrap: bool = False
    bootstrap_any_size: bool = False
    pass_at: tuple[int, ...] = ()


USUAL = CompareView()


def compare_heading(compared: Compared) -> str:
    """What is compared, on which cases."""
    return f"{one_line(compared.title)} ({one_line(compared.suite)}, {compared.split}): comparison"


def compare_tables(compared: Compared, view: CompareView = USUAL) -> Iterator[Table]:
    """All tables.

    Raises:
        UsageError: the view asks for what these data do not give: it says why.
    """
    yield sides_table(compared, exact=view.exact)
    if compared.all_pairs:
        yield matrix_table(compared)
    yield differences_table(compared)
    maybe = [
        tokens_table(compared),
        cost_table(compared),
        repeats_table(compared, view.pass_at),
        selection_table(compared),
        methods_table(compared, bootstrap=view.bootstrap, any_size=view.bootstrap_any_size),
    ]
    for found, moved in zip(compared.comparisons, compared.moved, strict=True):
        if not found.same_replies:
            maybe.append(outcomes_table(compared, found))
            maybe.append(slices_table(compared, found))
            maybe.append(moved_table(compared, found, moved, view.cases))
    yield from (table for table in maybe if table is not None)


def compare_page(compared: Compared, view: CompareView = USUAL) -> str:
    """The same as a Markdown page."""
    parts = [f"# {inert(compare_heading(compared), 200)}\n"]
    for table in compare_tables(compared, view):
        parts += [f"## {inert(table.title, 200)}\n", table_markdown(table)]
    return "\n".join(parts)


def sides_table(compared: Compared, *, exact: bool = False) -> Table:
    """What each side reached on the cases that all of them have.

    Raises:
        UsageError: exact intervals are asked for, and cases are graded, repeated or in groups.
    """
    noun = "score" if compared.graded else "accuracy"
    rows = tuple(
        (
            one_line(side.name),
            f"{len(side):,}",
            mean(side.mean, graded=side.graded),
            interval(side_interval(side, exact=exact), graded=side.graded),
            f"{side.replicates:,}",
        )
        for side in compared.sides
    )
    headings = map(Column, ("cases", noun, "95% interval", "replicates"))
    title = f"{noun.capitalize()} on the {compared.split} split"
    notes = (*compared.notes, *_side_notes(compared, exact=exact))
    ordered = sorted(notes, key=lambda note: not note.startswith(WARNING))
    return Table(title, (Column("arm", "left"), *headings), rows, tuple(ordered))


def side_interval(side: Side, *, exact: bool = False) -> Interval | None:
    """The interval of one side by itself.

    Raises:
        UsageError: an exact one is asked for, and cases are graded, repeated or in groups.
    """
    if not exact:
        groups = None if side.groups is None else side.groups.tolist()
        return case_interval(side.values.tolist(), groups, graded=side.graded)
    if reason := _not_exact(side):
        raise UsageError(
            f"an exact interval counts right answers among independent cases, and {side.name} "
            f"{reason}: leave out --exact"
        )
    return clopper_pearson(round(float(side.values.sum())), len(side))


def _not_exact(side: Side) -> str:
    if side.graded:
        return "is scored between 0 and 1"
    if side.replicates > 1:
        return f"has {side.replicates} replies to a case"
    return "has cases in groups" if side.groups is not None else ""


def _side_notes(compared: Compared, *, exact: bool) -> Iterator[str]:
    methods: dict[str, list[str]] = {}
    for side in compared.sides:
        methods.setdefault(_side_method(side, exact=exact), []).append(one_line(side.name))
    for text, names in methods.items():
        of = "" if len(methods) == 1 else f" of {listing(names)}"
        yield f"95% interval{of}: {text}."
    yield "Whether two of these intervals overlap says nothing of a difference; see the next table."
    sizes = _replicate_sizes(compared.sides)
    if sizes:
        yield f"The replicates of a case are averaged first ({sizes})."


def _replicate_sizes(sides: Sequence[Side]) -> str:
    several = [f"{one_line(s.name)}: {s.replicates}" for s in sides if s.replicates > 1]
    return ", ".join(several)


def _side_method(side: Side, *, exact: bool) -> str:
    if exact:
        return "exact (Clopper-Pearson), which covers at least 95% and is the widest of its kind"
    over = f"Wilson's score interval over {counted(len(side), 'case')}"
    if side.groups is not None:
        groups = counted(len(set(side.groups.tolist())), "group")
        return f"{over} in {groups}, widened by what cases of a group share"
    plain = side.replicates == 1 and not side.graded
    return over if plain else f"{over}, from the spread of their values"
