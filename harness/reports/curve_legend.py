"""A fitted curve and its frame in, the legend of its picture out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from harness.analysis.curve import CurveFit
from harness.reports import svg

LINE = 24
_SAMPLE = 24


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """The borders of a plot and the letters around it, in pixels of the view box.

    `edge` is where lines of text begin, `legend` the base line of the first line of the legend.
    """

    left: float
    right: float
    top: float
    bottom: float
    text: float
    edge: float
    legend: float


class _Entry(msgspec.Struct, frozen=True):
    """A sample and its words: `draw` has the place of the sample, the words begin `before` it."""

    draw: Callable[[float, float], Iterator[str]]
    before: float
    after: float
    words: str


def curve_legend(fit: CurveFit, frame: Frame) -> Iterator[str]:
    """What dots, lines and bands mean, of those that the curve has."""
    for entry, x, y in _placed(fit, frame):
        yield from entry.draw(x, y)
        yield svg.text((x + entry.before, y), entry.words)


def legend_lines(fit: CurveFit, frame: Frame) -> int:
    """How many lines the legend has in a frame; each is LINE high."""
    return len({y for _, _, y in _placed(fit, frame)})


def _placed(fit: CurveFit, frame: Frame) -> Iterator[tuple[_Entry, float, float]]:
    start = frame.edge + 6.0
    x, y = start, frame.legend
    for entry in _entries(fit):
        words = svg.text_width(entry.words, frame.text)
        if x > start and x + entry.before + words > frame.right:
            x, y = start, y + LINE
        yield entry, x, y
        x += words + entry.before + entry.after


def _entries(fit: CurveFit) -> Iterator[_Entry]:
    yield _Entry(_mean, 12, 14, "mean, 95% interval")
    if any(size.seeds > 1 for size in fit.sizes):
        yield _Entry(_seed, 8, 14, "one seed")
    if fit.line is not None:
        yield _Entry(_band, 30, 14, "line, 95% band")
        yield _Entry(_beyond, 30, 14, "extrapolated")
    if fit.reference is not None:
        yield _Entry(_level, 30, 14, "best prompted")


def _mean(x: float, y: float) -> Iterator[str]:
    yield svg.line((x, y - 11), (x, y + 3), "main")
    yield svg.circle((x, y - 4), 4.5, "main-fill")


def _seed(x: float, y: float) -> Iterator[str]:
    yield svg.circle((x, y - 4), 2.5, "faint")


def _band(x: float, y: float) -> Iterator[str]:
    end = x + _SAMPLE
    yield svg.polygon(((x, y - 10), (end, y - 10), (end, y + 2), (x, y + 2)), "band")
    yield svg.line((x, y - 4), (end, y - 4), "main")


def _beyond(x: float, y: float) -> Iterator[str]:
    yield svg.line((x, y - 4), (x + _SAMPLE, y - 4), "main dashed")


def _level(x: float, y: float) -> Iterator[str]:
    yield svg.line((x, y - 4), (x + _SAMPLE, y - 4), "other")
