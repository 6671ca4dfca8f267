"""A comparison in, what each arm reaches for its money out, with the Pareto front. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from harness.analysis.compared import Compared
from harness.analysis.interval import Interval
from harness.analysis.side import Side
from harness.reports import svg
from harness.reports.compare.page import side_interval
from harness.reports.figures.axes import BELOW, Axis, log_axis, plain_axis, share_axis
from harness.reports.figures.figure import Figure
from harness.reports.figures.layout import WIDTH, cut
from harness.reports.figures.looks import looks
from harness.reports.figures.money import REQUESTS, amount
from harness.reports.figures.placing import Box, placed
from harness.reports.figures.whiskers import upright
from harness.reports.svg import Place
from harness.reports.table import Column, Row, Table
from harness.reports.wording import UNKNOWN, interval, one_line
from harness.text.wording import NOTHING, listing, mean

_LEFT, _RIGHT, _TOP, _HEIGHT = 58, WIDTH - 18, 16, 300
_ZERO_COLUMN = 52
_INSET = 12
_LOG_FROM = 8.0  # the ratio of the largest to the smallest cost
_MANY = 6
_LONG_NAME, _SHORT_NAME = 170, 110  # for a few arms, and for many


class _Arm(msgspec.Struct, frozen=True):
    """`cost` is money per 1,000 requests, None where it is unknown."""

    name: str
    mean: float
    ends: Interval | None
    cost: float | None


def cost_accuracy_figure(
    compared: Compared,
    costs: Mapping[str, float | None],
    currency: str,
    *,
    key: str = "cost-accuracy",
) -> Figure | None:
    """A mark per side whose cost is known; those that no other beats in both are joined.

    `costs` are money per request by side, in one currency; sides that are None there or missing
    are named in the caption and the table. None where no cost above 0 is known.
    """
    arms = [_arm(side, costs.get(side.name)) for side in compared.sides if len(side)]
    known = [arm for arm in arms if arm.cost is not None]
    if not any(arm.cost for arm in known):
        return None
    front = pareto(known)
    x, axis = _costs([arm.cost or 0.0 for arm in known])
    y = _means(known, graded=compared.graded)
    body = [*y.beside(_LEFT, _RIGHT), *axis.below(_TOP, _TOP + _HEIGHT, _unit(currency))]
    if x.zero is not None:
        body += _zero(x.zero)
    body.append(svg.line((_LEFT, _TOP + _HEIGHT), (_RIGHT, _TOP + _HEIGHT), "frame"))
    steps = _steps(front, x, y)
    body.append(svg.polyline(steps, "leader"))
    body += _marks(compared, known, front, steps, (x, y))
    noun = "Score" if compared.graded else "Accuracy"
    title = f"{noun} against cost"
    return Figure(
        id=key,
        title=title,
        svg=svg.element(
            key, (WIDTH, _TOP + _HEIGHT + BELOW), title, _said(front, arms, currency), body
        ),
        table=_table(compared, arms, front, currency),
        caption=_caption(arms, noun),
    )


def _arm(side: Side, cost: float | None) -> _Arm:
    thousand = None if cost is None else cost * REQUESTS
    return _Arm(side.name, side.mean, side_interval(side), thousand)


def pareto(arms: Sequence[_Arm]) -> list[_Arm]:
    """Those than which no other is as cheap and better, or as good and cheaper; by cost."""
    ordered = sorted(arms, key=lambda arm: (arm.cost or 0.0, -arm.mean))
    front: list[_Arm] = []
    for arm in ordered:
        same = bool(front) and (arm.cost, arm.mean) == (front[-1].cost, front[-1].mean)
        if not front or arm.mean > front[-1].mean or same:
            front.append(arm)
    return front


class _Costs(msgspec.Struct, frozen=True):
    """Where a cost stands: on the scale, or in a column of its own where 0 is not on it."""

    scale: svg.Scale
    zero: float | None

    def __call__(self, cost: float) -> float:
        return self.zero if self.zero is not None and cost <= 0 else self.scale(cost)


def _costs(costs: Sequence[float]) -> tuple[_Costs, Axis]:
    """Linear from 0; by ratios where the dearest costs many times what the cheapest does."""
    positive = [cost for cost in costs if cost > 0]
    low, high = min(positive), max(positive)
    if high < low * _LOG_FROM:
        axis = plain_axis(0.0, high, _LEFT + _INSET, _RIGHT, amount)
        return _Costs(axis.scale, None), axis
    apart = min(costs) <= 0
    axis = log_axis(low, high, _LEFT + (_ZERO_COLUMN if apart else 0), _RIGHT, amount)
    return _Costs(axis.scale, _LEFT + _ZERO_COLUMN / 2 - 4 if apart else None), axis


def _means(arms: Sequence[_Arm], *, graded: bool) -> Axis:
    values = [arm.mean for arm in arms]
    values += [end for arm in arms if arm.ends for end in (arm.ends.low, arm.ends.high)]
    return share_axis(values, _TOP + _HEIGHT, _TOP, graded=graded)


def _zero(x: float) -> Iterator[str]:
    """The column of what costs nothing, left of a scale that never reaches 0."""
    bottom = _TOP + _HEIGHT
    border = _LEFT + _ZERO_COLUMN - 8
    yield svg.line((x, _TOP), (x, bottom), "grid")
    yield svg.line((border, _TOP), (border, bottom), "frame dotted")
    yield svg.text((x, bottom + 19), "0", "small quiet", "middle")


def _steps(front: Sequence[_Arm], x: _Costs, y: Axis) -> list[Place]:
    """The best that each sum of money buys: up at every arm of the front, else level."""
    places: list[Place] = []
    for arm in front:
        at = (x(arm.cost or 0.0), y.scale(arm.mean))
        if places:
            places.append((at[0], places[-1][1]))
        places.append(at)
    return [*places, (_RIGHT, places[-1][1])]


def _marks(
    compared: Compared,
    arms: Sequence[_Arm],
    front: Sequence[_Arm],
    steps: Sequence[Place],
    scales: tuple[_Costs, Axis],
) -> Iterator[str]:
    x, y = scales
    styles = looks([side.name for side in compared.sides])
    places = [(x(arm.cost or 0.0), y.scale(arm.mean)) for arm in arms]
    taken = [_around(start, end) for start, end in itertools.pairwise(steps)]
    taken += [
        Box(at - 3, y.scale(arm.ends.high), at + 3, y.scale(arm.ends.low))
        for arm, (at, _) in zip(arms, places, strict=True)
        if arm.ends
    ]
    longest = _LONG_NAME if len(arms) <= _MANY else _SHORT_NAME
    names = [cut(arm.name, longest) for arm in arms]
    frame = Box(_LEFT + 2, _TOP, WIDTH - 2, _TOP + _HEIGHT)
    for arm, (at, _) in zip(arms, places, strict=True):
        yield upright(at, y.scale, arm.mean, arm.ends, styles[arm.name], radius=6.0)
    for arm, name, spot in zip(arms, names, placed(places, names, frame, taken), strict=True):
        style = "halo strong" if arm in front else "halo"
        yield svg.text(spot.at, name, style, spot.anchor)


def _around(start: Place, end: Place) -> Box:
    (x1, y1), (x2, y2) = start, end
    return Box(min(x1, x2) - 2, min(y1, y2) - 2, max(x1, x2) + 2, max(y1, y2) + 2)


def _unit(currency: str) -> str:
    return f"{currency} per {REQUESTS:,} requests".strip()


def _caption(arms: Sequence[_Arm], noun: str) -> str:
    said = (
        f"{noun} with 95% interval. Bold, joined by the line: the Pareto front, arms than which no "
        "other is both cheaper and better, by these estimates."
    )
    unknown = [one_line(arm.name) for arm in arms if arm.cost is None]
    if unknown:
        said += f" Not shown, because the cost is {UNKNOWN}: {listing(unknown)}."
    return said


def _said(front: Sequence[_Arm], arms: Sequence[_Arm], currency: str) -> str:
    best = "; ".join(
        f"{one_line(arm.name)} at {amount(arm.cost or 0.0, currency)}" for arm in front
    )
    others = [one_line(a.name) for a in arms if a not in front and a.cost is not None]
    said = f"On the Pareto front, money per {REQUESTS:,} requests: {best}."
    if others:
        said += f" Beaten in both: {listing(others)}."
    unknown = [one_line(arm.name) for arm in arms if arm.cost is None]
    return f"{said} Cost {UNKNOWN}: {listing(unknown)}." if unknown else said


def _table(compared: Compared, arms: Sequence[_Arm], front: Sequence[_Arm], currency: str) -> Table:
    graded = compared.graded
    rows: list[Row] = [
        (
            one_line(arm.name),
            UNKNOWN if arm.cost is None else amount(arm.cost, currency),
            mean(arm.mean, graded=graded),
            interval(arm.ends, graded=graded),
            NOTHING if arm.cost is None else "yes" if arm in front else "no",
        )
        for arm in arms
    ]
    noun = "score" if graded else "accuracy"
    heads = (f"money per {REQUESTS:,} requests", noun, "95% interval", "Pareto front")
    columns = (Column("arm", "left"), *map(Column, heads))
    return Table(f"{noun.capitalize()} and cost", columns, tuple(rows))
