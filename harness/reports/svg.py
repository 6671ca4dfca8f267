"""Places and texts in, the elements of an SVG picture out: a file, or part of a page. Pure.

No script, no font, no link to anything: the picture is safe to show from a file, a page or a
repository. A file brings its style and follows the reader's light or dark setting; within a page
the style is the page's (`figures.style.chart_css`). Both scale to any width.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

import msgspec

from harness.reports.wording import one_line

Anchor = Literal["start", "middle", "end"]
Place = tuple[float, float]

_FORBIDDEN = dict.fromkeys((0xFFFE, 0xFFFF), "\N{REPLACEMENT CHARACTER}")
_WIDEST_LETTER = 0.56  # of the font size: a little more than the average of common sans serifs
_WIDE_LETTER = 1.0  # of the font size: what fills a square, as Chinese and emoji do
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0, 20.0)

# Okabe & Ito's colours, which colour-blind readers can tell apart; the dark ones are lightened.
STYLE = """
.chart { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
.chart .paper { fill: #ffffff; }
.chart text { fill: #24292f; }
.chart .title { font-size: 16px; font-weight: 600; }
.chart .quiet { fill: #57606a; }
.chart .halo { stroke: #ffffff; stroke-width: 4px; stroke-linejoin: round; paint-order: stroke; }
.chart .grid { stroke: #d8dee4; stroke-width: 1; }
.chart .frame { stroke: #57606a; stroke-width: 1; }
.chart .main { stroke: #0072b2; fill: none; stroke-width: 2.25; }
.chart .main-fill { fill: #0072b2; }
.chart .band { fill: #0072b2; fill-opacity: 0.16; }
.chart .faint { fill: #0072b2; fill-opacity: 0.5; }
.chart .other { stroke: #b34a00; fill: none; stroke-width: 2; }
.chart .other-fill { fill: #b34a00; }
.chart .dashed { stroke-dasharray: 6 5; }
.chart .dotted { stroke-dasharray: 1.5 4; }
@media (prefers-color-scheme: dark) {
.chart .paper { fill: #0d1117; }
.chart text { fill: #e6edf3; }
.chart .quiet { fill: #9da7b1; }
.chart .halo { stroke: #0d1117; }
.chart .grid { stroke: #2d333b; }
.chart .frame { stroke: #9da7b1; }
.chart .main { stroke: #56b4e9; }
.chart .main-fill, .chart .band, .chart .faint { fill: #56b4e9; }
.chart .other { stroke: #e69f00; }
.chart .other-fill { fill: #e69f00; }
}
"""


class Scale(msgspec.Struct, frozen=True):
    """Values from `low` to `high` on pixels from `start` to `end`; `log` spaces them by ratio."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """The pixel of a value."""
        low, high, at = self.low, self.high, value
        if self.log:
            low, high, at = math.log(low), math.log(high), math.log(at)
        return self.start + (at - low) / (high - low) * (self.end - self.start)


def ticks(low: float, high: float, most: int = 7) -> list[float]:
    """At most `most` round numbers, evenly spaced, from below `low` to above `high`."""
    rough = max(high - low, 1e-9) / (most - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    wide_enough = (
        step
        for step in (power * factor for factor in _STEPS)
        if math.ceil(high / step - 1e-9) - math.floor(low / step + 1e-9) < most
    )
    step = next(wide_enough)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]


def document(width: int, height: int, title: str, desc: str, body: Iterable[str]) -> str:
    """The whole file. `title` and `desc` are for people who hear the picture and do not see it."""
    opening = (
        '<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'style="max-width: 100%; height: auto">'
    )
    said = f"<title>{_safe(title)}</title>\n<desc>{_safe(desc)}</desc>"
    paper = f'<rect class="paper" width="{width}" height="{height}"/>'
    return "\n".join([opening, said, f"<style>{STYLE}</style>", paper, *body, "</svg>\n"])


def element(key: str, size: Place, title: str, desc: str, body: Iterable[str]) -> str:
    """The picture as an element of a page, which has the style sheet and may hold other pictures.

    `key` begins every id: small letters, digits and hyphens. `size` is (width, height). Nothing in
    it needs a style of its own, which a strict Content-Security-Policy would refuse.
    """
    across, down = map(_number, size)
    opening = (
        '<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" '
        f'aria-labelledby="{key}-title {key}-desc" viewBox="0 0 {across} {down}" '
        f'width="{across}" height="{down}">'
    )
    said = f'<title id="{key}-title">{_safe(title)}</title>'
    described = f'<desc id="{key}-desc">{_safe(desc)}</desc>'
    paper = rect((0, 0), *size, "paper")
    return "\n".join([opening, said, described, paper, *body, "</svg>"])


def group(style: str, body: Iterable[str]) -> str:
    """Elements that share a class."""
    return f"<g{_class(style)}>{''.join(body)}</g>"


def text(
    at: Place, content: str, style: str = "", anchor: Anchor = "start", *, limit: int = 100
) -> str:
    """One line of text; what is longer than `limit` characters is cut."""
    shown = _safe(content, limit)
    place = f'x="{_number(at[0])}" y="{_number(at[1])}"'
    return f'<text {place} text-anchor="{anchor}"{_class(style)}>{shown}</text>'


def line(start: Place, end: Place, style: str) -> str:
    """A straight line."""
    (x1, y1), (x2, y2) = (tuple(map(_number, place)) for place in (start, end))
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"{_class(style)}/>'


def circle(at: Place, radius: float, style: str) -> str:
    """A filled dot."""
    place = f'cx="{_number(at[0])}" cy="{_number(at[1])}" r="{_number(radius)}"'
    return f"<circle {place}{_class(style)}/>"


def rect(at: Place, width: float, height: float, style: str, *, radius: float = 0) -> str:
    """A rectangle from its upper left corner."""
    place = f'x="{_number(at[0])}" y="{_number(at[1])}"'
    rounded = f' rx="{_number(radius)}"' if radius else ""
    size = f'width="{_number(width)}" height="{_number(height)}"'
    return f"<rect {place} {size}{rounded}{_class(style)}/>"


def strokes(lines: Iterable[tuple[Place, Place]], style: str) -> str:
    """Many straight lines as one element."""
    parts = (
        f"M{_number(x1)} {_number(y1)}L{_number(x2)} {_number(y2)}" for (x1, y1), (x2, y2) in lines
    )
    return f'<path d="{"".join(parts)}"{_class(style)}/>'


def turned(at: Place, degrees: float, body: str) -> str:
    """An element that is turned around a place."""
    around = f"{_number(degrees)} {_number(at[0])} {_number(at[1])}"
    return f'<g transform="rotate({around})">{body}</g>'


def polyline(places: Sequence[Place], style: str) -> str:
    """An open line through some places."""
    return f'<polyline points="{_points(places)}"{_class(style)}/>'


def polygon(places: Sequence[Place], style: str) -> str:
    """A closed area."""
    return f'<polygon points="{_points(places)}"{_class(style)}/>'


def text_width(content: str, size: float = 13) -> float:
    """About how wide a text will be, in pixels; fonts differ, so rather too wide."""
    return sum(map(_letter_width, content)) * size


def _letter_width(letter: str) -> float:
    return _WIDE_LETTER if unicodedata.east_asian_width(letter) in "WF" else _WIDEST_LETTER


def fitted(content: str, width: float, size: float = 13) -> str:
    """A text as one line that is cut in its middle where it would be wider than `width` pixels.

    In the middle, because names of a family often differ at their ends.
    """
    shown = one_line(content, 200)
    kept = len(shown)
    cut = shown
    while kept > 1 and text_width(cut, size) > width:
        kept -= 1
        cut = f"{shown[: kept - kept // 2].rstrip()}…{shown[len(shown) - kept // 2 :].lstrip()}"
    return cut


def _safe(content: str, limit: int = 2000) -> str:
    """A text as XML can hold it: escaped, and without characters that XML forbids."""
    return escape(one_line(content, limit).translate(_FORBIDDEN))


def _class(style: str) -> str:
    return f" class={quoteattr(style)}" if style else ""


def _points(places: Iterable[Place]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in places)


def _number(value: float) -> str:
    """Tenths of a pixel: short, and the same on every machine."""
    return f"{round(round(value, 6), 1) + 0.0:.1f}".removesuffix(".0")
