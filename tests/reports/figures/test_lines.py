"""Break-even, trends and learning curves: lines over volumes, days and rows."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from msgspec import structs

from harness.analysis.curve import fit_curve
from harness.reports.figures.break_even import break_even_figure
from harness.reports.figures.cost_lines import CostLine, Crossing
from harness.reports.figures.curve import curve_figure
from harness.reports.figures.money import amount, requests
from harness.reports.figures.trend import TrendPoint, trend_figure
from harness.values.verdict import Ruling
from tests.curves import a_curve
from tests.reports import curves

from .drawn import classes, said, texts

HOSTILE = "<script>alert(1)</script>\x1b" * 9
# The worked table of DOMAIN.md for 4.1-mini.
TUNED = CostLine(name="tuned", fixed=0.67, per_request=0.0000808, low=0.00008, high=0.000082)
SHOTS = CostLine(name="eight_shot", per_request=0.0003228)
POINT = Crossing(tuned="tuned", prompted="eight_shot", requests=2758, low=2500, high=3000)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (0.0808, "0.0808"), (12.345, "12.3"), (4500, "4,500"), (1e-7, "0.0000001")],
)
def test_sums_have_three_digits(value, shown):
    """And nothing but zero is zero."""
    assert amount(value) == shown
    assert amount(value, "USD") == f"{shown} USD"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (2758, "2,760"), (45_101, "45,100"), (7_512_345, "7.51M"), (2e9, "2B")],
)
def test_requests_have_three_digits(value, shown):
    """Millions by their letter."""
    assert requests(value) == shown


def test_break_even_marks_the_crossing():
    """A letter where both cost the same, and what it says below."""
    figure = break_even_figure([TUNED, SHOTS], [POINT], currency="USD", horizon=10_000)
    below = "a: tuned costs less than eight_shot after 2,760 requests [2,500, 3,000]."
    assert below in " ".join(texts(figure))
    assert "expected: 10,000" in texts(figure)
    assert figure.table.rows[0] == (
        "tuned",
        "0.67 USD",
        "0.0808 USD",
        "[0.08, 0.082]",
        "eight_shot: after 2,760 [2,500, 3,000]",
    )


def test_a_crossing_lies_on_both_lines():
    """The ring is where the drawn lines meet."""
    figure = break_even_figure([TUNED, SHOTS], [POINT], currency="USD")
    ring = next(e for e in classes(figure, "frame") if "cx" in e.attrib)
    x, y = float(ring.attrib["cx"]), float(ring.attrib["cy"])
    for curve in classes(figure, "curve"):
        places = [tuple(map(float, p.split(","))) for p in curve.attrib["points"].split()]
        before = max(place for place in places if place[0] <= x)
        after = min(place for place in places if place[0] >= x)
        share = (x - before[0]) / max(1e-9, after[0] - before[0])
        assert before[1] + share * (after[1] - before[1]) == pytest.approx(y, abs=1)


def test_rings_that_would_touch_stand_apart():
    """Each with a line to its own point; one that has room stays on it."""
    lines = [TUNED, SHOTS, CostLine(name="ten_shot", per_request=0.00033)]
    near = structs.replace(POINT, prompted="ten_shot", requests=2689)
    figure = break_even_figure(lines, [POINT, near], currency="USD")
    rings = [e for e in classes(figure, "frame") if "cx" in e.attrib]
    first, second = ((float(e.attrib["cx"]), float(e.attrib["cy"])) for e in rings)
    assert math.dist(first, second) > 18
    assert len([e for e in classes(figure, "quiet") if e.attrib.get("r") == "2.5"]) == 2


def test_never_is_a_word():
    """No point, and a sentence."""
    never = Crossing(tuned="tuned", prompted="cheap", requests=None)
    cheap = CostLine(name="cheap", per_request=0.00001)
    figure = break_even_figure([TUNED, cheap], [never], currency="USD")
    assert "tuned never costs less than cheap." in texts(figure)
    assert figure.table.rows[0][-1] == "cheap: never"


def test_an_interval_without_end_says_never():
    """Its upper end is not a number."""
    open_end = Crossing(tuned="tuned", prompted="eight_shot", requests=2758, low=900)
    assert "[900, never]" in said(break_even_figure([TUNED, SHOTS], [open_end], currency="USD"))


def test_an_unknown_price_is_named_and_not_drawn():
    """Never as a line at zero."""
    unknown = CostLine(name="mystery", per_request=None)
    figure = break_even_figure([SHOTS, unknown], currency="USD")
    assert figure.caption.endswith("price unknown: mystery.")
    assert figure.table.rows[1][2] == "unknown"
    assert "mystery" not in texts(figure)


def test_what_is_free_says_so():
    """A line that no axis of ratios has."""
    figure = break_even_figure([SHOTS, CostLine(name="classical", per_request=0.0)], currency="USD")
    assert "classical (free)" in texts(figure)


@pytest.mark.parametrize(
    "lines", [[], [CostLine(name="a", per_request=None)], [CostLine(name="a", per_request=0.0)]]
)
def test_without_costs_there_is_no_picture(lines):
    """Nothing to draw."""
    assert break_even_figure(lines, currency="USD") is None


@pytest.mark.parametrize("fixed", [0.001, 1.0, 1e6])
@pytest.mark.parametrize("per_request", [1e-9, 1e-4, 10.0])
def test_any_costs_can_be_drawn(fixed, per_request):
    """Within the frame, whatever their sizes; names are inert."""
    lines = [
        CostLine(name=f"{HOSTILE}{n}", fixed=fixed * n, per_request=per_request / (n + 1))
        for n in range(12)
    ]
    point = Crossing(tuned=lines[1].name, prompted=lines[0].name, requests=fixed / per_request)
    figure = break_even_figure(lines, [point], currency="USD")
    assert "<script" not in figure.svg
    assert len(classes(figure, "curve")) > 6


def point(arm, when, value, **change):
    return TrendPoint(arm=arm, when=when, mean=value, low=value - 0.1, high=value + 0.1, **change)


def runs():
    """Two arms, three runs; the gate judged two of them."""
    return [
        point("tuned", "2026-01-05T10:00:00Z", 0.5, run_id="r1", ruling=Ruling.REJECT),
        point("tuned", "2026-03-01", 0.6, run_id="r2"),
        point("tuned", "2026-05-09T10:00:00Z", 0.7, run_id="r3", ruling=Ruling.PROMOTE),
        point("plain", "2026-01-05T10:00:00Z", 0.4, run_id="r1"),
        point("plain", "2026-05-09T10:00:00Z", 0.4, run_id="r3"),
    ]


def test_a_trend_has_a_line_per_arm_and_signs_of_the_gate():
    """Days below, marks with intervals, and in words from where to where."""
    figure = trend_figure(runs())
    assert {"2026-01-05", "2026-03-01", "2026-05-09", "✗", "✓", "gate"} <= set(texts(figure))
    assert len(classes(figure, "whisker")) == 5
    assert said(figure).endswith(
        "tuned from 50.0% to 70.0% in 3 runs; plain from 40.0% to 40.0% in 2 runs."
    )
    assert figure.caption.endswith("Gate: ✓ promote, ✗ reject.")
    assert [row[0][:10] for row in figure.table.rows] == sorted(
        row[0][:10] for row in figure.table.rows
    )


def test_a_trend_without_gates_has_no_strip():
    """Nor a word of it."""
    figure = trend_figure([run for run in runs() if run.ruling is None])
    assert "gate" not in texts(figure)


def test_without_interval_a_mark_stands_alone():
    """As after a run of one case."""
    bare = [TrendPoint(arm="a", when=day, mean=0.5) for day in ("2026-01-01", "2026-01-02")]
    assert classes(trend_figure(bare), "whisker") == []


def test_a_line_breaks_where_runs_cannot_be_compared():
    """Two lines of one look; the sentence is about the newest of them."""
    whole = [run for run in runs() if run.arm == "tuned"]
    broken = [structs.replace(run, stretch=int(place > 0)) for place, run in enumerate(whole)]
    counts = [trend_figure(some).svg.count("<polyline") for some in (whole, broken)]
    assert counts == [1, 2]
    assert len(classes(trend_figure(broken), "whisker")) == 3
    assert said(trend_figure(broken)).endswith("tuned from 60.0% to 70.0% in 2 runs.")


def test_runs_of_one_hour_stand_beside_each_other():
    """However long the time that all runs are of; in their order."""
    days = ["2026-01-01", "2026-06-01T10:00", "2026-06-01T10:05", "2026-06-01T10:09"]
    figure = trend_figure([TrendPoint(arm="a", when=day, mean=0.5) for day in days])
    (curve,) = (e for e in classes(figure, "curve") if e.tag.endswith("polyline"))
    places = [float(place.split(",")[0]) for place in curve.attrib["points"].split()]
    assert all(later - earlier > 27 for earlier, later in pairwise(places))
    assert places[1] - places[0] > 300


def test_one_run_is_no_trend():
    """A line has two ends."""
    assert trend_figure(runs()[:1]) is None
    assert trend_figure([]) is None


def test_many_runs_can_be_drawn():
    """Days that would touch are left out; the first and the last are there."""
    many = [point(HOSTILE, f"2026-0{1 + n // 28}-{1 + n % 28:02}", 0.5) for n in range(84)]
    shown = [one for one in texts(trend_figure(many)) if one.startswith("2026")]
    assert 2 <= len(shown) <= 6
    assert (shown[0], shown[-1]) == ("2026-01-01", "2026-03-28")


@pytest.mark.parametrize("name", curves.NAMES)
def test_a_learning_curve_within_a_page(name):
    """The picture of the file with larger letters, in one frame with the others."""
    curve = getattr(curves, name)()
    fit = fit_curve(curve)
    figure = curve_figure(curve, fit)
    assert f"{fit.sizes[0].rows:,}" in texts(figure)
    assert "mean, 95% interval" in texts(figure)


def test_what_makes_a_curve_doubtful_is_said_first():
    """Before the gain that is not to be believed; a straight one is not doubted."""
    curve = curves.bent()
    caption = curve_figure(curve, fit_curve(curve)).caption
    assert "off the line by more than chance explains" in caption
    assert caption.index("are to be doubted.") < caption.index("Doubling the rows gains")
    curve = curves.straight()
    assert curve_figure(curve, fit_curve(curve)).caption.startswith("Doubling the rows")


def test_a_curve_without_points_has_no_picture():
    """The page says so in words."""
    curve = a_curve(cases=5, sizes=(1,), points=())
    assert curve_figure(curve, fit_curve(curve)) is None
