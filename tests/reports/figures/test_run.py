"""The pictures of a run's columns: what is taken for what, and how long answers take."""

from __future__ import annotations

import pytest

from harness.analysis.summary import summarise
from harness.reports.figures.confusion import confusion_figure, heat
from harness.reports.figures.latency import latency_figure
from harness.text.wording import seconds
from harness.values.score import Outcome
from tests.reports.runs import columns, outcomes, record, stars

from .drawn import classes, root, said, texts

HOSTILE = "<script>alert(1)</script>\x1b\u202e"


def labelled(labels, per_label=3):
    """Every label answered right, but for the first, which is taken for the second."""
    return columns(
        record(
            place * per_label + n,
            Outcome.WRONG if place == 0 else Outcome.CORRECT,
            expected=label,
            answered=labels[1] if place == 0 else label,
        )
        for place, label in enumerate(labels)
        for n in range(per_label)
    )


def test_confusions_stand_side_by_side():
    """A matrix per arm, two abreast, with counts in the fields of the table."""
    arms = {"a": columns(stars(outcomes(20, 10, 2))), "b": columns(stars(outcomes(32)))}
    figure = confusion_figure(arms)
    names = classes(figure, "strong")
    assert [e.text for e in names] == ["a", "b"]
    assert names[0].attrib["y"] == names[1].attrib["y"]
    assert texts(figure).count("none") == 2
    assert figure.table.rows[4] == ("b", "1", "8", "0", "0", "0", "0")
    assert said(figure).endswith("b: 100.0% of 32 replies right.")


def test_the_largest_confusion_is_said():
    """In words, with how often."""
    figure = confusion_figure({"a": labelled(["x", "y", "z"])})
    assert "most often x is taken for y, 3 times" in said(figure)


def test_a_field_is_as_dark_as_its_share_of_the_row():
    """Nothing, then steps of a fifth."""
    assert [heat(share) for share in (0, 0.01, 0.2, 0.5, 0.99, 1)] == [0, 1, 2, 3, 5, 5]


def test_long_labels_stand_upright():
    """Above their columns, so that twelve fit."""
    figure = confusion_figure({"a": labelled([f"label number {n}" for n in range(11)])})
    turned = [e for e in root(figure).iter() if "transform" in e.attrib]
    assert len(turned) == 1 + 12


def test_more_labels_than_a_picture_holds():
    """The table of the largest confusions is shown instead, by `detail`."""
    assert confusion_figure({"a": labelled([f"l{n}" for n in range(13)])}) is None
    assert confusion_figure({"a": labelled([f"l{n}" for n in range(12)])}) is not None


def test_without_labels_there_is_no_matrix():
    """Free texts have none."""
    assert confusion_figure({"a": columns([record(0)])}) is None
    assert confusion_figure({}) is None


def test_hostile_labels_are_inert():
    """In headings and rows."""
    figure = confusion_figure({HOSTILE: labelled([HOSTILE, "y"])})
    assert "<script" not in figure.svg
    root(figure)


def test_latency_marks_are_those_of_the_summary():
    """p50 and p95, as the tables have them."""
    arm = columns(record(n, latency=0.1 + n / 100) for n in range(100))
    figure = latency_figure({"arm": arm})
    latency = summarise(arm, graded=False).latency
    assert figure.table.rows[0][2] == seconds(latency.p50) == "0.59 s"
    assert figure.table.rows[0][4] == seconds(latency.p95) == "1.04 s"
    assert said(figure) == "Share of answers within a time. arm p50 0.59 s, p95 1.04 s."
    assert len(classes(figure, "mark")) == 1 + 2


def test_a_latency_curve_runs_from_nothing_to_all():
    """Upwards, never back."""
    figure = latency_figure({"arm": columns(record(n, latency=0.1 * 1.1**n) for n in range(40))})
    points = classes(figure, "curve")[1].attrib["points"].split()
    places = [tuple(map(float, point.split(","))) for point in points]
    assert places == sorted(places, key=lambda place: (place[0], -place[1]))
    assert len(places) == 41


def test_failures_have_no_latency():
    """They are not answers."""
    arm = columns([record(0, latency=0.2), record(1, Outcome.PROVIDER_ERROR, latency=60.0)])
    assert latency_figure({"arm": arm}).table.rows[0][1] == "1"


def test_answers_without_a_time_are_left_out():
    """A log of another tool may not have all of them."""
    arm = columns([record(0, latency=0.2), record(1, latency=0.0), record(2, latency=0.4)])
    assert latency_figure({"arm": arm}).table.rows[0][1:4] == ("2", "0.20 s", "0.40 s")


@pytest.mark.parametrize(
    "records", [[], [record(0, Outcome.PROVIDER_ERROR)], [record(0, latency=0.0)]]
)
def test_without_latencies_there_is_no_picture(records):
    """No rows, no answer, or no time written down."""
    assert latency_figure({"arm": columns(records)}) is None


def test_equal_latencies_can_be_drawn():
    """One point of time, and one answer."""
    root(latency_figure({"arm": columns([record(0, latency=0.2)])}))


def test_an_arm_keeps_its_look():
    """By its place in the page, not in this picture."""
    figure = latency_figure({"b": columns([record(0)])}, among=["a", "b"])
    assert classes(figure, "s2")
    assert not classes(figure, "s1")
