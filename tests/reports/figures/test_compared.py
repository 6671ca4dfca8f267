"""The pictures of a comparison: what they show and say, on usual and on odd data."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.reports.compare.page import side_interval
from harness.reports.figures.accuracy import accuracy_figure
from harness.reports.figures.cost_accuracy import cost_accuracy_figure
from harness.reports.figures.differences import differences_figure, slice_differences_figure
from harness.reports.figures.outcomes import outcomes_figure
from harness.reports.figures.slices import MOST_VALUES, slices_figure
from harness.reports.wording import interval
from tests.reports import comparisons
from tests.reports.comparisons import a_comparison, a_side

from .drawn import classes, root, said, texts

DRAWN = [accuracy_figure, slices_figure, differences_figure, outcomes_figure]
MANY = [f"an arm with quite a long name, number {n}" for n in range(12)]


def one_arm():
    return a_comparison(a_side("only", "+-+"))


def one_case():
    tags = ({"kind": "x"},)
    return a_comparison(a_side("old", "+", tags=tags), a_side("new", "-", tags=tags))


def all_right():
    return a_comparison(a_side("old", "+" * 9), a_side("new", "+" * 9))


def all_wrong():
    return a_comparison(a_side("old", "-" * 9), a_side("new", "-" * 9))


def twelve_arms():
    return a_comparison(
        *(a_side(name, "+-u" * 5 + "+" * n + "-" * (12 - n)) for n, name in enumerate(MANY))
    )


ODD = [one_arm, one_case, all_right, all_wrong, twelve_arms]
USUAL = [comparisons.usual, comparisons.grouped, comparisons.replicates, comparisons.hostile]


@pytest.mark.parametrize("draw", DRAWN)
@pytest.mark.parametrize("data", [*USUAL, *ODD])
def test_whatever_the_data_the_picture_is_whole(draw, data):
    """Well-formed, within its frame, with ids of its own and a description; or there is none."""
    figure = draw(data(), key="one")
    if figure is not None:
        assert root(figure).attrib["aria-labelledby"] == "one-title one-desc"


@pytest.mark.parametrize("draw", DRAWN)
def test_foreign_texts_are_inert(draw):
    """Not an element of a name, not a control character, nothing that opens."""
    figure = draw(comparisons.hostile())
    assert "<script" not in figure.svg
    assert "\x1b" not in figure.svg
    assert any("…" in one for one in texts(figure))


def test_accuracy_shows_each_arm_with_its_interval():
    """Names, means and ends as they stand in the tables; one whisker and one mark each."""
    compared = comparisons.usual()
    figure = accuracy_figure(compared)
    assert {"zero_shot", "tuned", "chatty", "50.0%", "80.0%"} <= set(texts(figure))
    assert "[35.2\N{EN DASH}64.8%]" in texts(figure)
    assert "accuracy (40 cases, test split)" in texts(figure)
    assert len(classes(figure, "whisker")) == len(classes(figure, "mark")) == 3
    assert said(figure).startswith("The highest accuracy is 80.0%, of tuned.")


def test_a_mark_stands_where_its_mean_is():
    """Between the ticks of 40% and 60%, in the middle for 50%."""
    figure = accuracy_figure(comparisons.usual())
    ticks = {
        e.text: float(e.attrib["x"]) for e in classes(figure, "quiet") if e.text.endswith("0%")
    }
    mark = classes(figure, "mark")[0]
    assert float(mark.attrib["cx"]) == pytest.approx((ticks["40%"] + ticks["60%"]) / 2, abs=0.2)


def test_one_case_has_no_interval():
    """A mark, and nothing that looks like certainty."""
    figure = accuracy_figure(one_case())
    assert classes(figure, "whisker") == []
    assert "100.0%" in texts(figure)


def test_scores_are_no_percentages():
    """Three decimals in the numbers, two on the axis."""
    figure = accuracy_figure(comparisons.grouped())
    assert figure.title == "Score of each arm"
    assert "0.550" in texts(figure)
    assert "0.60" in texts(figure)


def test_without_sides_there_is_no_picture():
    """Nothing rather than an empty frame."""
    empty = replace(comparisons.usual(), sides=(), comparisons=())
    assert [draw(empty) for draw in DRAWN] == [None] * 4
    assert cost_accuracy_figure(empty, {}, "") is None


def test_slices_have_a_mark_for_each_arm():
    """By tag, each value with its cases; numbers are those of the side on these cases alone."""
    compared = comparisons.usual()
    figure = slices_figure(compared)
    rows = [one for one in texts(figure) if one in {"language", "en", "pt", "n = 20"}]
    assert rows == ["language", "en", "n = 20", "pt", "n = 20"]
    assert len(classes(figure, "mark")) == 3 + 2 * 3
    part = compared.sides[1].chosen(range(0, 40, 2))
    ends = side_interval(part)
    row = next(row for row in figure.table.rows if row[1:3] == ("en", "tuned"))
    assert row[3:] == ("20", f"{part.mean:.1%}", interval(ends, graded=False))
    assert "language en: tuned with" in said(figure)


def test_many_slices_are_those_with_the_most_cases():
    """The others are counted."""
    tags = tuple({"task": f"t{n % 50}"} for n in range(230))
    sides = [a_side(name, "+-" * 115, tags=tags) for name in ("old", "new")]
    figure = slices_figure(a_comparison(*sides))
    assert len({row[1] for row in figure.table.rows}) == MOST_VALUES
    assert "Not shown: 10 smaller slices." in figure.caption


def test_without_tags_there_are_no_slices():
    """Nothing to show."""
    assert slices_figure(comparisons.replicates()) is None
    compared = comparisons.replicates()
    assert slice_differences_figure(compared, compared.comparisons[0]) is None


def test_differences_are_a_forest():
    """A thick line for the interval, a thin one for all at once, a line at zero, and numbers."""
    figure = differences_figure(comparisons.usual())
    assert {"+30.0", "← zero_shot better", "arm better →"} <= set(texts(figure))
    assert len(classes(figure, "whisker")) == len(classes(figure, "thin")) == 2
    assert len(classes(figure, "zero")) == 1
    assert said(figure).startswith("tuned beats zero_shot by 30.0 points [")
    assert "No difference is shown between chatty and zero_shot" in said(figure)


def test_a_simultaneous_interval_is_the_wider_one():
    """Its thin line begins before the thick one."""
    figure = differences_figure(comparisons.usual())
    thin, thick = classes(figure, "thin")[0], classes(figure, "whisker")[0]
    assert float(thin.attrib["x1"]) < float(thick.attrib["d"][1:].split()[0])


def test_one_comparison_has_no_thin_line():
    """Both intervals are the same."""
    assert classes(differences_figure(one_case()), "thin") == []
    assert classes(differences_figure(all_right()), "thin") == []


def test_the_margin_of_a_gate_is_a_dashed_line():
    """Left of zero, with its number."""
    figure = differences_figure(comparisons.usual(), margin=0.02)
    dashed = classes(figure, "dashed")[0]
    zero = classes(figure, "zero")[0]
    assert float(dashed.attrib["x1"]) < float(zero.attrib["x1"])
    assert "margin -2.0" in texts(figure)


def test_the_very_same_replies_have_no_difference():
    """Words in its place."""
    sides = [a_side("old", "+-+-"), a_side("new", "+-+-")]
    figure = differences_figure(a_comparison(*sides, same=frozenset({"new"})))
    assert "the very same replies" in texts(figure)
    assert classes(figure, "mark") == []


def test_all_pairs_name_both_arms():
    """The second under the first."""
    figure = differences_figure(comparisons.grouped())
    assert {"large", "vs small", "vs large"} <= set(texts(figure))


def test_a_forest_of_slices():
    """A row per tag value of one comparison, with what the table by slice says."""
    compared = comparisons.usual()
    figure = slice_differences_figure(compared, compared.comparisons[0])
    assert {"language", "en", "pt", "n = 20"} <= set(texts(figure))
    assert len(classes(figure, "mark")) == 2
    assert said(figure).startswith("Of 2 slices, the interval lies above zero, for tuned, in ")
    shown = {row[2] for row in figure.table.rows}
    assert shown <= set(texts(figure))


def test_outcomes_always_come_in_the_same_order():
    """Correct first, errors last; what nobody has is named under the table instead."""
    figure = outcomes_figure(comparisons.usual())
    legend = [one for one in texts(figure) if one in {"correct", "wrong", "unparsed", "errors"}]
    assert legend == ["correct", "wrong", "unparsed", "errors"]
    assert figure.table.notes == ("No case of any arm was refused, truncated or filtered.",)
    assert figure.table.rows[2] == ("chatty", "40", "42.5%", "40.0%", "12.5%", "5.0%")


def test_parts_of_a_bar_fill_it():
    """Widths are shares: together as wide as the axis, less the gaps."""
    figure = outcomes_figure(comparisons.usual())
    bars = [
        e for e in root(figure).iter() if e.attrib.get("height") == "26" and "width" in e.attrib
    ]
    last = [e for e in bars if e.attrib["y"] == bars[-1].attrib["y"]]
    total = sum(float(e.attrib["width"]) + 1.5 for e in last)
    ticks = {e.text: float(e.attrib["x"]) for e in classes(figure, "quiet")}
    assert total == pytest.approx(ticks["100%"] - ticks["0%"], abs=0.5)
    assert float(last[0].attrib["width"]) + 1.5 == pytest.approx(total * 0.425, abs=0.2)


def test_every_kind_but_correct_has_a_texture():
    """Colour is never the only cue: as many textures as parts that are not correct."""
    figure = outcomes_figure(comparisons.usual())
    drawn = [e for e in root(figure).iter() if e.attrib.get("class") == "texture"]
    assert len(drawn) == 3 + 1 + 1 + 3


def test_the_pareto_front():
    """Nobody is both cheaper and better than its arms; those beaten are named as such."""
    compared = a_comparison(
        a_side("cheap", "+" * 10 + "-" * 30),
        a_side("beaten", "+" * 8 + "-" * 32),
        a_side("good", "+" * 30 + "-" * 10),
        a_side("dear", "+" * 30 + "-" * 10),
    )
    costs = {"cheap": 1e-5, "beaten": 2e-5, "good": 4e-5, "dear": 5e-3}
    figure = cost_accuracy_figure(compared, costs, "USD")
    assert [row[-1] for row in figure.table.rows] == ["yes", "no", "yes", "no"]
    assert figure.table.rows[0][1] == "0.01 USD"
    assert said(figure).endswith(
        "cheap at 0.01 USD; good at 0.04 USD. Beaten in both: beaten and dear."
    )
    assert [e.text for e in classes(figure, "strong")] == ["cheap", "good"]
    assert "USD per 1,000 requests" in texts(figure)


def test_an_unknown_cost_is_never_zero():
    """Named in the caption and the table, and not drawn."""
    compared = a_comparison(
        a_side("known", "++-"), a_side("unpriced", "+++"), a_side("missing", "++-")
    )
    figure = cost_accuracy_figure(compared, {"known": 1e-4, "unpriced": None}, "USD")
    assert figure.caption.endswith("because the cost is unknown: unpriced and missing.")
    assert [row[1] for row in figure.table.rows] == ["0.1 USD", "unknown", "unknown"]
    assert len(classes(figure, "mark")) == 1


def test_what_is_free_has_a_column_of_its_own_on_an_axis_of_ratios():
    """Left of every cost, at a tick 0."""
    compared = a_comparison(a_side("a", "++-"), a_side("b", "+--"), a_side("classical", "+++"))
    figure = cost_accuracy_figure(compared, {"a": 1e-5, "b": 1e-2, "classical": 0.0}, "USD")
    ticks = {e.text: float(e.attrib["x"]) for e in classes(figure, "quiet")}
    assert ticks["0"] < ticks["0.01"] < ticks["1"] < ticks["10"]
    assert figure.table.rows[2][1] == "0 USD"


def test_costs_of_one_size_have_an_axis_from_zero():
    """Ratios would make little of much."""
    compared = a_comparison(a_side("a", "++-"), a_side("b", "+--"))
    figure = cost_accuracy_figure(compared, {"a": 1e-4, "b": 2e-4}, "USD")
    ticks = [e.text for e in classes(figure, "quiet")]
    assert {"0", "0.1", "0.2"} <= set(ticks)


def test_without_any_cost_there_is_no_picture():
    """Unknown, or nothing but free arms."""
    compared = a_comparison(a_side("a", "++"), a_side("b", "+-"))
    assert cost_accuracy_figure(compared, {}, "") is None
    assert cost_accuracy_figure(compared, {"a": 0.0}, "USD") is None


def test_twelve_arms_against_cost_can_be_drawn():
    """Within the frame, every one of them named."""
    sides = [a_side(name, "+" * n + "-" * (15 - n)) for n, name in enumerate(MANY)]
    costs = {name: 1e-5 * 2**n for n, name in enumerate(MANY)}
    figure = cost_accuracy_figure(a_comparison(*sides), costs, "USD")
    assert len([one for one in texts(figure) if one.startswith("an ")]) == 12


def test_a_side_in_the_corner_has_no_stump_of_a_name():
    """All differences far from zero leave no room to say who is better on the other side."""
    sides = a_side("direct", "+" * 30 + "-" * 70), a_side("cot", "+" * 90 + "-" * 10)
    said = texts(differences_figure(a_comparison(*sides)))
    assert "arm better →" in said
    assert not [one for one in said if one.startswith("←")]
