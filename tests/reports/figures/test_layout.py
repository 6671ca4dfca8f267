"""Texts find their places: columns, legends, labels that keep apart."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.reports import svg
from harness.reports.figures.axes import change_axis, log_axis, share_axis
from harness.reports.figures.layout import (
    EDGE,
    WIDTH,
    Entry,
    columns,
    cut,
    legend,
    spread,
    width_of,
)
from harness.reports.figures.looks import looks
from harness.reports.figures.placing import Box, placed


@given(st.lists(st.floats(-50, 450), min_size=1, max_size=12))
def test_labels_keep_apart(wanted):
    """In their order, at least the gap apart, within the frame."""
    found = spread(wanted, 18, 0, 400)
    assert all(-1e-6 <= place <= 400 + 1e-6 for place in found)
    ordered = sorted(found)
    assert all(b - a >= 18 - 1e-6 for a, b in itertools.pairwise(ordered))
    pairs = sorted(zip(wanted, found, strict=True))
    assert [place for _, place in pairs] == sorted(place for _, place in pairs)


def test_labels_with_room_stay_where_they_are():
    """Only those that touch move, by as little as can be."""
    assert spread([10, 100, 300], 18, 0, 400) == [10, 100, 300]
    assert spread([100, 100], 20, 0, 400) == [90, 110]
    assert spread([0, 5], 20, 0, 400) == [0, 20]


def test_too_many_labels_share_the_room():
    """Evenly, rather than outside the frame."""
    assert spread([5, 5, 5], 20, 0, 10) == [0, 5, 10]


@pytest.mark.parametrize("name", ["big", "small", "tuned", "plain", "zero_shot", "a" * 15])
def test_a_label_that_decides_the_width_is_whole(name):
    """Rounding must not take its middle."""
    assert f">{name}<" in columns([name, "a"], ["10.0%"]).label(0, name)


@given(st.lists(st.text(max_size=60), min_size=1, max_size=14))
def test_a_legend_stays_within_its_borders(names):
    """Whatever the names, no line of it is wider than the picture."""
    styles = looks(names)
    drawn, below = legend([Entry(name, styles[name], lined=True) for name in names], 8)
    starts = [float(one.split('x="')[1].split('"')[0]) for one in drawn if one.startswith("<text")]
    assert all(
        x + width_of(cut(n, 250, 14), 14) <= WIDTH - EDGE
        for x, n in zip(starts, names, strict=True)
        if x > 60
    )
    assert below > 8


@given(st.text(max_size=300), st.floats(30, 300))
def test_a_cut_text_fits(content, width):
    """Never wider than asked for, wide letters counted as such."""
    assert width_of(cut(content, width)) <= width or len(cut(content, width)) <= 2


def test_names_of_a_family_stay_apart_when_cut():
    """Their ends differ: the middle is left out."""
    family = [f"tracking_shuffled_objects_{n}_objects" for n in ("three", "five", "seven")]
    shown = {cut(name, 200) for name in family}
    assert len(shown) == 3
    assert all("…" in name for name in shown)


def test_wide_letters_are_wide():
    """Chinese takes twice the room."""
    assert svg.text_width("中文") > 1.7 * svg.text_width("ab")


def test_columns_leave_room_for_texts():
    """Labels left, numbers right, the plot between them."""
    place = columns(["short", "a much longer name"], ["22.4%"])
    assert EDGE + width_of("a much longer name") < place.left < place.right < WIDTH - 40


@given(
    st.lists(st.tuples(st.floats(60, 500), st.floats(20, 300)), min_size=1, max_size=9, unique=True)
)
def test_names_beside_points_stay_in_the_frame(points):
    """However the points lie."""
    frame = Box(50, 0, 538, 320)
    for spot in placed(points, ["few_shot"] * len(points), frame):
        assert spot.box.left >= frame.left
        assert spot.box.right <= frame.right
        assert frame.top <= spot.box.top <= spot.box.bottom <= frame.bottom


def test_names_of_close_points_do_not_cover_each_other():
    """Four points within a few pixels."""
    spots = placed(
        [(200, 100), (206, 104), (212, 98), (203, 110)], ["abc"] * 4, Box(0, 0, 540, 300)
    )
    pairs = itertools.combinations([spot.box for spot in spots], 2)
    assert sum(one.overlap(other) for one, other in pairs) == 0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_an_axis_of_shares_holds_its_values(values):
    """From at most the lowest to at least the highest, within [0, 1]."""
    axis = share_axis(values, 100, 400, graded=False)
    assert 0 <= axis.ticks[0] <= min(values) + 1e-9
    assert max(values) - 1e-9 <= axis.ticks[-1] <= 1


def test_an_axis_of_differences_always_has_zero():
    """Also where all differences are far from it."""
    axis = change_axis([0.3, 0.4], 0, 100, graded=False)
    assert 0.0 in axis.ticks
    assert axis.shown(0.2) == "+20"
    assert axis.shown(0.0) == "0"


@pytest.mark.parametrize(("low", "high"), [(1, 1), (0.001, 1e6), (2, 3), (30, 400)])
def test_an_axis_of_ratios_has_numbers(low, high):
    """Two or more, all within it."""
    axis = log_axis(low, high, 0, 100, str)
    assert len(axis.ticks) >= 2
    assert all(0 <= axis.scale(tick) <= 100 for tick in axis.ticks)


def test_arms_look_the_same_in_all_pictures():
    """By their place in the page, and never two alike."""
    every = [f"arm {n}" for n in range(12)]
    styles = looks(["arm 3", "arm 9"], every)
    assert styles["arm 3"].number == 3
    assert len({(s.style, s.fill, s.mark((0, 0))) for s in looks(every).values()}) == 12
