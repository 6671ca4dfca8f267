"""What arms reached in past runs in, how that went over time out, as a picture. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby

import msgspec

from harness.analysis.interval import Interval
from harness.reports import svg
from harness.reports.figures.axes import Axis, share_axis
from harness.reports.figures.figure import Figure
from harness.reports.figures.layout import EDGE, SMALL, WIDTH, Entry, legend, spread, width_of
from harness.reports.figures.looks import Look, looks
from harness.reports.figures.whiskers import upright
from harness.reports.svg import Scale
from harness.reports.table import Column, Row, Table
from harness.reports.wording import interval, one_line
from harness.text.wording import NOTHING, counted, mean
from harness.values.verdict import Ruling

_LEFT, _RIGHT, _HEIGHT = 58, WIDTH - 22, 240
_FIRST, _LAST = _LEFT + 16.0, _RIGHT - 16.0
_DAY = 86_400.0
_SIGNS = {
    Ruling.PROMOTE: "✓",
    Ruling.REJECT: "✗",
    Ruling.INCONCLUSIVE: "?",
    Ruling.INVALID: "!",
}
_STRIP, _DAYS = 28, 30
_DODGE = 5.0
_APART = 15
_RUNS_APART = 28.0  # a little more than the arms of one run take


class TrendPoint(msgspec.Struct, frozen=True, kw_only=True):
    """What one arm reached in one run: its mean within `low` and `high`, None without interval.

    `when` is ISO 8601, a day or a time. `ruling` is that of the gate on this arm in this run. The
    line breaks between points of an arm whose `stretch` differs: they cannot be compared.
    """

    arm: str
    when: str
    mean: float
    low: float | None = None
    high: float | None = None
    run_id: str = ""
    ruling: Ruling | None = None
    stretch: int = 0

    @property
    def seconds(self) -> float:
        """Since 1970, for an axis of time; without a zone it is UTC."""
        time = datetime.fromisoformat(self.when)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()

    @property
    def interval(self) -> Interval | None:
        """Both ends, where there are both."""
        return None if self.low is None or self.high is None else Interval(self.low, self.high)


def trend_figure(
    points: Sequence[TrendPoint],
    *,
    graded: bool = False,
    among: Sequence[str] = (),
    key: str = "trend",
) -> Figure | None:
    """A line per arm over the runs, with 95% intervals, and under it what gates said.

    `among` are all arms of the page. None for fewer than two times: one run is no trend.
    """
    times = sorted({point.seconds for point in points})
    if len(times) < 2:  # noqa: PLR2004 - a line has two ends
        return None
    arms = list(dict.fromkeys(point.arm for point in points))
    styles = looks(arms, among)
    samples, top = legend([Entry(arm, styles[arm], lined=True) for arm in arms], EDGE)
    top += 10
    bottom = top + _HEIGHT
    x = _places(times)
    y = share_axis(_heights(points), bottom, top, graded=graded)
    body = [*samples, *y.beside(_LEFT, _RIGHT)]
    body.append(svg.line((_LEFT, bottom), (_RIGHT, bottom), "frame"))
    for number, arm in enumerate(arms):
        shift = (number - (len(arms) - 1) / 2) * min(_DODGE, 24 / len(arms))
        body += _arm([p for p in points if p.arm == arm], styles[arm], (x, shift), y)
    strip, below = _rulings(points, x, bottom)
    body += strip
    body += _days(times, x, below)
    noun = "Score" if graded else "Accuracy"
    title = f"{noun} over past runs"
    said = _said(points, arms, graded=graded)
    return Figure(
        id=key,
        title=title,
        svg=svg.element(key, (WIDTH, below + _DAYS), title, said, body),
        table=_table(points, graded=graded),
        caption=_caption(points),
    )


def _places(times: Sequence[float]) -> dict[float, float]:
    """Where each run stands: by its time, but runs of one hour beside each other in any year."""
    scale = Scale(times[0], times[-1], _FIRST, _LAST)
    return dict(zip(times, spread([*map(scale, times)], _RUNS_APART, _FIRST, _LAST), strict=True))


def _heights(points: Sequence[TrendPoint]) -> Iterator[float]:
    for point in points:
        yield point.mean
        if point.interval is not None:
            yield from (point.interval.low, point.interval.high)


def _arm(
    points: Sequence[TrendPoint], look: Look, across: tuple[Mapping[float, float], float], y: Axis
) -> Iterator[str]:
    """The lines, then their marks; arms stand a little beside each other, not upon each other."""
    x, shift = across
    ordered = sorted(points, key=lambda point: point.seconds)
    for _, stretch in groupby(ordered, key=lambda point: point.stretch):
        places = [(x[point.seconds] + shift, y.scale(point.mean)) for point in stretch]
        yield look.drawn([svg.polyline(places, "curve")])
    for point in ordered:
        yield upright(x[point.seconds] + shift, y.scale, point.mean, point.interval, look)


def _rulings(
    points: Sequence[TrendPoint], x: Mapping[float, float], bottom: float
) -> tuple[list[str], float]:
    """A sign under each run that a gate has judged; the gravest where it judged several arms."""
    gravest: dict[float, Ruling] = {}
    order = list(Ruling)
    for point in points:
        if point.ruling is not None:
            before = gravest.get(point.seconds, point.ruling)
            gravest[point.seconds] = max(before, point.ruling, key=order.index)
    if not gravest:
        return [], bottom
    drawn = [svg.text((EDGE, bottom + 21), "gate", "small quiet")]
    places = spread([x[time] for time in gravest], _APART, _FIRST, _LAST)
    for at, ruling in zip(places, gravest.values(), strict=True):
        drawn.append(svg.text((at, bottom + 21), _SIGNS[ruling], "strong", "middle"))
    return drawn, bottom + _STRIP


def _days(times: Sequence[float], x: Mapping[float, float], top: float) -> Iterator[str]:
    """The days of runs, the first and the last always, those between where there is room."""
    labels = {time: _day(time, times) for time in times}
    half = {time: width_of(label, SMALL) / 2 for time, label in labels.items()}
    last = times[-1]
    end = _RIGHT + 14 - half[last]
    taken = float("-inf")
    for time in times:
        at = min(max(x[time], half[time] + EDGE), end)
        yield svg.line((x[time], top), (x[time], top + 4), "frame")
        fits = at - half[time] > taken
        clear = time == last or at + half[time] + 10 < end - half[last]
        if fits and clear and (time == last or labels[time] != labels[last]):
            yield svg.text((at, top + 20), labels[time], "small quiet", "middle")
            taken = at + half[time] + 10


def _day(time: float, times: Sequence[float]) -> str:
    """The day; with the hour where all runs are of two days."""
    moment = datetime.fromtimestamp(time, UTC)
    return f"{moment:%Y-%m-%d}" if times[-1] - times[0] > 2 * _DAY else f"{moment:%d %b %H:%M}"


def _said(points: Sequence[TrendPoint], arms: Sequence[str], *, graded: bool) -> str:
    each = []
    for arm in arms:
        every = sorted((p for p in points if p.arm == arm), key=lambda point: point.seconds)
        own = [point for point in every if point.stretch == every[-1].stretch]
        first, last = (mean(point.mean, graded=graded) for point in (own[0], own[-1]))
        each.append(f"{one_line(arm)} from {first} to {last} in {counted(len(own), 'run')}")
    return f"First and latest of the newest comparable runs: {'; '.join(each)}."


def _caption(points: Sequence[TrendPoint]) -> str:
    said = "A mark is the mean of one run with its 95% interval; runs that are close in time stand "
    said += "beside each other. A line breaks where cases or scoring changed."
    present = [ruling for ruling in Ruling if any(p.ruling == ruling for p in points)]
    if not present:
        return said
    signs = ", ".join(f"{_SIGNS[ruling]} {ruling}" for ruling in present)
    return f"{said} Gate: {signs}."


def _table(points: Sequence[TrendPoint], *, graded: bool) -> Table:
    noun = "score" if graded else "accuracy"
    rows: list[Row] = [
        (
            one_line(point.when),
            one_line(point.run_id) or NOTHING,
            one_line(point.arm),
            mean(point.mean, graded=graded),
            interval(point.interval, graded=graded),
            str(point.ruling or NOTHING),
        )
        for point in sorted(points, key=lambda point: point.seconds)
    ]
    heads = (Column(noun), Column("95% interval"), Column("gate", "left"))
    lead = (Column(name, "left") for name in ("when", "run", "arm"))
    return Table(f"{noun.capitalize()} over past runs", (*lead, *heads), tuple(rows))
