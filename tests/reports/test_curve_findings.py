"""Sentences about a curve: each says what the numbers say, and no more."""

from __future__ import annotations

import msgspec
import pytest

from harness.analysis.curve import fit_curve
from harness.analysis.line import NEVER
from harness.analysis.resample import Range
from harness.reports.curve_findings import (
    about,
    curve_notes,
    findings,
    gain_sentence,
    gain_summary,
    points,
)
from tests.curves import a_curve

from . import curves


@pytest.fixture(scope="module")
def straight():
    curve = a_curve()
    return curve, fit_curve(curve)


def changed(fit, **fields):
    """The fit with other numbers in its line."""
    return msgspec.structs.replace(fit, line=msgspec.structs.replace(fit.line, **fields))


@pytest.mark.parametrize(
    ("b", "ends", "sentence"),
    [
        (0.041, (0.012, 0.07), "gains 4.1 points (95% interval 1.2 to 7.0)."),
        (-0.02, (-0.031, -0.01), "loses 2.0 points (95% interval 1.0 to 3.1)."),
        (0.011, (-0.008, 0.03), ("changes the accuracy by 1.1 points (95% interval -0.8 to 3.0); "
         "that more rows help is not shown.")),
        (0.0, None, ("changes the accuracy by 0.0 points; the points differ in no case, so that "
         "no interval can be given.")),
    ],
)  # fmt: skip
def test_the_gain_per_doubling(straight, b, ends, sentence):
    """Only an interval above zero is a gain, only one below zero a loss."""
    curve, fit = straight
    line = changed(fit, b=b, b_interval=ends and Range(*ends)).line
    assert gain_sentence(curve, line) == f"Doubling the rows {sentence}"


@pytest.mark.parametrize(
    ("meets", "ends", "sentence"),
    [
        (183, (120, 264), ("The line meets few_shot_similar (32.1%) at about 180 rows (95% "
         "interval 120 to 260).")),
        (183, (25, NEVER), ("The line meets few_shot_similar (32.1%) at about 180 rows (95% "
         "interval 25 or fewer to never within two doublings).")),
        (612, (400, NEVER), ("The line meets few_shot_similar (32.1%) at about 610 rows (95% "
         "interval 400 to never within two doublings); that is extrapolated, the largest size "
         "tried is 300.")),
        (25, (25, 25), ("The line starts at or above few_shot_similar (32.1%): 25 rows, the "
         "smallest size, are enough.")),
        (25, (25, 61), ("The line starts at or above few_shot_similar (32.1%): 25 rows, the "
         "smallest size, are enough (95% interval up to 61).")),
        (NEVER, (NEVER, NEVER), ("The line never meets few_shot_similar (32.1%) within two "
         "doublings of the largest size, that is up to 1,200 rows.")),
        (NEVER, (812, NEVER), ("The line never meets few_shot_similar (32.1%) within two "
         "doublings of the largest size, that is up to 1,200 rows (95% interval from 810 rows "
         "on).")),
    ],
)  # fmt: skip
def test_where_the_line_meets_the_prompted_arm(straight, meets, ends, sentence):
    """Within, beyond, from the start, or never; with what the interval leaves open."""
    curve, fit = straight
    assert findings(curve, changed(fit, meets=meets, meets_interval=ends))[1] == sentence


def test_without_a_prompted_arm_nothing_is_met():
    """One finding, the gain."""
    curve = curves.bare()
    assert len(findings(curve, fit_curve(curve))) == 1


def test_a_misfit_is_the_first_thing_said():
    """Before the gain it makes doubtful; and the picture's one line says it too."""
    curve = curves.bent()
    fit = fit_curve(curve)
    note = curve_notes(curve, fit)[0]
    assert note.startswith("Warning: 25 rows (10.7 points above), ")
    assert "a straight line over doublings does not describe these points" in note
    assert gain_summary(curve, fit).endswith("but the points do not follow the line.")


def test_with_one_seed_a_misfit_may_be_chance():
    """What one training a size cannot tell apart is not claimed."""
    curve = a_curve(share=lambda size: 0.15 if size < 200 else 0.6)
    note = curve_notes(curve, fit_curve(curve))[0]
    assert "or trainings differ from seed to seed" in note


def test_few_groups_are_a_warning():
    """Six groups are too few for an interval to decide anything."""
    curve = curves.graded()
    assert "Warning: 6 groups are few; below 10 an interval is rough." in curve_notes(
        curve, fit_curve(curve)
    )


@pytest.mark.parametrize(
    ("rows", "shown"), [(7, "7"), (97, "97"), (183, "180"), (1190, "1,200"), (86123, "86,000")]
)
def test_rows_are_not_more_exact_than_a_fit(rows, shown):
    """Two digits."""
    assert about(rows) == shown


def test_differences():
    """Points of a percentage, or of a score; nothing is not '-0.0'."""
    accuracy, score = a_curve(cases=5), a_curve(cases=5, graded=True)
    assert [points(accuracy, d) for d in (0.0412, -0.0004, -0.1)] == ["4.1", "0.0", "-10.0"]
    assert points(score, 0.0412) == "0.041"
