"""A learning curve and its fit in, its picture as SVG out. Pure.

Rows on a log axis, accuracy or score upwards. Each size is a dot with its interval, its seeds are
small dots; the line has its band and is dashed beyond the largest size; the best prompted arm is
a level with its name. The same picture is drawn as a file and, with larger letters, in a page.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from harness.analysis.curve import CurveFit, ReferenceSummary, SizeSummary
from harness.analysis.line import DOUBLINGS_BEYOND, NEVER, BandPoint, Line
from harness.reports import svg
from harness.reports.curve import heading
from harness.reports.curve_findings import about, findings, gain_summary
from harness.reports.curve_legend import Frame, curve_legend
from harness.reports.svg import Anchor, Place, Scale
from harness.reports.wording import one_line
from harness.text.wording import counted, mean
from harness.values.curve import Curve

WIDTH, HEIGHT = 720, 466
_BETWEEN_TICKS = 12
_BETWEEN_SEEDS = 6
_LONGEST_NAME = 40
_LEAST_HEIGHT = 0.1


FILE = Frame(left=58, right=700, top=130, bottom=410, text=13, edge=20, legend=78)
"""The picture as a file, with two lines of heading above the legend."""


class _Plot(msgspec.Struct, frozen=True):
    """Where a number of rows and a mean stand."""

    frame: Frame
    curve: Curve
    fit: CurveFit
    x: Scale
    y: Scale
    y_ticks: tuple[float, ...]

    def at(self, rows: float, value: float) -> Place:
        return self.x(rows), self.y(value)


def curve_svg(curve: Curve, fit: CurveFit) -> str:
    """The picture as a file of its own, 720 x 466 and scaled by its view box.

    A curve without points is an empty frame that says so.
    """
    said = " ".join(findings(curve, fit))
    if not fit.sizes:
        body = [svg.text((24, 34), heading(curve), "title"), svg.text((24, 60), said, "quiet")]
        return svg.document(WIDTH, HEIGHT, heading(curve), said, body)
    plot = _plot(curve, fit, FILE)
    body = [*_headings(plot), *_drawing(plot)]
    return svg.document(WIDTH, HEIGHT, heading(curve), curve_description(curve, fit), body)


def curve_drawing(curve: Curve, fit: CurveFit, frame: Frame) -> list[str]:
    """Legend, axes and data of a curve with points, without headings."""
    return list(_drawing(_plot(curve, fit, frame)))


def _drawing(plot: _Plot) -> Iterator[str]:
    fit = plot.fit
    yield from curve_legend(fit, plot.frame)
    yield from _axes(plot)
    if fit.line is not None:
        yield from _line(plot, fit.line)
    if fit.reference is not None:
        yield from _level(plot, fit.reference)
    for size in fit.sizes:
        yield from _size(plot, size)
    if fit.line is not None:
        yield from _meeting(plot, fit.line)


def curve_description(curve: Curve, fit: CurveFit) -> str:
    """The findings and every mean, for those who do not see the picture."""
    means = (f"{size.rows:,} rows {mean(size.mean, graded=curve.graded)}" for size in fit.sizes)
    noun = "Score" if curve.graded else "Accuracy"
    return f"{' '.join(findings(curve, fit))} {noun} by size: {', '.join(means)}."


def _plot(curve: Curve, fit: CurveFit, frame: Frame) -> _Plot:
    smallest, largest = fit.sizes[0].rows, fit.sizes[-1].rows
    end = fit.line.limit if fit.line else largest
    if end == smallest:
        end = smallest << DOUBLINGS_BEYOND
    low, high = _heights(fit)
    y_ticks = svg.ticks(low, high)
    # A little room beside the first and the last size, for their intervals and labels.
    room = (end / smallest) ** 0.04
    return _Plot(
        frame,
        curve,
        fit,
        Scale(smallest / room, end * room, frame.left, frame.right, log=True),
        Scale(y_ticks[0], y_ticks[-1], frame.bottom, frame.top),
        tuple(y_ticks),
    )


def _heights(fit: CurveFit) -> tuple[float, float]:
    """The lowest and the highest value that is drawn, and at least ten points between them."""
    values = [value for size in fit.sizes for value in (size.mean, *size.seed_means)]
    values += [end for s in fit.sizes if s.interval for end in (s.interval.low, s.interval.high)]
    if fit.reference is not None:
        values.append(fit.reference.mean)
    if fit.line is not None:
        values += [end for point in fit.line.band for end in (point.low, point.high)]
    low, high = min(values), max(values)
    missing = max(0.0, _LEAST_HEIGHT - (high - low)) / 2
    low, high = low - missing, high + missing
    return (0.0, high - low) if low < 0 else (low - max(0.0, high - 1), min(1.0, high))


def _headings(plot: _Plot) -> Iterator[str]:
    curve, fit = plot.curve, plot.fit
    yield svg.text((20, 30), heading(curve), "title", limit=80)
    yield svg.text((20, 52), gain_summary(curve, fit), "quiet")


def _axes(plot: _Plot) -> Iterator[str]:
    frame = plot.frame
    for tick in plot.y_ticks:
        y = plot.y(tick)
        yield svg.line((frame.left, y), (frame.right, y), "grid")
        yield svg.text((frame.left - 8, y + 4), _tick(plot, tick), "quiet", "end")
    yield svg.line((frame.left, frame.bottom), (frame.right, frame.bottom), "frame")
    taken = float("-inf")
    for rows in _x_ticks(plot):
        label, x = f"{rows:,}", plot.x(rows)
        yield svg.line((x, frame.bottom), (x, frame.bottom + 5), "frame")
        half = svg.text_width(label, frame.text) / 2
        if x - half > taken:
            yield svg.text((x, frame.bottom + 20), label, "quiet", "middle")
            taken = x + half + _BETWEEN_TICKS
    noun = "score" if plot.curve.graded else "accuracy"
    where = f"{noun} on {counted(plot.curve.cases, 'case')} of the {plot.curve.split} split"
    yield svg.text((frame.edge, frame.top - 16), where, "quiet")
    middle = ((frame.left + frame.right) / 2, frame.bottom + 42)
    yield svg.text(middle, "training rows (each doubling is one step)", "quiet", "middle")


def _tick(plot: _Plot, value: float) -> str:
    if plot.curve.graded:
        return f"{value:.2f}"
    percent = round(value * 100, 6)
    return f"{percent:g}%"


def _x_ticks(plot: _Plot) -> list[int]:
    """Every size, and the doublings beyond the largest."""
    sizes = [size.rows for size in plot.fit.sizes]
    beyond = range(1, DOUBLINGS_BEYOND + 1) if plot.fit.line else ()
    return [*sizes, *(sizes[-1] << doubling for doubling in beyond)]


def _line(plot: _Plot, line: Line) -> Iterator[str]:
    largest = plot.fit.sizes[-1].rows
    upper = [plot.at(point.rows, point.high) for point in line.band]
    lower = [plot.at(point.rows, point.low) for point in reversed(line.band)]
    yield svg.polygon([*upper, *lower], "band")
    yield svg.polyline(_middle(plot, [p for p in line.band if p.rows <= largest]), "main")
    yield svg.polyline(_middle(plot, [p for p in line.band if p.rows >= largest]), "main dashed")


def _middle(plot: _Plot, points: list[BandPoint]) -> list[Place]:
    return [plot.at(point.rows, point.mid) for point in points]


def _level(plot: _Plot, reference: ReferenceSummary) -> Iterator[str]:
    y = plot.y(reference.mean)
    yield svg.line((plot.frame.left, y), (plot.frame.right, y), "other")
    name = one_line(reference.arm, _LONGEST_NAME)
    label = f"{name} {mean(reference.mean, graded=plot.curve.graded)}"
    at, anchor = _roomiest(plot, y, svg.text_width(label, plot.frame.text))
    yield svg.text(at, label, "other-fill halo", anchor)


def _roomiest(plot: _Plot, y: float, width: float) -> tuple[Place, Anchor]:
    """The corner of a level where its label hides the fewest data, and the text's anchor."""
    frame = plot.frame
    ends: tuple[tuple[float, Anchor], ...] = ((frame.left + 6, "start"), (frame.right - 4, "end"))
    shifts = [shift for shift in (-7, 17) if frame.top < y + shift < frame.bottom - 4]
    corners = [((x, y + shift), anchor) for shift in shifts for x, anchor in ends]
    drawn = list(_drawn(plot))

    def hidden(corner: tuple[Place, Anchor]) -> int:
        (x, bottom), anchor = corner
        start = x if anchor == "start" else x - width
        return sum(
            start - 6 < at < start + width + 6 and bottom - frame.text < height < bottom + 4
            for at, height in drawn
        )

    return min(corners, key=hidden)


def _drawn(plot: _Plot) -> Iterator[Place]:
    """Places of everything that a label should not hide, close together."""
    for size in plot.fit.sizes:
        yield plot.at(size.rows, size.mean)
        if size.interval is not None:
            high, low = round(plot.y(size.interval.high)), round(plot.y(size.interval.low))
            yield from ((plot.x(size.rows), height) for height in range(high, low, 2))
    if plot.fit.line is not None:
        yield from (plot.at(point.rows, point.mid) for point in plot.fit.line.band)


def _size(plot: _Plot, size: SizeSummary) -> Iterator[str]:
    x = plot.x(size.rows)
    if size.interval is not None:
        low, high = plot.y(size.interval.low), plot.y(size.interval.high)
        yield svg.line((x, low), (x, high), "main")
        for y in (low, high):
            yield svg.line((x - 4, y), (x + 4, y), "main")
    if size.seeds > 1:
        start = x - _BETWEEN_SEEDS * (size.seeds - 1) / 2
        for number, value in enumerate(size.seed_means):
            yield svg.circle((start + number * _BETWEEN_SEEDS, plot.y(value)), 2.5, "faint")
    yield svg.circle((x, plot.y(size.mean)), 4.5, "main-fill")


def _meeting(plot: _Plot, line: Line) -> Iterator[str]:
    """A line down to the rows at which the fit meets the level."""
    if line.meets is None or line.meets == NEVER or line.meets == plot.fit.sizes[0].rows:
        return
    x, y = plot.at(line.meets, line.at(line.meets))
    yield svg.line((x, y), (x, plot.frame.bottom), "other dotted")
    label = f"meets at about {about(line.meets)} rows"
    fits = x + 6 + svg.text_width(label, plot.frame.text) < plot.frame.right
    yield svg.text(
        (x + 6 if fits else x - 6, plot.frame.bottom - 8),
        label,
        "other-fill halo",
        "start" if fits else "end",
    )
