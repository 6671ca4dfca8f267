"""The fit of a curve: its design, its invariants, and what it refuses to say."""

from __future__ import annotations

import math

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.analysis.curve import fit_curve
from harness.analysis.interval import wilson
from harness.errors import UsageError
from harness.values.curve import Reference, packed, unpacked
from tests.curves import a_curve

DRAWS = 300


def repeated(curve, times, **fields):
    """The same cases several times over: equal means, more cases."""

    def longer(value):
        return msgspec.structs.replace(value, values=packed(unpacked(value.values) * times))

    return msgspec.structs.replace(
        curve,
        cases=curve.cases * times,
        points=tuple(map(longer, curve.points)),
        reference=longer(curve.reference),
        **fields,
    )


def widths(fit):
    return [point.high - point.low for point in fit.line.band]


def test_by_hand():
    """Three sizes of ten cases: means, Wilson's intervals, gains, a, b and the meeting point."""
    values = ("1110000000", "1111000000", "1111110000")
    curve = a_curve(cases=10, sizes=(2, 4, 8))
    points = tuple(
        msgspec.structs.replace(point, values=text)
        for point, text in zip(curve.points, values, strict=True)
    )
    half = Reference(arm="few_shot", values="0000011111")
    fit = fit_curve(msgspec.structs.replace(curve, points=points, reference=half), draws=DRAWS)
    assert [size.mean for size in fit.sizes] == pytest.approx([0.3, 0.4, 0.6])
    assert fit.sizes[1].interval == wilson(0.4, 10)
    assert [size.gain for size in fit.sizes] == [None, pytest.approx(0.1), pytest.approx(0.2)]
    assert (fit.line.a, fit.line.b) == pytest.approx((1.3 / 3 - 0.3, 0.15))
    assert fit.line.meets == math.ceil(2 ** ((0.5 - fit.line.a) / 0.15))
    assert fit.reference.mean == 0.5


def test_seeds_are_averaged_within_a_size():
    """The mean is over cases and seeds; the seeds stand beside it."""
    fit = fit_curve(a_curve(seeds=(1, 2, 3)), draws=DRAWS)
    assert fit.seeds_drawn
    for size in fit.sizes:
        assert size.seeds == 3
        assert size.mean == pytest.approx(sum(size.seed_means) / 3)


def test_the_order_of_the_points_is_of_no_importance():
    """Equal curves, equal numbers, to the last bit."""
    curve = a_curve(seeds=(1, 2, 3), cases=60)
    turned = msgspec.structs.replace(curve, points=curve.points[::-1])
    assert fit_curve(turned, draws=DRAWS) == fit_curve(curve, draws=DRAWS)


@settings(max_examples=10)
@given(st.floats(0, 0.4))
def test_a_shift_of_all_scores_moves_only_the_level(shift):
    """A rises by it; b, its interval, the gains and the meeting point stay."""

    def moved(value, by):
        return msgspec.structs.replace(
            value, values=tuple(0.5 * score + by for score in unpacked(value.values))
        )

    def graded(by):
        curve = a_curve(cases=40)
        return msgspec.structs.replace(
            curve,
            graded=True,
            points=tuple(moved(point, by) for point in curve.points),
            reference=moved(curve.reference, by),
        )

    one, other = (fit_curve(graded(by), draws=DRAWS).line for by in (0.0, shift))
    assert other.a == pytest.approx(one.a + shift)
    assert other.b == pytest.approx(one.b)
    assert other.b_interval.low == pytest.approx(one.b_interval.low)
    assert other.meets == one.meets


def test_fewer_cases_widen_the_band():
    """The same answers four times over: the same line, about half the width."""
    few = a_curve(cases=60)
    one, four = fit_curve(few, draws=DRAWS), fit_curve(repeated(few, 4), draws=DRAWS)
    assert four.line.b == pytest.approx(one.line.b)
    ratios = [a / b for a, b in zip(widths(four), widths(one), strict=True)]
    assert all(0.35 < ratio < 0.7 for ratio in ratios)


def test_copies_of_a_case_in_its_group_add_nothing():
    """Groups are drawn whole: four copies of each case say as much as one."""
    few = a_curve(cases=60)
    copies = repeated(few, 4, groups=tuple(range(60)) * 4)
    one, four = fit_curve(few, draws=DRAWS), fit_curve(copies, draws=DRAWS)
    assert widths(four) == pytest.approx(widths(one))
    assert four.clusters == 60


def test_common_cases_make_the_slope_surer():
    """Hardness that all points share cancels in b: its interval is narrower than of mixed cases."""
    curve = a_curve(cases=200)
    mixed = tuple(
        msgspec.structs.replace(point, values=point.values[shift:] + point.values[:shift])
        for point, shift in zip(curve.points, (0, 40, 80, 120, 160), strict=True)
    )
    paired = fit_curve(curve).line.b_interval
    apart = fit_curve(msgspec.structs.replace(curve, points=mixed)).line.b_interval
    assert apart.high - apart.low > 1.1 * (paired.high - paired.low)


def test_seeds_that_differ_widen_the_band():
    """From three seeds on the chance of training is in the band; the line is the same."""
    curve = a_curve(seeds=(1, 2, 3), cases=100)

    def with_seeds(change):
        values = {point.size: point.values for point in curve.points if point.seed == 2}
        points = tuple(
            msgspec.structs.replace(point, values=change(values[point.size], point.seed))
            for point in curve.points
        )
        return fit_curve(msgspec.structs.replace(curve, points=points), draws=DRAWS)

    def better(values, seed):
        """Seed 1 has ten cases fewer, seed 3 ten more."""
        if seed == 2:
            return values
        return values.replace("1", "0", 10) if seed == 1 else values.replace("0", "1", 10)

    equal, spread = with_seeds(lambda values, _: values), with_seeds(better)
    assert spread.line.b == pytest.approx(equal.line.b)
    assert widths(spread)[0] > 1.2 * widths(equal)[0]


@pytest.mark.parametrize(
    ("sizes", "words"), [((), "are none"), ((50,), "is one"), ((50, 100), "are two")]
)
def test_no_line_through_fewer_than_three_sizes(sizes, words):
    """Two points always lie on a line; it would say nothing."""
    fit = fit_curve(a_curve(sizes=sizes or (1,), **({} if sizes else {"points": ()})), draws=DRAWS)
    assert fit.line is None
    assert fit.why_no_line == f"a line needs at least three sizes, and there {words}"
    assert len(fit.sizes) == len(sizes)


def test_two_sizes_still_have_their_gain():
    """All of the data against half of it is a question of its own."""
    fit = fit_curve(a_curve(sizes=(50, 300)), draws=DRAWS)
    assert fit.sizes[1].gain_interval.low < fit.sizes[1].gain < fit.sizes[1].gain_interval.high


@pytest.mark.parametrize("fields", [{"cases": 1}, {"cases": 30, "groups": (4,) * 30}])
def test_one_case_or_one_group_says_nothing(fields):
    """There is nothing to draw again."""
    fit = fit_curve(a_curve(**fields), draws=DRAWS)
    assert fit.line is None
    assert fit.why_no_line == "a line needs at least two cases of two groups"


@pytest.mark.parametrize("bit", ["0", "1"])
def test_equal_answers_are_no_certainty(bit):
    """All wrong or all right: the band keeps Wilson's width, and the gain has no interval."""
    curve = a_curve(cases=50)
    points = tuple(msgspec.structs.replace(point, values=bit * 50) for point in curve.points)
    line = fit_curve(msgspec.structs.replace(curve, points=points), draws=DRAWS).line
    known = wilson(float(bit), 50)
    assert (line.b, line.b_interval) == (pytest.approx(0), None)
    assert all((p.low, p.high) == pytest.approx((known.low, known.high)) for p in line.band)


def test_a_jump_is_no_line():
    """Sizes that lie off the line are flagged; those of a straight curve are not."""
    jump = fit_curve(a_curve(seeds=(1, 2, 3), share=lambda size: 0.15 if size < 200 else 0.6))
    assert sum(size.misfit for size in jump.sizes) >= 2
    assert not any(size.misfit for size in fit_curve(a_curve(seeds=(1, 2, 3))).sizes)


def test_the_interval_of_the_meeting_may_be_open():
    """Some draws meet the prompted arm and others never do."""
    line = fit_curve(a_curve(gain=0.04, reference=0.44)).line
    low, high = line.meets_interval
    assert isinstance(low, int)
    assert high == "never within two doublings"


def test_the_seed_decides_the_draws():
    """The same seed, the same interval; another, a slightly different one."""
    curve = a_curve(cases=60)
    ends = [fit_curve(curve, draws=DRAWS, seed=seed).line.b_interval for seed in (1, 1, 2)]
    assert ends[0] == ends[1] != ends[2]


def test_too_few_draws_are_refused():
    """2.5 % of ten draws is nothing."""
    with pytest.raises(UsageError, match="at least 100"):
        fit_curve(a_curve(), draws=10)
