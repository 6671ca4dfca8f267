"""A trend in, its picture and its tables out. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate

from msgspec import structs

from harness.analysis.trend import Skipped, Trend, TrendDecision, TrendLine, TrendPoint
from harness.reports.figures import trend as drawn
from harness.reports.figures.figure import Figure
from harness.reports.table import Column, Row, Table
from harness.reports.wording import interval, one_line
from harness.text.wording import NOTHING, counted, listing, mean
from harness.values.verdict import Ruling

NEWEST = 10
"""So many runs and decisions are listed; the picture has all of them."""

_MOST_ROWS = 30
_MOST_LINES = 6  # more of them are a blot
_NAMED = 3
_LONGEST_REASON = 160


def trend_picture(trend: Trend, *, key: str, among: Sequence[str] = ()) -> Figure | None:
    """A line per arm over its past runs; None where no two runs can be compared.

    A line breaks where cases or scoring changed: through it, a change of the test set would look
    like one of the model. Where live and replayed runs together would be too many lines, only the
    kind with more points is drawn. `among` are all arms of the page.
    """
    lines = _drawn_lines(trend.lines)
    if not any(point.continues for line in lines for point in line.points[1:]):
        return None
    both = len({line.origin for line in lines}) > 1
    rulings = _rulings(trend)
    points = [
        drawn.TrendPoint(
            arm=_name(line, both=both),
            when=point.time,
            mean=point.mean,
            low=point.interval.low if point.interval else None,
            high=point.interval.high if point.interval else None,
            run_id=point.run,
            ruling=rulings.get((line.arm, point.run)),
            stretch=stretch,
        )
        for line in lines
        for stretch, point in _with_stretches(line)
    ]
    figure = drawn.trend_figure(points, graded=trend.graded, among=among, key=key)
    if figure is None or len(lines) == len(trend.lines):
        return figure
    said = f"Only {lines[0].origin} runs are drawn; the table of past runs has all."
    return structs.replace(figure, caption=f"{figure.caption} {said}")


def no_trend(trend: Trend) -> str:
    """Why there is no picture of what went before, as a sentence."""
    runs = len({point.run for line in trend.lines for point in line.points})
    if runs > 1:
        return (
            f"No trend is drawn: {counted(runs, 'run')} are kept on this machine, and no two of "
            "one arm can be compared."
        )
    kept = "One run is" if runs else "No run is"
    return f"{kept} kept on this machine: a trend begins with two that can be compared."


def _drawn_lines(lines: Sequence[TrendLine]) -> Sequence[TrendLine]:
    """All, or those of one origin: the one with more points, of equals the newest."""
    if len(lines) <= _MOST_LINES or not lines:
        return lines
    by_origin: dict[str, list[TrendLine]] = {}
    for line in lines:
        by_origin.setdefault(line.origin, []).append(line)
    return max(
        by_origin.values(),
        key=lambda some: (
            sum(len(line.points) for line in some),
            max(point.time for line in some for point in line.points),
        ),
    )


def runs_table(trend: Trend) -> Table | None:
    """The newest past runs, and what has changed before each; None without any.

    So many of them as give no more rows than can be read, and always the newest.
    """
    both = len({line.origin for line in trend.lines}) > 1
    found = sorted(
        ((point.time, point.run, line, point) for line in trend.lines for point in line.points),
        key=lambda one: one[:2],
    )
    if not found:
        return None
    rows_of = Counter(run for _, run, _, _ in found)
    every = list(dict.fromkeys(run for _, run, _, _ in found))[::-1]
    sums = accumulate(rows_of[run] for run in every)
    fitting = sum(rows <= _MOST_ROWS for rows in sums)
    runs = every[: max(1, min(NEWEST, fitting))]
    rows = [
        _row(trend, line, point, both=both)
        for _, run, line, point in reversed(found)
        if run in runs
    ]
    noun = "score" if trend.graded else "accuracy"
    lead = tuple(Column(name, "left") for name in ("when", "run", "arm"))
    columns = (*lead, Column(noun), Column("95% interval"), Column("changed before it", "left"))
    notes = [f"The newest {len(runs)} of {len(every)} runs."] if len(runs) < len(every) else []
    notes += _skipped(trend.skipped)
    return Table("Past runs on this machine", columns, tuple(rows), tuple(notes))


def decisions_table(trend: Trend) -> Table | None:
    """The newest gates; None where none was held."""
    if not trend.decisions:
        return None
    rows = tuple(_decision(one) for one in reversed(trend.decisions[-NEWEST:]))
    names = ("when", "question", "candidate", "against", "verdict")
    more = len(trend.decisions) > NEWEST
    said = f"The newest {NEWEST} of {counted(len(trend.decisions), 'decision')}."
    notes = (said,) if more else ()
    return Table("Decisions", tuple(Column(name, "left") for name in names), rows, notes)


def _with_stretches(line: TrendLine) -> Iterator[tuple[int, TrendPoint]]:
    """Each point with the number of its stretch, within which points can be compared."""
    return zip(accumulate(not point.continues for point in line.points), line.points, strict=True)


def _name(line: TrendLine, *, both: bool) -> str:
    return f"{line.arm} ({line.origin})" if both else line.arm


def _rulings(trend: Trend) -> dict[tuple[str, str], Ruling]:
    """A decision stands at the last run before it in which its candidate was the same arm."""
    found: dict[tuple[str, str], Ruling] = {}
    for decision in trend.decisions:
        runs = [
            (point.time, point.run)
            for line in trend.lines
            if line.arm == decision.candidate
            for point in line.points
            if point.digest == decision.digest and point.time <= decision.time
        ]
        if runs:
            found[decision.candidate, max(runs)[1]] = decision.ruling
    return found


def _row(trend: Trend, line: TrendLine, point: TrendPoint, *, both: bool) -> Row:
    return (
        _minute(point.time),
        one_line(point.run),
        one_line(_name(line, both=both)),
        mean(point.mean, graded=trend.graded),
        interval(point.interval, graded=trend.graded),
        listing(point.changes) if point.changes else NOTHING,
    )


def _decision(one: TrendDecision) -> Row:
    number = str(one.number)
    return (
        _minute(one.time),
        number,
        one_line(one.candidate),
        one_line(one.incumbent),
        str(one.ruling),
    )


def _minute(time: str) -> str:
    """'2026-11-28 07:24' of ISO 8601."""
    return one_line(time[:16].replace("T", " "))


def _skipped(skipped: tuple[Skipped, ...]) -> Iterator[str]:
    """Why some of what is there is not shown, one sentence per reason."""
    by_reason: dict[str, list[str]] = {}
    for one in skipped:
        by_reason.setdefault(one_line(one.reason, _LONGEST_REASON), []).append(one.name)
    for reason, names in by_reason.items():
        shown = ", ".join(one_line(name) for name in names[:_NAMED])
        more = ", …" if len(names) > _NAMED else ""
        yield f"Not shown: {len(names)} ({shown}{more}): {reason}."
