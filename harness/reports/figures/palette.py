"""The colours of the pictures on light and on dark paper, as values: CSS and tests read them. Pure.

Hues are those of Okabe & Ito (2008), which colour-blind readers can tell apart, moved in lightness
until each stands out from its paper (WCAG 1.4.11: 3 to 1) and all keep apart for protanopes,
deuteranopes and tritanopes (simulated after Machado, Oliveira & Fernandes 2009).
"""

from __future__ import annotations

import msgspec

HEAT_LEVELS = 6


class Fill(msgspec.Struct, frozen=True):
    """A colour to fill with, and the colour of text that stands on it."""

    colour: str
    text: str


class Palette(msgspec.Struct, frozen=True, kw_only=True):
    """Colours on one paper, each as '#rrggbb'.

    `series` are the arms in their order. `outcomes` are correct, wrong, unparsed, refused,
    truncated, filtered and errors. `heat` runs from nothing to all.
    """

    paper: str
    ink: str
    quiet: str
    grid: str
    frame: str
    band: str
    series: tuple[str, ...]
    outcomes: tuple[Fill, ...]
    heat: tuple[Fill, ...]


LIGHT = Palette(
    paper="#ffffff",
    ink="#1f2328",
    quiet="#59636e",
    grid="#dfe3e8",
    frame="#7d8590",
    band="#eef1f4",
    series=(
        "#00519e",
        "#d2700c",
        "#008560",
        "#cb70ab",
        "#2b1a00",
        "#3592f0",
        "#6e7781",
        "#4f5208",
    ),
    outcomes=(
        Fill("#0072b2", "#ffffff"),
        Fill("#b84e00", "#ffffff"),
        Fill("#e8a600", "#1f2328"),
        Fill("#a83d86", "#ffffff"),
        Fill("#6b7681", "#ffffff"),
        Fill("#6a4a10", "#ffffff"),
        Fill("#24292f", "#ffffff"),
    ),
    heat=(
        Fill("#f4f6f8", "#59636e"),
        Fill("#d9e8f4", "#1f2328"),
        Fill("#b2d2ea", "#1f2328"),
        Fill("#7fb4dc", "#1f2328"),
        Fill("#2f79b3", "#ffffff"),
        Fill("#00487d", "#ffffff"),
    ),
)

DARK = Palette(
    paper="#0d1117",
    ink="#e6edf3",
    quiet="#9da7b1",
    grid="#262c36",
    frame="#7d8590",
    band="#161b22",
    series=(
        "#56b4e9",
        "#f0a500",
        "#009e73",
        "#d85fae",
        "#eee08a",
        "#dd4411",
        "#e6edf3",
        "#8d70ff",
    ),
    outcomes=(
        Fill("#56b4e9", "#0d1117"),
        Fill("#f0883e", "#0d1117"),
        Fill("#f2d14b", "#0d1117"),
        Fill("#e28fbd", "#0d1117"),
        Fill("#9da7b1", "#0d1117"),
        Fill("#b8925a", "#0d1117"),
        Fill("#e6edf3", "#0d1117"),
    ),
    heat=(
        Fill("#161b22", "#9da7b1"),
        Fill("#13283a", "#e6edf3"),
        Fill("#153d5b", "#e6edf3"),
        Fill("#1c5780", "#ffffff"),
        Fill("#4aa3d9", "#0d1117"),
        Fill("#a5dcff", "#0d1117"),
    ),
)
