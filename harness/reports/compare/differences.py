"""A comparison in, its differences and what stands behind them out: list and matrix. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from harness.analysis.compared import Compared
from harness.analysis.comparison import Comparison
from harness.analysis.families import simultaneous_confidence
from harness.analysis.interval import MIN_CLUSTERS
from harness.reports.compare.words import (
    ADJUSTMENT_NAMES,
    MARK,
    SIGNIFICANT,
    grouped_by,
    lead,
    lead_column,
    leads,
    p_text,
    points,
    points_span,
)
from harness.reports.notes import WARNING
from harness.reports.table import Column, Row, Table
from harness.reports.wording import one_line
from harness.text.wording import NOTHING, counted

_SELF = "·"
_HEADINGS = (
    "difference",
    "95% interval",
    "p",
    "adjusted p",
    "gained",
    "lost",
    "simultaneous interval",
    "minimum detectable",
)


def differences_table(compared: Compared) -> Table:
    """One row per comparison: how large, how sure, and in how many cases."""
    title = "All pairs" if compared.all_pairs else f"Differences to {one_line(compared.reference)}"
    rows = tuple(_row(compared, found) for found in compared.comparisons)
    columns = (lead_column(compared), *map(Column, _HEADINGS))
    return Table(title, columns, rows, tuple(_notes(compared)))


def _row(compared: Compared, found: Comparison) -> Row:
    name, difference, graded = lead(compared, found), found.difference, found.graded
    if found.same_replies:
        return (name, "same replies", *[NOTHING] * (len(_HEADINGS) - 1))
    return (
        name,
        points(difference.estimate, graded=graded),
        points_span(difference.interval, graded=graded),
        p_text(difference.p),
        p_text(found.p_adjusted),
        f"{len(found.gained):,}",
        f"{len(found.lost):,}",
        points_span(found.simultaneous, graded=graded),
        _detectable(found),
    )


def _detectable(found: Comparison) -> str:
    return points(found.detectable, graded=found.graded).removeprefix("+")


def matrix_table(compared: Compared) -> Table:
    """Row minus column for each pair of sides; a mark, and no colour, for what stands out."""
    names = [side.name for side in compared.sides]
    cells: dict[tuple[str, str], str] = {}
    for found in compared.comparisons:
        for row, column, sign in (
            (found.candidate, found.reference, 1),
            (found.reference, found.candidate, -1),
        ):
            cells[row, column] = _cell(found, sign)
    rows = tuple(
        (one_line(row), *(cells.get((row, column), _SELF) for column in names)) for row in names
    )
    columns = (Column("", "left"), *(Column(one_line(name)) for name in names))
    notes = (f"Row minus column{_unit(compared)}. {MARK} marks an adjusted p below {SIGNIFICANT}.",)
    return Table("Each against each", columns, rows, notes)


def _cell(found: Comparison, sign: int) -> str:
    if found.same_replies:
        return "same"
    p = found.p_adjusted
    mark = f"{MARK}" if p is not None and p < SIGNIFICANT else " "
    return f"{points(sign * found.difference.estimate, graded=found.graded)} {mark}".rstrip()


def _unit(compared: Compared) -> str:
    return "" if compared.graded else ", in percentage points"


def _notes(compared: Compared) -> Iterator[str]:
    yield from _warnings(compared)
    yield from _same(compared)
    noun = "mean score" if compared.graded else "accuracy"
    minus = "arm minus reference" if compared.all_pairs else f"minus {one_line(compared.reference)}"
    yield (
        f"Difference: {noun}, {minus}{_unit(compared)}; gained and lost count cases that rose and "
        "fell."
    )
    yield from method_notes(compared)
    yield from _family(compared)
    yield from _detectable_notes(compared)


def _warnings(compared: Compared) -> Iterator[str]:
    few = [c for c in compared.comparisons if c.difference.interval and c.difference.few_clusters]
    for count, chosen in grouped_by((c.difference.clusters, c) for c in few).items():
        unit = "group" if chosen[0].difference.grouped else "case"
        yield (
            f"{WARNING}{leads(compared, chosen)}: {counted(count, unit)} are few: fewer than "
            f"{MIN_CLUSTERS} clusters decide nothing."
        )
    none = [c for c in compared.comparisons if c.difference.interval is None]
    if none:
        yield (
            f"{WARNING}{leads(compared, none)}: no interval and no p, which need two cases, and "
            "where cases come in groups two groups."
        )


def _same(compared: Compared) -> Iterator[str]:
    for found in compared.comparisons:
        if found.same_replies:
            yield (
                f"{one_line(found.candidate)} and {one_line(found.reference)} are the very same "
                "replies: nothing to compare."
            )


def method_notes(compared: Compared) -> Iterator[str]:
    """How interval and p were made, in words; comparisons by one method share a sentence."""
    decided = [c for c in compared.comparisons if c.difference.method and not c.same_replies]
    methods = grouped_by((_method(found), found) for found in decided)
    for text, chosen in methods.items():
        of = "" if len(methods) == 1 else f" of {leads(compared, chosen)}"
        yield f"Interval and p{of}: {text}{_effects(chosen)}."


def _method(found: Comparison) -> str:
    difference = found.difference
    cases = counted(difference.cases, "case")
    where = f"{cases} in {counted(difference.clusters, 'group')}" if difference.grouped else cases
    degrees = f"t({difference.clusters - 1:,})"
    if difference.method == "score":
        return (
            f"Tango's score interval over {where}, and the test it inverts, which is McNemar's "
            "without correction"
        )
    if difference.method == "effective":
        error = (
            "cluster-robust errors, CR1" if difference.grouped else "the error of a paired t test"
        )
        return (
            f"Tango's score interval and test at the effective size of {where}, from {error}, with "
            f"{degrees}"
        )
    if difference.grouped:
        return (
            f"mean of the cases' differences with cluster-robust errors (CR1), {where}, {degrees}"
        )
    return f"mean of the cases' differences with its error (paired t test), {where}, {degrees}"


def _effects(chosen: list[Comparison]) -> str:
    effects = sorted(found.difference.design_effect for found in chosen)
    if not chosen[0].difference.grouped:
        return ""
    low, high = f"{effects[0]:.1f}", f"{effects[-1]:.1f}"
    return f"; design effect {low}" if low == high else f"; design effects {low} to {high}"


def _family(compared: Compared) -> Iterator[str]:
    size = len(compared.comparisons)
    if size == 1:
        yield "One comparison: adjusted p and simultaneous interval are p and interval themselves."
        return
    yield (
        f"p is two-sided; adjusted p: {ADJUSTMENT_NAMES[compared.adjustment]} over the family of "
        f"{size} comparisons."
    )
    each = simultaneous_confidence(size)
    yield (
        f"Simultaneous interval: all {size} hold together with 95% (each has {each:.2%}, "
        "Bonferroni)."
    )


def _detectable_notes(compared: Compared) -> Iterator[str]:
    decided = [c for c in compared.comparisons if c.difference.method and not c.same_replies]
    if any(found.detectable is not None for found in decided):
        graded = {found.difference.graded for found in decided}
        basis = []
        if False in graded:
            basis.append("the upper limit of the discordance that was seen")
        if True in graded:
            basis.append("the standard error of the difference")
        yield (
            "Minimum detectable: the smallest true difference that as many cases find with 80% "
            f"power, from {' or '.join(basis)}; one test, not adjusted."
        )
    out_of_reach = [found for found in decided if found.detectable is None]
    if out_of_reach:
        yield (
            f"Minimum detectable of {leads(compared, out_of_reach)}: none. So few cases differ "
            "that they would be no finding even if all of them moved the same way."
        )
