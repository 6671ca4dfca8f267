"""A trend as a picture and as tables: only what can be compared is joined, and all is named."""

from __future__ import annotations

import pytest

from harness.analysis.trend import TrendLine
from harness.reports.trend import decisions_table, no_trend, runs_table, trend_picture
from harness.text.wording import NOTHING
from harness.values.verdict import Ruling

from .trends import BROKEN, a_trend, decision, point


def _drawn(trend) -> list[tuple[str, ...]]:
    """The rows beside the picture: when, run, arm, accuracy, interval, gate."""
    picture = trend_picture(trend, key="trend-demo")
    assert picture is not None
    assert picture.svg.startswith("<svg")
    return list(picture.table.rows)


def test_every_run_of_every_arm_is_drawn():
    """With the gate at the last run before it of the very arm that it judged."""
    rows = _drawn(a_trend())
    assert [(row[1], row[2], row[3], row[5]) for row in rows] == [
        ("run1", "few_shot", "50.0%", NOTHING),
        ("run1", "tuned", "70.0%", "promote"),
        ("run3", "few_shot", "50.0%", NOTHING),
        ("run3", "tuned", "80.0%", NOTHING),
    ]


def test_a_line_begins_again_where_cases_or_scoring_changed():
    """What came before is a line of its own, and the table says why."""
    points = (point(1, 0.1), point(2, 0.2), point(3, 0.5, "cases"), point(4, 0.6, "arm"))
    trend = a_trend(TrendLine("tuned", "live", points), decisions=())
    assert [row[1] for row in _drawn(trend)] == ["run1", "run2", "run3", "run4"]
    picture = trend_picture(trend, key="trend-demo")
    assert picture is not None
    assert picture.svg.count("<polyline") == 2
    assert "tuned from 50.0% to 60.0% in 2 runs" in picture.svg
    table = runs_table(trend)
    assert table is not None
    assert [(row[1], row[-1]) for row in table.rows] == [
        ("run4", "arm"),
        ("run3", "cases"),
        ("run2", NOTHING),
        ("run1", NOTHING),
    ]


@pytest.mark.parametrize(
    "points", [(), (point(1, 0.5),), (point(1, 0.5), point(2, 0.6, "scoring"))]
)
def test_one_comparable_run_is_no_trend(points):
    """There is nothing to draw."""
    lines = (TrendLine("tuned", "live", points),) if points else ()
    trend = a_trend(lines=lines)
    assert trend_picture(trend, key="k") is None
    assert (runs_table(trend) is None) == (not points)


def test_an_arm_looks_as_on_the_rest_of_the_page():
    """By its place among all arms of the page."""
    trend = a_trend(TrendLine("tuned", "live", (point(1, 0.5), point(2, 0.6))))
    first, second = (
        trend_picture(trend, key="k", among=among) for among in (("tuned",), ("few_shot", "tuned"))
    )
    assert first is not None
    assert second is not None
    assert first.svg != second.svg
    assert first.svg == trend_picture(trend, key="k").svg


def test_asked_and_replayed_are_told_apart_where_there_are_both():
    """Under one name a change of the model and one of the scorer would look alike."""
    lines = [
        TrendLine("tuned", origin, (point(1, 0.5), point(2, 0.6)))
        for origin in ("live", "replayed")
    ]
    assert {row[2] for row in _drawn(a_trend(*lines))} == {"tuned (live)", "tuned (replayed)"}
    assert {row[2] for row in _drawn(a_trend(lines[0]))} == {"tuned"}


def test_of_many_lines_those_of_one_kind_are_drawn():
    """The kind with more points, or of equals the newer; the caption says which."""
    arms = [f"arm{number}" for number in range(4)]
    replayed = [TrendLine(a, "replayed", (point(1, 0.5), point(2, 0.6))) for a in arms]
    live = [TrendLine(a, "live", (point(3, 0.7), point(4, 0.7), point(5, 0.8))) for a in arms[1:]]
    picture = trend_picture(a_trend(*replayed, *live), key="k")
    assert picture is not None
    assert {row[2] for row in picture.table.rows} == {"arm1", "arm2", "arm3"}
    assert picture.caption.endswith("Only live runs are drawn; the table of past runs has all.")
    few = trend_picture(a_trend(*replayed[:3], *live), key="k")
    assert few is not None
    assert len({row[2] for row in few.table.rows}) == 6
    assert "Only" not in few.caption
    newer = [TrendLine(a, "live", (point(3, 0.7), point(4, 0.7))) for a in arms]
    equal = trend_picture(a_trend(*newer, *replayed), key="k")
    assert equal is not None
    assert "Only live runs" in equal.caption


def test_why_there_is_no_trend():
    """None, one, or only such as cannot be compared."""
    assert no_trend(a_trend(lines=())).startswith("No run is kept on this machine")
    one = TrendLine("tuned", "live", (point(1, 0.5),))
    assert no_trend(a_trend(one)).startswith("One run is kept on this machine")
    two = TrendLine("tuned", "live", (point(1, 0.5), point(2, 0.6, "scoring")))
    assert "2 runs are kept on this machine, and no two" in no_trend(a_trend(two))


def test_many_arms_leave_room_for_fewer_runs():
    """Of twelve arms two runs, which are fewer than thirty rows; the newest run always."""
    points = tuple(point(day, 0.5) for day in range(1, 6))
    table = runs_table(a_trend(*(TrendLine(f"a{n}", "live", points) for n in range(12))))
    assert table is not None
    assert list(dict.fromkeys(row[1] for row in table.rows)) == ["run5", "run4"]
    assert table.notes == ("The newest 2 of 5 runs.",)
    table = runs_table(a_trend(*(TrendLine(f"a{n}", "live", points) for n in range(40))))
    assert table is not None
    assert len(table.rows) == 40


def test_the_newest_runs_are_listed_and_all_are_drawn():
    """Of fifteen, ten."""
    line = TrendLine("tuned", "live", tuple(point(day, 0.5) for day in range(1, 16)))
    table = runs_table(a_trend(line))
    assert table is not None
    assert [row[1] for row in table.rows] == [f"run{day}" for day in range(15, 5, -1)]
    assert len(_drawn(a_trend(line))) == 15


def test_what_is_not_shown_is_counted():
    """By reason, with the first names."""
    table = runs_table(a_trend(skipped=(BROKEN,) * 4))
    assert table is not None
    assert table.notes == ("Not shown: 4 (run2, run2, run2, …): not finished, or killed.",)


def test_decisions_newest_first():
    """As they were held; a decision that no run on this machine belongs to is here all the same."""
    held = [decision(1, 1), decision(2, 4, ruling=Ruling.REJECT, digest="gone")]
    table = decisions_table(a_trend(decisions=tuple(held)))
    assert table is not None
    assert table.rows == (
        ("2026-01-04 09:00", "2", "tuned", "few_shot", "reject"),
        ("2026-01-01 09:00", "1", "tuned", "few_shot", "promote"),
    )
    assert decisions_table(a_trend(decisions=())) is None
    many = decisions_table(a_trend(decisions=tuple(decision(n, 1) for n in range(12))))
    assert many is not None
    assert (len(many.rows), many.notes) == (10, ("The newest 10 of 12 decisions.",))


def test_a_hostile_name_is_one_line():
    """The id of a run is that of a folder, and a folder may be called anything."""
    line = TrendLine("tuned\n\x1b[31m", "live", (point(1, 0.5), point(2, 0.5)))
    table = runs_table(a_trend(line))
    assert table is not None
    assert not any("\n" in cell or "\x1b" in cell for row in table.rows for cell in row)
