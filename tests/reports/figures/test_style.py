"""Colours that everybody can tell apart and read, and a style sheet that holds for charts alone."""

from __future__ import annotations

import itertools
import math
import re

import pytest

from harness.reports.figures.palette import DARK, HEAT_LEVELS, LIGHT
from harness.reports.figures.style import chart_css

PALETTES = [LIGHT, DARK]
# Machado, Oliveira & Fernandes (2009), severity 1, on linear RGB.
SIGHTS = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def linear(colour):
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]


def contrast(one, other):
    """WCAG 2."""
    lights = sorted(
        sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True))
        for colour in (one, other)
    )
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def lab(colour, sight):
    """CIE 1976, D65, as somebody of that sight sees it."""
    seen = [
        min(1.0, max(0.0, sum(m * c for m, c in zip(row, linear(colour), strict=True))))
        for row in SIGHTS[sight]
    ]
    rows = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    white = (0.95047, 1.0, 1.08883)
    x, y, z = (
        _root(sum(m * c for m, c in zip(row, seen, strict=True)) / full)
        for row, full in zip(rows, white, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _root(t):
    return t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116


def test_contrast_is_that_of_the_standard():
    """Black on white is 21 to 1, a colour on itself 1."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#777777") == 1


@pytest.mark.parametrize("palette", PALETTES)
def test_texts_can_be_read(palette):
    """4.5 to 1 for every text on what it stands on: paper, stripes, parts of bars, fields."""
    pairs = [
        (text, paper)
        for text in (palette.ink, palette.quiet)
        for paper in (palette.paper, palette.band)
    ]
    pairs += [(fill.text, fill.colour) for fill in (*palette.outcomes, *palette.heat)]
    assert {pair: ratio for pair in pairs if (ratio := contrast(*pair)) < 4.5} == {}


@pytest.mark.parametrize("palette", PALETTES)
def test_marks_stand_out(palette):
    """3 to 1 against the paper. Parts of bars have textures and numbers besides."""
    assert all(contrast(colour, palette.paper) >= 3 for colour in palette.series)
    assert contrast(palette.frame, palette.paper) >= 3


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("palette", PALETTES)
def test_arms_can_be_told_apart(palette, sight):
    """A difference that is seen at once, for those too who see fewer colours."""
    pairs = itertools.combinations(palette.series, 2)
    assert min((math.dist(lab(a, sight), lab(b, sight)), a, b) for a, b in pairs)[0] > 10


@pytest.mark.parametrize("palette", PALETTES)
def test_more_is_further_from_the_paper(palette):
    """The levels of a matrix are in order."""
    ratios = [contrast(fill.colour, palette.paper) for fill in palette.heat]
    assert len(ratios) == HEAT_LEVELS
    assert ratios == sorted(ratios)


def test_every_rule_holds_within_charts_alone():
    """A page keeps its own looks."""
    rules = [line for line in chart_css().splitlines() if "{" in line and "@media" not in line]
    assert len(rules) > 40
    for rule in rules:
        assert all(".chart" in part for part in rule.split("{")[0].split(","))


def test_the_theme_follows_the_system_and_the_page():
    """Dark by the system unless the page says light, by the page in any case, never on paper."""
    css = chart_css()
    assert ':root:not([data-theme="light"]) .chart' in css.split("prefers-color-scheme: dark")[1]
    assert ':root[data-theme="dark"] .chart' in css
    assert LIGHT.paper in css.split("@media print")[1]
    assert DARK.paper not in css.split("@media print")[1]


def test_nothing_is_loaded():
    """No address in it; braces are in balance; every variable that is used is set."""
    css = chart_css()
    assert "url(" not in css
    assert "@import" not in css
    assert css.count("{") == css.count("}")
    used = set(re.findall(r"var\((--chart-[a-z0-9-]+)", css))
    assert used <= set(re.findall(r"(--chart-[a-z0-9-]+):", css))
