"""A comparison in, what became of its cases and how its slices differ out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.analysis.compared import Compared
from harness.analysis.comparison import Comparison, Slice
from harness.analysis.interval import MIN_CLUSTERS
from harness.reports.compare.words import (
    ADJUSTMENT_NAMES,
    against,
    p_text,
    points,
    points_span,
)
from harness.reports.detail import VALUES_PER_TAG
from harness.reports.table import Column, Row, Table
from harness.reports.wording import natural_key, one_line
from harness.text.wording import counted, mean
from harness.values.score import OUTCOMES, Outcome

_ZERO = "·"
_ROUNDING = 1e-9  # thirds and sixths add up to a hair off


def outcomes_table(compared: Compared, found: Comparison) -> Table:
    """Cases by the outcome of the reference (rows) and of the candidate (columns)."""
    after = {name for row in found.transitions.values() for name in row}
    columns = [outcome for outcome in OUTCOMES if outcome in after]
    rows = tuple(
        (
            _words(before),
            *(_count(found.transitions[before].get(outcome, 0.0)) for outcome in columns),
        )
        for before in OUTCOMES
        if before in found.transitions
    )
    notes = [f"Rows: {one_line(found.reference)}; columns: {one_line(found.candidate)}; in cases."]
    sides = (compared.side(found.reference), compared.side(found.candidate))
    if any(side.replicates > 1 for side in sides):
        notes.append("A case with several replicates is spread over the pairs of its outcomes.")
    headings = (Column(_words(outcome)) for outcome in columns)
    title = f"Outcomes: {against(found)}"
    return Table(title, (Column("", "left"), *headings), rows, tuple(notes))


def _words(outcome: Outcome) -> str:
    return outcome.replace("_", " ")


def _count(count: float) -> str:
    """Whole cases as such, parts of cases with one decimal."""
    if count == 0:
        return _ZERO
    whole = abs(count - round(count)) < _ROUNDING
    return f"{round(count):,}" if whole else f"{count:,.1f}"


def slices_table(compared: Compared, found: Comparison) -> Table | None:
    """The difference on the cases of each tag value; None without tags."""
    if not found.slices:
        return None
    chosen = _largest(found.slices)
    headings = (
        "cases",
        "difference",
        "95% interval",
        "p",
        "adjusted p",
        one_line(found.reference),
        one_line(found.candidate),
    )
    rows = tuple(_slice_row(part, graded=found.graded) for part in chosen)
    return Table(
        f"Slices: {against(found)}",
        (Column("slice", "left"), *map(Column, headings)),
        rows,
        tuple(_slice_notes(compared, found, chosen)),
    )


def _slice_notes(compared: Compared, found: Comparison, chosen: Sequence[Slice]) -> list[str]:
    name = ADJUSTMENT_NAMES[compared.adjustment]
    notes = [
        f"Slices are for exploring; adjusted p: {name} over {counted(len(found.slices), 'slice')}."
    ]
    if any(part.difference.few_clusters for part in chosen):
        notes.append(f"Slices in fewer than {MIN_CLUSTERS} clusters decide nothing.")
    if len(chosen) < len(found.slices):
        hidden = counted(len(found.slices) - len(chosen), "smaller slice")
        notes.append(f"Not shown: {hidden}; {VALUES_PER_TAG} values of a tag at most.")
    return notes


def _largest(slices: Sequence[Slice]) -> list[Slice]:
    """At most VALUES_PER_TAG values of each tag, those with the most cases, in natural order."""

    def order(part: Slice) -> tuple[Any, Any]:
        return natural_key(part.tag), natural_key(part.value)

    by_tag: dict[str, list[Slice]] = {}
    for part in sorted(slices, key=lambda part: (-part.difference.cases, order(part))):
        by_tag.setdefault(part.tag, []).append(part)
    return sorted((part for parts in by_tag.values() for part in parts[:VALUES_PER_TAG]), key=order)


def _slice_row(part: Slice, *, graded: bool) -> Row:
    difference = part.difference
    return (
        f"{one_line(part.tag)} = {one_line(part.value)}",
        f"{difference.cases:,}",
        points(difference.estimate, graded=graded),
        points_span(difference.interval, graded=graded),
        p_text(difference.p),
        p_text(part.p_adjusted),
        mean(part.reference, graded=graded),
        mean(part.candidate, graded=graded),
    )
