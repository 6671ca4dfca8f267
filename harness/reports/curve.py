"""A learning curve and its fit in, tables with findings in plain words, and its page out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from harness.analysis.curve import CurveFit, SizeSummary
from harness.reports.curve_findings import (
    curve_notes,
    findings,
    noun,
    points,
    points_range,
    several_seeds,
)
from harness.reports.markdown import inert, table_markdown
from harness.reports.table import Column, Row, Table
from harness.reports.wording import UNKNOWN, clock_time, interval
from harness.text.wording import NOTHING, counted, mean, span
from harness.values.curve import Curve, CurvePoint


def curve_page(curve: Curve, fit: CurveFit, *, picture: str = "") -> str:
    """The Markdown page. `picture` is the address of the SVG, relative to the page."""
    parts = [f"# {inert(heading(curve))}\n", _introduction(curve)]
    if picture:
        parts.append(f"![{inert(' '.join(findings(curve, fit)), 1000)}]({picture})\n")
    for table in curve_tables(curve, fit):
        parts += [f"## {inert(table.title)}\n", table_markdown(table)]
    return "\n".join(parts)


def heading(curve: Curve) -> str:
    """What the curve is of."""
    return f"Learning curve of {curve.arm} on {curve.suite}"


def _introduction(curve: Curve) -> str:
    base = f" of {inert(curve.base)}" if curve.base else ""
    return (
        f"The training {inert(curve.training)}{base} on ever more rows, each part nested in every "
        f"larger one; every point is judged on the same {counted(curve.cases, 'case')} of the "
        f"{curve.split} split.\n"
    )


def curve_tables(curve: Curve, fit: CurveFit) -> tuple[Table, ...]:
    """By size, with warnings, findings and method; and what the trainings took, where known."""
    by_size = Table(
        f"{noun(curve).capitalize()} by training rows on the {curve.split} split",
        tuple(Column(name) for name in _headings(curve, fit)),
        tuple(_size_row(curve, fit, size) for size in fit.sizes),
        curve_notes(curve, fit),
    )
    taken = _taken(curve)
    return (by_size, taken) if taken else (by_size,)


def _headings(curve: Curve, fit: CurveFit) -> Iterator[str]:
    yield from ("rows", "seeds", noun(curve), "95% interval")
    if several_seeds(fit):
        yield "spread"
    yield from ("gain", "interval of the gain")
    if fit.line is not None:
        yield from ("line", "off the line")


def _size_row(curve: Curve, fit: CurveFit, size: SizeSummary) -> Row:
    means = size.seed_means
    spread = span(min(means), max(means), graded=curve.graded) if size.seeds > 1 else NOTHING
    return (
        f"{size.rows:,}",
        str(size.seeds),
        mean(size.mean, graded=curve.graded),
        interval(size.interval, graded=curve.graded),
        *([spread] if several_seeds(fit) else []),
        _signed(curve, size.gain),
        NOTHING if size.gain_interval is None else points_range(curve, size.gain_interval),
        *([] if size.line is None else [mean(size.line, graded=curve.graded)]),
        *([] if size.residual is None else [_signed(curve, size.residual)]),
    )


def _signed(curve: Curve, difference: float | None) -> str:
    """A difference in points of a percentage, or of a score, with its sign."""
    if difference is None:
        return NOTHING
    shown = points(curve, difference)
    return shown if shown.startswith("-") or not float(shown) else f"+{shown}"


_PointText = Callable[[CurvePoint], str]


def _taken(curve: Curve) -> Table | None:
    """Tokens, time and validation loss of each point; None where nobody wrote any down."""
    ordered = curve.ordered()
    columns = [
        (name, shown)
        for name, known, shown in _COSTS
        if any(known(point) is not None for point in ordered)
    ]
    if not columns:
        return None
    headings: Sequence[str] = ("rows", "seed", *(name for name, _ in columns))
    rows = tuple(
        (f"{point.size:,}", str(point.seed), *(shown(point) for _, shown in columns))
        for point in ordered
    )
    return Table("What the trainings took", tuple(map(Column, headings)), rows)


def _tokens(point: CurvePoint) -> str:
    return UNKNOWN if point.trained_tokens is None else f"{point.trained_tokens:,}"


def _time(point: CurvePoint) -> str:
    return UNKNOWN if point.seconds is None else clock_time(point.seconds)


def _loss(point: CurvePoint) -> str:
    return UNKNOWN if point.validation_loss is None else f"{point.validation_loss:.3f}"


_COSTS: tuple[tuple[str, Callable[[CurvePoint], object], _PointText], ...] = (
    ("trained tokens", lambda point: point.trained_tokens, _tokens),
    ("time", lambda point: point.seconds, _time),
    ("validation loss", lambda point: point.validation_loss, _loss),
)
