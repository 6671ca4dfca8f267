"""A comparison in, its paired differences out, as forest plots: by arm, and by slice. Pure."""

from __future__ import annotations

from harness.analysis.compared import Compared
from harness.analysis.comparison import Comparison, Slice
from harness.reports import svg
from harness.reports.compare.differences import differences_table
from harness.reports.compare.slices import slices_table
from harness.reports.compare.words import against, points, points_span
from harness.reports.figures.figure import Figure
from harness.reports.figures.forest import Branch, Forest, forest_body
from harness.reports.figures.looks import Look, looks
from harness.reports.wording import natural_key, one_line
from harness.text.wording import counted

MOST_SLICES = 60


def differences_figure(
    compared: Compared, *, margin: float | None = None, key: str = "differences"
) -> Figure | None:
    """A row per comparison: difference, its interval, and thinner the simultaneous one.

    `margin` m is that of a gate, whose bar stands at -m. None without comparisons.
    """
    if not compared.comparisons:
        return None
    styles = looks([side.name for side in compared.sides])
    alone = len(compared.comparisons) == 1
    forest = Forest(
        branches=tuple(
            _branch(compared, one, styles[one.candidate], alone=alone)
            for one in compared.comparisons
        ),
        graded=compared.graded,
        left="second arm" if compared.all_pairs else compared.reference,
        right="first arm" if compared.all_pairs else "arm",
        unit=_unit(compared),
        margin=margin,
    )
    body, size = forest_body(forest)
    reference = one_line(compared.reference)
    title = "Differences of all pairs" if compared.all_pairs else f"Differences to {reference}"
    caption = "Thick: 95% interval of the paired difference."
    if not alone:
        caption += f" Thin: intervals that hold for all {len(forest.branches)} rows at once."
    if margin is not None:
        caption += " Dashed: the margin below which the gate lets nobody fall."
    return Figure(
        id=key,
        title=title,
        svg=svg.element(key, size, title, _said(compared), body),
        table=differences_table(compared),
        caption=caption,
    )


def _branch(compared: Compared, found: Comparison, look: Look, *, alone: bool) -> Branch:
    about = f"vs {one_line(found.reference)}" if compared.all_pairs else ""
    if found.same_replies:
        words = "the very same replies"
        return Branch(label=found.candidate, about=about, look=look, estimate=None, words=words)
    return Branch(
        label=found.candidate,
        about=about,
        look=look,
        estimate=found.difference.estimate,
        interval=found.difference.interval,
        wider=None if alone else found.simultaneous,
    )


def _unit(compared: Compared) -> str:
    return "difference in score" if compared.graded else "difference in percentage points"


def _said(compared: Compared) -> str:
    return " ".join(_sentence(found) for found in compared.comparisons)


def _sentence(found: Comparison) -> str:
    """Such as: tuned beats few_shot by 11.3 points [+6.9, +15.8]."""
    first, second = one_line(found.candidate), one_line(found.reference)
    if found.same_replies:
        return f"{first} and {second} are the very same replies."
    estimate, ends = found.difference.estimate, found.difference.interval
    unit = "" if found.graded else " points"
    size = f"{points(abs(estimate), graded=found.graded).removeprefix('+')}{unit}"
    if ends is None:
        return f"{first} and {second} differ by {size}; no interval can be given."
    shown = points_span(ends, graded=found.graded)
    if ends.low > 0:
        return f"{first} beats {second} by {size} {shown}."
    if ends.high < 0:
        return f"{first} is worse than {second} by {size} {shown}."
    return f"No difference is shown between {first} and {second}: {size} {shown}."


def slice_differences_figure(
    compared: Compared, found: Comparison, *, key: str = "slice-differences"
) -> Figure | None:
    """A row per tag value of one comparison; None where there are no tags.

    Of more than MOST_SLICES those with the most cases are shown.
    """
    table = slices_table(compared, found)
    if table is None or found.same_replies:
        return None
    largest = sorted(found.slices, key=lambda part: -part.difference.cases)[:MOST_SLICES]
    parts = sorted(largest, key=lambda part: (natural_key(part.tag), natural_key(part.value)))
    look = looks([side.name for side in compared.sides])[found.candidate]
    forest = Forest(
        branches=tuple(
            _slice(part, look, new=before is None or before.tag != part.tag)
            for before, part in zip((None, *parts), parts, strict=False)
        ),
        graded=found.graded,
        left=found.reference,
        right=found.candidate,
        unit=_unit(compared),
    )
    body, size = forest_body(forest)
    title = f"Differences by slice: {against(found)}"
    caption = "Line: 95% interval of the paired difference within the slice, not adjusted."
    if len(parts) < len(found.slices):
        caption += f" Not shown: {counted(len(found.slices) - len(parts), 'smaller slice')}."
    return Figure(
        id=key,
        title=title,
        svg=svg.element(key, size, title, _slices_said(found, parts), body),
        table=table,
        caption=caption,
    )


def _slice(part: Slice, look: Look, *, new: bool) -> Branch:
    return Branch(
        heading=part.tag if new else "",
        label=part.value,
        about=f"n = {part.difference.cases:,}",
        look=look,
        estimate=part.difference.estimate,
        interval=part.difference.interval,
    )


def _slices_said(found: Comparison, parts: list[Slice]) -> str:
    ends = [part.difference.interval for part in parts]
    up = sum(one is not None and one.low > 0 for one in ends)
    down = sum(one is not None and one.high < 0 for one in ends)
    better, worse = one_line(found.candidate), one_line(found.reference)
    return (
        f"Of {counted(len(parts), 'slice')}, the interval lies above zero, for {better}, in {up}, "
        f"and below zero, for {worse}, in {down}; in the others it holds zero or cannot be given."
    )
