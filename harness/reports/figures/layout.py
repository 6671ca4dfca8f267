"""Texts in, where they stand in a picture out: columns of texts, legends, labels. Pure.

Pictures are 540 wide with text of 15, so that they can stand two abreast on a desk and shrink to
340 pixels on a phone with letters of more than 9.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from harness.reports import svg
from harness.reports.figures.looks import Look
from harness.reports.svg import Place
from harness.reports.wording import one_line

WIDTH = 540
TEXT = 15
SMALL = 14
EDGE = 8
GAP = 12
_WIDE_FONT = 1.05  # some fonts, as DejaVu Sans, are wider than what `svg.text_width` allows for
_LEGEND_STEP = 24
_SWATCH = 34


def width_of(content: str, size: float = TEXT) -> float:
    """How wide a text may become in any common font."""
    return svg.text_width(content, size * _WIDE_FONT)


def cut(content: str, width: float, size: float = TEXT) -> str:
    """A foreign text as one line that is at most so wide, without its middle where need be."""
    return svg.fitted(content, width, size * _WIDE_FONT)


class Columns(msgspec.Struct, frozen=True):
    """Labels at the left edge, numbers at the right, and the plot from `left` to `right`."""

    left: float
    right: float

    def label(self, y: float, content: str, style: str = "") -> str:
        """The text at the left edge, cut where it would reach the plot."""
        size = SMALL if "small" in style else TEXT
        shown = cut(content, self.left - GAP - EDGE, size)
        return svg.text((EDGE, y), shown, style)

    def number(self, y: float, content: str, style: str = "small") -> str:
        """The text at the right edge."""
        return svg.text((WIDTH - EDGE, y), content, style, "end")


def columns(labels: Iterable[str], numbers: Iterable[str], *, most: float = 190) -> Columns:
    """Columns as wide as their texts, labels at most `most`.

    In whole pixels: a width that is added and subtracted again is not always what it was, and a
    label that is too wide by a rounding error would lose its middle.
    """
    label = math.ceil(max((width_of(one_line(text)) for text in labels), default=0.0))
    number = max((width_of(text, SMALL) for text in numbers), default=0.0)
    left = EDGE + min(most, label) + GAP
    return Columns(left, WIDTH - EDGE - (number + GAP if number else GAP))


class Entry(msgspec.Struct, frozen=True):
    """A line of a legend: the sample is drawn by `look`, with a piece of line if `lined`."""

    name: str
    look: Look
    lined: bool = False


def legend(entries: Sequence[Entry], top: float) -> tuple[list[str], float]:
    """Samples with their names, in as many lines as they need; and where the next thing begins."""
    drawn: list[str] = []
    x, y = float(EDGE), top
    for entry in entries:
        sample = _SWATCH if entry.lined else 16
        name = cut(entry.name, 250, SMALL)
        needed = sample + 6 + width_of(name, SMALL)
        if x > EDGE and x + needed > WIDTH - EDGE:
            x, y = float(EDGE), y + _LEGEND_STEP
        drawn.append(_sample(entry, (x, y + 10), sample))
        drawn.append(svg.text((x + sample + 6, y + 15), name, "small"))
        x += needed + 16
    return drawn, y + _LEGEND_STEP + 4 if entries else top


def _sample(entry: Entry, at: Place, width: float) -> str:
    x, y = at
    middle = entry.look.mark((x + width / 2, y), 5.5)
    if not entry.lined:
        return entry.look.drawn([middle])
    return entry.look.drawn([svg.line((x, y), (x + width, y), "curve"), middle])


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places as near as can be to the wanted ones, at least `gap` apart, between `low` and `high`.

    Where not all of them fit, they are evenly spaced from `low` on, closer than `gap`.
    """
    count = len(wanted)
    if count > 1:
        gap = min(gap, (high - low) / (count - 1))
    order = sorted(range(count), key=lambda place: wanted[place])
    placed = list(wanted)
    blocks: list[tuple[list[int], float]] = []
    for place in order:
        members, start = [place], wanted[place]
        while blocks and blocks[-1][1] + gap * len(blocks[-1][0]) > start:
            members = [*blocks.pop()[0], *members]
            offsets = [wanted[one] - gap * rank for rank, one in enumerate(members)]
            start = sum(offsets) / len(offsets)
        start = min(max(start, low), high - gap * (len(members) - 1))
        blocks.append((members, start))
        blocks = _settled(blocks, gap)
    for members, start in blocks:
        for rank, one in enumerate(members):
            placed[one] = start + gap * rank
    return placed


def _settled(blocks: list[tuple[list[int], float]], gap: float) -> list[tuple[list[int], float]]:
    """Blocks that touch after the frame pushed one of them are one block."""
    merged: list[tuple[list[int], float]] = []
    for members, start in reversed(blocks):
        if merged and start + gap * len(members) > merged[-1][1] + 1e-9:
            later, after = merged.pop()
            merged.append(([*members, *later], min(start, after - gap * len(members))))
        else:
            merged.append((members, start))
    return merged[::-1]


def paragraphs(texts: Iterable[str], width: float, size: float = SMALL) -> Iterator[str]:
    """Texts broken into lines that are at most so wide."""
    for text in texts:
        line = ""
        for word in one_line(text, 1000).split(" "):
            longer = f"{line} {word}".strip()
            if line and svg.text_width(longer, size) > width:
                yield line
                longer = word
            line = longer
        yield line
