"""Elements of a picture: well-formed whatever the text, and scales that fit."""

from __future__ import annotations

import itertools
import math
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.reports import svg

NAME = "{http://www.w3.org/2000/svg}"
ANY_TEXT = st.text(st.characters() | st.sampled_from("<>&\"'\x00\x1b\ufffe\uffff\u202e\ud800"))


@given(ANY_TEXT, ANY_TEXT)
def test_no_text_breaks_the_picture(title, content):
    """A name of a suite can open no element and hold no character that XML forbids."""
    picture = svg.document(10, 10, title, content, [svg.text((1, 2), content, "quiet")])
    root = ET.fromstring(picture.encode())
    kinds = [element.tag.removeprefix(NAME) for element in root.iter()]
    assert kinds == ["svg", "title", "desc", "style", "rect", "text"]


def test_a_picture_is_self_contained():
    """No script, no address, no font file; it scales by its view box and knows the dark."""
    picture = svg.document(720, 466, "t", "d", [])
    assert 'viewBox="0 0 720 466"' in picture
    assert "prefers-color-scheme: dark" in picture
    for outside in ("<script", "href", "url(", "@import", "onload", "http://www.w3.org/1999"):
        assert outside not in picture


def test_every_rule_of_the_style_is_scoped():
    """Within a page the picture must not restyle the page."""
    rules = [line for line in svg.STYLE.splitlines() if "{" in line and "@media" not in line]
    assert rules
    assert all(
        part.strip().startswith(".chart")
        for rule in rules
        for part in rule.split("{")[0].split(",")
    )


@given(st.floats(-1, 1), st.floats(1e-6, 2), st.integers(3, 10))
def test_ticks_surround_the_data(low, width, most):
    """From below the lowest to above the highest, evenly, and never more than asked for."""
    high = low + width
    ticks = svg.ticks(low, high, most)
    slack = 1e-6 * width
    assert 2 <= len(ticks) <= most
    assert ticks[0] <= low + slack
    assert ticks[-1] >= high - slack
    steps = [after - before for before, after in itertools.pairwise(ticks)]
    assert steps == pytest.approx([steps[0]] * len(steps), rel=1e-3)


def test_ticks_are_round():
    """Tens of percent, or twentieths, or what is next."""
    assert svg.ticks(0.21, 0.58) == [0.2, 0.3, 0.4, 0.5, 0.6]
    assert svg.ticks(0.0, 1.0) == [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]


@given(st.floats(1, 1e5), st.floats(1.1, 1e3))
def test_a_log_scale_has_equal_steps_for_equal_ratios(low, ratio):
    """Each doubling is one step."""
    scale = svg.Scale(low, low * ratio, 0, 100, log=True)
    assert (scale(low), scale(low * ratio)) == pytest.approx((0, 100))
    assert scale(low * math.sqrt(ratio)) == pytest.approx(50)


def test_a_scale_may_run_down():
    """Pixels count from the top, values from the bottom."""
    assert svg.Scale(0, 1, 400, 100)(0.5) == 250


@pytest.mark.parametrize(
    ("value", "shown"), [(1, "1"), (0.25, "0.2"), (-0.04, "0"), (10.04, "10"), (-3.36, "-3.4")]
)
def test_places_are_tenths_of_a_pixel(value, shown):
    """Short in the file, and never '-0'."""
    assert svg.circle((value, 5), 2, "x") == f'<circle cx="{shown}" cy="5" r="2" class="x"/>'


def test_lines_and_areas():
    """What each primitive writes."""
    assert svg.line((1, 2), (3, 4), "a") == '<line x1="1" y1="2" x2="3" y2="4" class="a"/>'
    assert svg.polyline([(1, 2), (3, 4)], "a") == '<polyline points="1,2 3,4" class="a"/>'
    assert svg.polygon([(1, 2), (3, 4)], "a") == '<polygon points="1,2 3,4" class="a"/>'
    assert svg.text_width("1,200") > svg.text_width("120") > 0
