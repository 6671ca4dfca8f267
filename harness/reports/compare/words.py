"""Differences in, the texts of their cells and what to call each comparison out. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from harness.analysis.compared import Compared
from harness.analysis.comparison import Comparison
from harness.analysis.resample import Range
from harness.reports.table import Column
from harness.reports.wording import one_line
from harness.text.wording import NOTHING, change, change_span, listing, p_value

SIGNIFICANT = 0.05
MARK = "*"
ADJUSTMENT_NAMES = {"holm": "Holm", "bh": "Benjamini & Hochberg", "bonferroni": "Bonferroni"}


def points(value: float | None, *, graded: bool) -> str:
    """A difference with its sign, without its unit, which the heading or a note says."""
    return NOTHING if value is None else change(value, graded=graded).removesuffix(" points")


def points_span(value: Range | None, *, graded: bool) -> str:
    """The ends of an interval of a difference, or a dash."""
    return NOTHING if value is None else change_span(value.low, value.high, graded=graded)


def p_text(p: float | None) -> str:
    """A p value as a cell: '0.033', '<0.001', or a dash."""
    return (
        NOTHING if p is None else p_value(p).removeprefix("p ").replace("= ", "").replace(" ", "")
    )


def lead_column(compared: Compared) -> Column:
    """The heading of the column that names a comparison."""
    return Column("arm vs reference" if compared.all_pairs else "arm", "left")


def lead(compared: Compared, found: Comparison) -> str:
    """What a row calls a comparison: by its candidate, or by both where the reference varies."""
    name = one_line(found.candidate)
    return f"{name} vs {one_line(found.reference)}" if compared.all_pairs else name


def against(found: Comparison) -> str:
    """A comparison in a title."""
    return f"{one_line(found.candidate)} against {one_line(found.reference)}"


def leads(compared: Compared, found: Iterable[Comparison]) -> str:
    """Some comparisons in a sentence; all of them as such."""
    chosen = list(found)
    if len(chosen) == len(compared.comparisons) > 1:
        return "all comparisons"
    return listing(lead(compared, one) for one in chosen)


def grouped_by(items: Iterable[tuple[Any, Comparison]]) -> dict[Any, list[Comparison]]:
    """(key, comparison) pairs as key -> its comparisons, both in order of appearance."""
    found: dict[Any, list[Comparison]] = {}
    for key, comparison in items:
        found.setdefault(key, []).append(comparison)
    return found
