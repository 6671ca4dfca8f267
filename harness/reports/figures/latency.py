"""The columns of some arms in, how their latencies are spread out, as a picture. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from harness.analysis.columns import ArmColumns
from harness.analysis.summary import answer_times, nearest_rank
from harness.reports import svg
from harness.reports.figures.axes import BELOW, Axis, log_axis, plain_axis, share_text
from harness.reports.figures.figure import Figure
from harness.reports.figures.layout import EDGE, WIDTH, Entry, legend
from harness.reports.figures.looks import Look, looks
from harness.reports.svg import Place
from harness.reports.table import Column, Table
from harness.reports.wording import one_line
from harness.text.wording import seconds

_LEFT, _RIGHT, _HEIGHT = 58, WIDTH - 18, 260
_SHORTEST = 0.001  # seconds; a log axis has no zero
_STEPS = 100


class _Spread(msgspec.Struct, frozen=True):
    """Seconds of the last attempts of all answers of one arm, sorted."""

    name: str
    ordered: Sequence[float]

    def at(self, share: float) -> float:
        return nearest_rank(self.ordered, share)


def latency_figure(
    columns_by_arm: Mapping[str, ArmColumns],
    *,
    among: Sequence[str] = (),
    key: str = "latency",
) -> Figure | None:
    """The share of answers that came within a time, by arm, with marks at p50 and p95.

    Failures are left out. Give no classical arms: computed in this process, their times say more
    about the machine. `among` are all arms of the page. None where nobody answered, or no time was
    written down.
    """
    spreads = [one for one in map(_spread, columns_by_arm, columns_by_arm.values()) if one]
    if not spreads:
        return None
    styles = looks([one.name for one in spreads], among)
    samples, top = legend([Entry(one.name, styles[one.name], lined=True) for one in spreads], EDGE)
    top, bottom = top + 12, top + 12 + _HEIGHT
    low = max(_SHORTEST, min(one.ordered[0] for one in spreads))
    high = max(_SHORTEST, *(one.ordered[-1] for one in spreads))
    x = log_axis(low, high, _LEFT, _RIGHT, _seconds)
    y = plain_axis(0.0, 1.0, bottom, top, share_text(graded=False))
    body = [*samples, *y.beside(_LEFT, _RIGHT), *x.below(top, bottom, "seconds to the answer")]
    body.append(svg.line((_LEFT, bottom), (_RIGHT, bottom), "frame"))
    body += [_curve(one, styles[one.name], x, y) for one in spreads]
    body += [_marks(one, styles[one.name], x, y) for one in spreads]
    title = "Latency"
    said = f"Share of answers within a time. {'; '.join(map(_words, spreads))}."
    return Figure(
        id=key,
        title=title,
        svg=svg.element(key, (WIDTH, bottom + BELOW), title, said, body),
        table=_table(spreads),
        caption="The height of a line is the share of answers that had come by then. Marks: half "
        "of the answers (p50), and 95% of them (p95). Last attempts alone, without failures.",
    )


def _spread(name: str, columns: ArmColumns) -> _Spread | None:
    ordered = answer_times(columns, range(len(columns)))
    return _Spread(name, ordered) if ordered else None


def _curve(one: _Spread, look: Look, x: Axis, y: Axis) -> str:
    """Steps of a percent: more cannot be seen, and 100,000 answers would be a large picture."""
    count = min(_STEPS, len(one.ordered))
    places: list[Place] = [(_place(one.ordered[0], x), y.scale(0.0))]
    for step in range(1, count + 1):
        share = step / count
        places.append((_place(one.at(share), x), y.scale(share)))
    return look.drawn([svg.polyline(places, "curve")])


def _marks(one: _Spread, look: Look, x: Axis, y: Axis) -> str:
    return look.drawn(
        look.mark((_place(one.at(share), x), y.scale(share)), 5.5) for share in (0.5, 0.95)
    )


def _place(value: float, x: Axis) -> float:
    return x.scale(max(_SHORTEST, value))


def _seconds(value: float) -> str:
    return f"{value:g} s"


def _words(one: _Spread) -> str:
    return f"{one_line(one.name)} p50 {seconds(one.at(0.5))}, p95 {seconds(one.at(0.95))}"


def _table(spreads: Sequence[_Spread]) -> Table:
    shares = (0.5, 0.75, 0.95, 0.99, 1.0)
    heads = ("answers", "p50", "p75", "p95", "p99", "longest")
    rows = tuple(
        (
            one_line(one.name),
            f"{len(one.ordered):,}",
            *(seconds(one.at(share)) for share in shares),
        )
        for one in spreads
    )
    return Table("Latency", (Column("arm", "left"), *map(Column, heads)), rows)
