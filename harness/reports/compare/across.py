"""One family of comparisons over suites in, its tables out. Pure."""

from __future__ import annotations

from harness.analysis.across import Across
from harness.analysis.resample import Range
from harness.reports.table import Column, Row, Table
from harness.text.wording import NOTHING, change, change_span, counted, mean

_ADJUSTMENTS = (
    ("raw", "raw"),
    ("benjamini_hochberg", "Benjamini-Hochberg"),
    ("holm", "Holm"),
    ("bonferroni", "Bonferroni"),
)


def across_heading(found: Across) -> str:
    """Who is compared with whom, on how many suites."""
    first = found.comparisons[0]
    suites = counted(len(found.suites), "suite")
    return f"{first.candidate} against {first.reference} on {suites}"


def across_tables(found: Across) -> tuple[Table, Table]:
    """The suites one by one, then their mean."""
    return across_table(found), means_table(found)


def across_table(found: Across) -> Table:
    """One row per suite: both means, the difference, and p raw and adjusted for the family."""
    first = found.comparisons[0]
    heads = (
        Column("suite", "left"),
        Column("cases"),
        Column(first.reference),
        Column(first.candidate),
        Column("difference"),
        Column("95% interval"),
        Column("p"),
        *(Column(f"p {name}") for _, name in _ADJUSTMENTS[1:]),
    )
    rows = tuple(_row(found, place) for place in range(len(found.suites)))
    return Table("The same comparison on every suite", heads, rows, tuple(_notes(found)))


def _row(found: Across, place: int) -> Row:
    comparison, adjusted = found.comparisons[place], found.adjusted[place]
    graded, difference = comparison.graded, comparison.difference
    return (
        found.suites[place],
        f"{difference.cases:,}",
        mean(comparison.reference_mean, graded=graded),
        mean(comparison.candidate_mean, graded=graded),
        change(difference.estimate, graded=graded),
        _span(difference.interval, graded=graded),
        *(_p(getattr(adjusted, name)) for name, _ in _ADJUSTMENTS),
    )


def _notes(found: Across) -> list[str]:
    count = counted(len(found.suites), "suite")
    rejections = ", ".join(f"{label} {len(found.rejected(name)):,}" for name, label in _ADJUSTMENTS)
    methods = sorted({str(one.difference.method) for one in found.comparisons})
    bounds = (
        "Holm and Bonferroni bound the chance of a single false difference in the family, "
        "Benjamini-Hochberg the share of false ones among those found."
    )
    return [
        f"Differences at 5%, of {count}: {rejections}.",
        bounds,
        f"Method of each difference: {', '.join(methods)} (docs/compare.md).",
    ]


def means_table(found: Across) -> Table:
    """The mean difference over suites and over cases, each with two intervals."""
    graded = found.comparisons[0].graded
    means = found.means
    rows = (
        _mean_row("macro: suites weigh the same", means.macro, means.macro_fixed, graded=graded),
        _mean_row("macro", means.macro, means.macro_sampled, graded=graded, sampled=True),
        _mean_row("micro: cases weigh the same", means.micro, means.micro_fixed, graded=graded),
        _mean_row("micro", means.micro, means.micro_sampled, graded=graded, sampled=True),
    )
    heads = (
        Column("mean", "left"),
        Column("speaks of", "left"),
        Column("difference"),
        Column("95% interval"),
    )
    note = (
        "Of these suites: only their cases could have been others. Of suites like these: the "
        "suites themselves are the sample, errors clustered by suite."
    )
    return Table("Mean difference", heads, rows, (note,))


def _mean_row(
    name: str, value: float, ends: Range | None, *, graded: bool, sampled: bool = False
) -> Row:
    about = "suites like these" if sampled else "these suites"
    return (name, about, change(value, graded=graded), _span(ends, graded=graded))


def _span(ends: Range | None, *, graded: bool) -> str:
    return NOTHING if ends is None else change_span(ends.low, ends.high, graded=graded)


def _p(value: float | None) -> str:
    if value is None:
        return NOTHING
    return "<0.001" if value < 0.001 else f"{value:.3f}"  # noqa: PLR2004 - three decimals
