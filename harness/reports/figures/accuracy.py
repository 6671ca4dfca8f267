"""A comparison in, what each arm reached with its interval out, as a picture. Pure."""

from __future__ import annotations

from harness.analysis.compared import Compared
from harness.analysis.interval import Interval
from harness.analysis.side import Side
from harness.reports import svg
from harness.reports.compare.page import side_interval, sides_table
from harness.reports.figures.axes import BELOW, share_axis
from harness.reports.figures.figure import Figure
from harness.reports.figures.layout import EDGE, WIDTH, columns
from harness.reports.figures.looks import looks
from harness.reports.figures.whiskers import lying
from harness.reports.wording import interval, one_line
from harness.text.wording import counted, listing, mean

_ROW = 44
_CAPTION = (
    "A mark is the mean over all cases, its line the 95% interval of this arm alone. Whether two "
    "of them overlap says nothing of a difference: differences have a picture of their own."
)


def accuracy_figure(compared: Compared, *, key: str = "accuracy") -> Figure | None:
    """A row per side: its name, its mean with the 95% interval, and both in numbers.

    An interval that cannot be given, as of one case, is left out. None without sides or cases.
    """
    sides = [side for side in compared.sides if len(side)]
    if not sides:
        return None
    found = {side.name: side_interval(side) for side in sides}
    values = [mean(side.mean, graded=side.graded) for side in sides]
    ends = [_ends(found[side.name], graded=side.graded) for side in sides]
    place = columns((side.name for side in sides), (*values, *ends))
    drawn = [side.mean for side in sides]
    drawn += [end for one in found.values() if one for end in (one.low, one.high)]
    axis = share_axis(drawn, place.left, place.right, graded=compared.graded)
    bottom = EDGE + _ROW * len(sides)
    noun = "score" if compared.graded else "accuracy"
    where = f"{counted(len(sides[0]), 'case')}, {compared.split} split"
    body = [*axis.below(EDGE, bottom, f"{noun} ({where})")]
    styles = looks([side.name for side in sides])
    for row, side in enumerate(sides):
        y = EDGE + _ROW * (row + 0.5)
        body.append(place.label(y + 5, side.name))
        body.append(place.number(y + (-3 if ends[row] else 5), values[row], "strong"))
        body.append(place.number(y + 14, ends[row], "small quiet"))
        body.append(lying(axis.scale, y, side.mean, found[side.name], styles[side.name]))
    title = f"{noun.capitalize()} of each arm"
    said = _said(sides, [f"{value} {end}" for value, end in zip(values, ends, strict=True)], noun)
    return Figure(
        id=key,
        title=title,
        svg=svg.element(key, (WIDTH, bottom + BELOW), title, said, body),
        table=sides_table(compared),
        caption=_CAPTION,
    )


def _ends(found: Interval | None, *, graded: bool) -> str:
    return "" if found is None else f"[{interval(found, graded=graded)}]"


def _said(sides: list[Side], numbers: list[str], noun: str) -> str:
    """The finding, then every number."""
    best = max(side.mean for side in sides)
    first = listing(one_line(side.name) for side in sides if side.mean == best)
    lead = f"The highest {noun} is {mean(best, graded=sides[0].graded)}, of {first}."
    each = "; ".join(
        f"{one_line(side.name)} {text.strip()}" for side, text in zip(sides, numbers, strict=True)
    )
    return f"{lead} All arms, with 95% intervals: {each}."
