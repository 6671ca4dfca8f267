"""Costs as straight lines in, which arm is cheapest at which volume out, as a picture. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.reports import svg
from harness.reports.figures.axes import Axis, log_axis
from harness.reports.figures.cost_lines import (
    CostLine,
    Crossing,
    cost_lines_table,
    crossing_sentence,
    hosted_sentence,
)
from harness.reports.figures.figure import Figure
from harness.reports.figures.layout import EDGE, SMALL, WIDTH, cut, paragraphs, spread, width_of
from harness.reports.figures.looks import Look, looks
from harness.reports.figures.money import REQUESTS, amount, requests
from harness.reports.svg import Place
from harness.reports.wording import UNKNOWN, one_line

MOST_CROSSINGS = 8
_LEFT, _TOP, _HEIGHT = 74, 36, 290
_LONGEST_NAME = 150
_STEPS = 48
_LINE = 20
_FEWEST = 10.0
_USUAL = 100_000.0
_BEYOND = 5.0
_RING = 9.0
_LIFT = 26.0
_NEAR = 0.5  # pixels that nobody sees


def break_even_figure(
    lines: Sequence[CostLine],
    crossings: Sequence[Crossing] = (),
    *,
    currency: str,
    horizon: float | None = None,
    among: Sequence[str] = (),
    key: str = "break-even",
) -> Figure | None:
    """Total cost against the number of requests, both by ratios, and where the lines cross.

    `horizon` is the number of requests that are expected, drawn as a level. `among` are all arms
    of the page. None where no line costs anything.
    """
    known = [line for line in lines if line.is_drawn]
    if not any((line.fixed or 0) > 0 or (line.per_request or 0) > 0 for line in known):
        return None
    points = [one for one in crossings if one.requests is not None and one.requests > 0]
    points = sorted(points, key=lambda one: one.requests or 0.0)[:MOST_CROSSINGS]
    names = max(width_of(_name(line), SMALL) for line in known)
    x, y = _axes(known, points, horizon, WIDTH - EDGE - names - 10)
    bottom = _TOP + _HEIGHT
    styles = looks([line.name for line in known], among)
    body = [svg.text((EDGE, 16), f"total cost, {currency}".rstrip(", "), "small quiet")]
    body += [*y.beside(_LEFT, x.scale.end), *x.below(_TOP, bottom, "requests")]
    body.append(svg.line((_LEFT, bottom), (x.scale.end, bottom), "frame"))
    body += _horizon(horizon, x, bottom)
    for line in known:
        body += _line(line, styles[line.name], x, y)
    body += _names(known, styles, x, y)
    body += _crossings(known, points, x, y)
    said, below = _letters(crossings, points, bottom + 56)
    body += said
    title = "Total cost by number of requests"
    words = " ".join(crossing_sentence(one) for one in crossings)
    return Figure(
        id=key,
        title=title,
        svg=svg.element(key, (WIDTH, below), title, _said(known, words, currency), body),
        table=cost_lines_table(lines, crossings, currency),
        caption=_caption(lines, currency),
    )


def _axes(
    lines: Sequence[CostLine], points: Sequence[Crossing], horizon: float | None, right: float
) -> tuple[Axis, Axis]:
    marks = [one.requests for one in points if one.requests is not None]
    marks += [horizon] if horizon else []
    first = max(1.0, min([_USUAL, *marks]) / (_BEYOND * 4))
    last = max([first * 100, *marks] if marks else [_USUAL]) * _BEYOND
    first = max(1.0, min(first, last / 1e3))
    x = log_axis(first, last, _LEFT, right, requests)
    totals = [
        line.total(count, line.per_request or 0.0) for line in lines for count in (first, last)
    ]
    positive = [total for total in totals if total > 0]
    least = max(min(positive), max(positive) / 1e6)
    return x, log_axis(least, max(positive), _TOP + _HEIGHT, _TOP, amount)


def _places(line: CostLine, per_request: float, x: Axis, y: Axis) -> list[Place]:
    """Along the line, from where its cost is on the picture."""
    low, high = x.scale.low, x.scale.high
    counts = [low * (high / low) ** (step / _STEPS) for step in range(_STEPS + 1)]
    totals = [(count, line.total(count, per_request)) for count in counts]
    return [(x.scale(c), y.scale(min(t, y.scale.high))) for c, t in totals if t >= y.scale.low]


def _line(line: CostLine, look: Look, x: Axis, y: Axis) -> Iterator[str]:
    places = _places(line, line.per_request or 0.0, x, y)
    if not places:
        return
    body = []
    if line.low is not None and line.high is not None and line.high > line.low:
        upper = _places(line, line.high, x, y)
        lower = _places(line, max(0.0, line.low), x, y)
        body.append(svg.polygon([*upper, *reversed(lower)], "shade"))
    yield look.drawn([*body, svg.polyline(places, "curve")])


def _names(lines: Sequence[CostLine], styles: dict[str, Look], x: Axis, y: Axis) -> Iterator[str]:
    """Each name at the right end of its line; an arm that costs nothing at the bottom."""
    ends = [_places(line, line.per_request or 0.0, x, y)[-1:] for line in lines]
    heights = [places[0][1] if places else y.scale.start for places in ends]
    wanted = spread(heights, 19, _TOP + 6, y.scale.start - 4)
    for line, end, height in zip(lines, heights, wanted, strict=True):
        at = x.scale.end
        look = styles[line.name]
        yield look.drawn([svg.line((at, end), (at + 8, height), "thin"), look.mark((at, end), 5.0)])
        yield svg.text((at + 12, height + 5), _name(line), "small halo")


def _name(line: CostLine) -> str:
    """What costs nothing is never on an axis of ratios, and says so."""
    free = " (free)" if not line.fixed and not line.per_request else ""
    return f"{cut(line.name, _LONGEST_NAME, SMALL)}{free}"


def _horizon(horizon: float | None, x: Axis, bottom: float) -> Iterator[str]:
    if horizon is None or not x.scale.low <= horizon <= x.scale.high:
        return
    at = x.scale(horizon)
    yield svg.line((at, _TOP), (at, bottom), "zero dashed")
    label = f"expected: {requests(horizon)}"
    left = at + 6 + width_of(label, SMALL) > x.scale.end
    yield svg.text(
        (at + (-6 if left else 6), bottom - 8), label, "small halo", "end" if left else "start"
    )


def _crossings(
    lines: Sequence[CostLine], points: Sequence[Crossing], x: Axis, y: Axis
) -> Iterator[str]:
    """A ring with a letter at each point, and a line down to the number of requests.

    Where two rings would touch, each stands above its point, which is then a dot of its own.
    """
    shown = list(_shown(lines, points, x, y))
    wide = spread([at[0] for _, at in shown], 2 * _RING + 2, x.scale.start, x.scale.end)
    for (letter, at), place in zip(shown, wide, strict=True):
        yield svg.line(at, (at[0], y.scale.start), "leader dotted")
        if abs(place - at[0]) < _NEAR:
            yield from _ring(at, letter)
            continue
        above = (place, at[1] + (-_LIFT if at[1] - _LIFT > _TOP + _RING else _LIFT))
        yield svg.line(at, above, "leader")
        yield svg.circle(at, 2.5, "quiet")
        yield from _ring(above, letter)


def _shown(
    lines: Sequence[CostLine], points: Sequence[Crossing], x: Axis, y: Axis
) -> Iterator[tuple[str, Place]]:
    """The letters of the points that lie within the picture, and where they do."""
    by_name = {line.name: line for line in lines}
    for letter, one in zip(_LETTERS, points, strict=False):
        line = by_name.get(one.prompted)
        if line is None or one.requests is None:
            continue
        total = line.total(one.requests, line.per_request or 0.0)
        if x.scale.low <= one.requests <= x.scale.high and total >= y.scale.low:
            yield letter, (x.scale(one.requests), y.scale(total))


def _ring(at: Place, letter: str) -> Iterator[str]:
    yield svg.circle(at, _RING, "paper")
    yield svg.circle(at, _RING, "frame")
    yield svg.text((at[0], at[1] + 5), letter, "small strong", "middle")


_LETTERS = "abcdefgh"


def _letters(
    crossings: Sequence[Crossing], points: Sequence[Crossing], top: float
) -> tuple[list[str], float]:
    """What each letter says, under the picture."""
    texts = [
        f"{letter}: {crossing_sentence(one)}" for letter, one in zip(_LETTERS, points, strict=False)
    ]
    texts += [crossing_sentence(one) for one in crossings if one.requests is None]
    drawn = []
    for text in paragraphs(texts, WIDTH - 2 * EDGE):
        drawn.append(svg.text((EDGE, top + 14), text, "small"))
        top += _LINE
    return drawn, top + EDGE


def _said(lines: Sequence[CostLine], words: str, currency: str) -> str:
    each = "; ".join(
        f"{one_line(line.name)} {amount(line.fixed or 0.0, currency)} and "
        f"{amount((line.per_request or 0.0) * REQUESTS, currency)} per {REQUESTS:,} requests"
        for line in lines
    )
    return f"{words} Fixed cost and cost of requests: {each}.".strip()


def _caption(lines: Sequence[CostLine], currency: str) -> str:
    said = f"In {currency}, both axes by ratios. " if currency else "Both axes by ratios. "
    said += "A line that starts level has a fixed cost: its training."
    lacking = {
        "price": [line for line in lines if line.per_request is None],
        "cost of training": [
            line for line in lines if line.per_request is not None and line.fixed is None
        ],
    }
    parts = [
        f"Not drawn, {what} {UNKNOWN}: {', '.join(one_line(line.name) for line in found)}."
        for what, found in lacking.items()
        if found
    ]
    return " ".join([said, *filter(None, map(hosted_sentence, lines)), *parts])
