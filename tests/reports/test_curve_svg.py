"""The curve's picture: complete, inside its frame, and the same everywhere."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from harness.analysis.curve import fit_curve
from harness.reports.curve_svg import HEIGHT, WIDTH, curve_svg
from tests.curves import a_curve

from . import curves

NAME = "{http://www.w3.org/2000/svg}"


def drawn(curve):
    return ET.fromstring(curve_svg(curve, fit_curve(curve)).encode())


def texts(root):
    return [element.text for element in root.iter(f"{NAME}text")]


def places(root):
    """Every x and y of a picture."""
    for element in root.iter():
        for names in (("x", "y"), ("x1", "y1"), ("x2", "y2"), ("cx", "cy")):
            if names[0] in element.attrib:
                yield tuple(float(element.attrib[name]) for name in names)
        for pair in element.attrib.get("points", "").split():
            yield tuple(map(float, pair.split(",")))


def classes(root, style):
    return [e for e in root.iter() if style in e.attrib.get("class", "").split()]


@pytest.mark.parametrize("name", ["three_seeds", "never", "graded"])
def test_the_picture(name, snapshot):
    """To the last element, so that a change is looked at."""
    curve = getattr(curves, name)()
    assert curve_svg(curve, fit_curve(curve)) == snapshot


@pytest.mark.parametrize("name", curves.NAMES)
def test_everything_is_inside_the_frame(name):
    """Nothing is cut off at the border."""
    assert all(
        0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in places(drawn(getattr(curves, name)()))
    )


def test_it_names_everything():
    """Axes, sizes, doublings beyond, the prompted arm, and where the line meets it."""
    shown = texts(drawn(curves.three_seeds()))
    assert {"25", "50", "100", "200", "300", "600", "1,200"} <= set(shown)
    assert {"10%", "60%", "few_shot_similar 32.1%", "meets at about 140 rows"} <= set(shown)
    assert "accuracy on 240 cases of the test split" in shown
    assert "training rows (each doubling is one step)" in shown


def test_it_can_be_heard():
    """Title and description say what the picture shows, with every mean."""
    root = drawn(curves.three_seeds())
    assert root.attrib["role"] == "img"
    assert root.find(f"{NAME}title").text == "Learning curve of fine_tuned on review_stars"
    said = root.find(f"{NAME}desc").text
    assert "Doubling the rows gains 4.5 points" in said
    assert "300 rows 37.6%" in said


def test_seeds_are_dots_where_there_are_several():
    """Three seeds of five sizes, and one in the legend."""
    assert len(classes(drawn(curves.three_seeds()), "faint")) == 16
    assert classes(drawn(curves.straight()), "faint") == []


def test_what_is_extrapolated_is_dashed():
    """The solid line ends at the largest size, where the dashed one begins."""
    lines = list(drawn(curves.straight()).iter(f"{NAME}polyline"))
    solid, dashed = (line.attrib["points"].split() for line in lines)
    assert "dashed" in lines[1].attrib["class"]
    assert solid[-1] == dashed[0]


def test_without_a_line_there_is_no_band():
    """Two sizes are drawn as they are, with the reason in words."""
    root = drawn(curves.two_sizes())
    assert list(root.iter(f"{NAME}polygon")) == []
    assert "No line is drawn: a line needs at least three sizes, and there are two." in texts(root)


def test_a_curve_without_points_is_a_frame_with_words():
    """A picture, not an error."""
    root = drawn(a_curve(cases=5, sizes=(1,), points=()))
    assert len(texts(root)) == 2


@pytest.mark.parametrize("sizes", [(40,), (1, 2, 3), (10, 1000, 100_000)])
def test_any_sizes_can_be_drawn(sizes):
    """One size, tiny sizes, huge ratios."""
    assert all(0 <= x <= WIDTH for x, _ in places(drawn(a_curve(cases=20, sizes=sizes, gain=0.01))))


def test_labels_of_close_sizes_do_not_overlap():
    """Where two would touch, the first one stays."""
    root = drawn(a_curve(cases=20, sizes=(100, 101, 102, 10_000), gain=0.01))
    assert "100" in texts(root)
    assert "101" not in texts(root)
