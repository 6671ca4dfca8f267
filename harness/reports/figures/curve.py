"""A learning curve and its fit in, its picture within a page out. Pure."""

from __future__ import annotations

import msgspec

from harness.analysis.curve import CurveFit
from harness.reports import svg
from harness.reports.curve import curve_tables, heading
from harness.reports.curve_findings import doubts, findings
from harness.reports.curve_legend import LINE, Frame, legend_lines
from harness.reports.curve_svg import curve_description, curve_drawing
from harness.reports.figures.axes import BELOW
from harness.reports.figures.figure import Figure
from harness.reports.figures.layout import EDGE, TEXT, WIDTH
from harness.values.curve import Curve

_PLOT = 280
_HEADING = 48  # from the last line of the legend to the plot
_FRAME = Frame(left=62, right=WIDTH - 14, top=0, bottom=0, text=TEXT, edge=EDGE, legend=20)


def curve_figure(curve: Curve, fit: CurveFit, *, key: str = "curve") -> Figure | None:
    """The picture of `curve_svg` with the letters of a page. None without points.

    What makes its findings doubtful is said before them: nobody has to open the table for it.
    """
    if not fit.sizes:
        return None
    top = _FRAME.legend + LINE * (legend_lines(fit, _FRAME) - 1) + _HEADING
    frame = msgspec.structs.replace(_FRAME, top=top, bottom=top + _PLOT)
    title, said = heading(curve), curve_description(curve, fit)
    size = (WIDTH, frame.bottom + BELOW + 6)
    return Figure(
        id=key,
        title=title,
        svg=svg.element(key, size, title, said, curve_drawing(curve, fit, frame)),
        table=curve_tables(curve, fit)[0],
        caption=" ".join([*doubts(curve, fit), *findings(curve, fit)]),
    )
