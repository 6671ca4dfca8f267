"""A comparison in, what other methods say of the same differences out; they never decide. Pure."""

from __future__ import annotations

from harness.analysis.bootstrap import MOST_UNITS, bca_interval
from harness.analysis.compared import Compared
from harness.analysis.comparison import Comparison
from harness.analysis.difference import joint_groups
from harness.analysis.resample import Range
from harness.errors import UsageError
from harness.reports.compare.words import lead, lead_column, p_text, points_span
from harness.reports.table import Column, Row, Table
from harness.text.wording import NOTHING

DRAWS = 10_000


def methods_table(
    compared: Compared, *, bootstrap: bool = False, any_size: bool = False
) -> Table | None:
    """Exact and mid-p McNemar, Newcombe, and a bootstrap on request, beside what decides.

    None where there is nothing to set beside it.

    Raises:
        UsageError: a bootstrap of more than MOST_UNITS units, without `any_size`.
    """
    boots = bootstraps(compared, any_size=any_size) if bootstrap else ()
    sensitive = any(found.difference.sensitivity for found in compared.comparisons)
    if not sensitive and not boots:
        return None
    headings = ["95% interval", "p"]
    headings += ["exact p", "mid-p", "Newcombe"] if sensitive else []
    headings += ["BCa bootstrap"] if boots else []
    rows = tuple(
        (
            *_decisive(compared, found),
            *(_sensitivity(found) if sensitive else ()),
            *([points_span(boots[number], graded=found.graded)] if boots else []),
        )
        for number, found in enumerate(compared.comparisons)
    )
    notes = ["Other methods explain and never decide; the first interval and p are the decisive."]
    if sensitive:
        notes.append(
            "Exact and mid-p: McNemar's test by the binomial distribution; Newcombe: the "
            "square-and-add interval."
        )
    if boots:
        notes.append(
            f"BCa: bias-corrected and accelerated, {DRAWS:,} draws of whole clusters, seed 1; "
            f"{NOTHING} where all of them have the same mean. It may be narrower where clusters "
            "vary less than single cases would; the decisive interval then takes the larger "
            "variance."
        )
    columns = (lead_column(compared), *map(Column, headings))
    return Table("The same by other methods", columns, rows, tuple(notes))


def bootstraps(compared: Compared, *, any_size: bool = False) -> tuple[Range | None, ...]:
    """The BCa interval of every comparison.

    Raises:
        UsageError: more than MOST_UNITS units, without `any_size`.
    """
    for found in compared.comparisons:
        units = found.difference.clusters
        if units > MOST_UNITS and not any_size:
            raise UsageError(
                f"no analysis above {MOST_UNITS:,} units bootstraps by default, and there are "
                f"{units:,}: the interval by t agrees with it there. To have it all the same, add "
                "--bootstrap-any-size"
            )
    return tuple(_bootstrap(compared, found) for found in compared.comparisons)


def _bootstrap(compared: Compared, found: Comparison) -> Range | None:
    reference, candidate = compared.side(found.reference), compared.side(found.candidate)
    groups = joint_groups(reference, candidate)
    return bca_interval(candidate.values - reference.values, groups, draws=DRAWS)


def _decisive(compared: Compared, found: Comparison) -> Row:
    difference = found.difference
    return (
        lead(compared, found),
        points_span(difference.interval, graded=found.graded),
        p_text(difference.p),
    )


def _sensitivity(found: Comparison) -> Row:
    other = found.difference.sensitivity
    if other is None:
        return (NOTHING, NOTHING, NOTHING)
    return (
        p_text(other.exact_p),
        p_text(other.mid_p),
        points_span(other.newcombe, graded=found.graded),
    )
