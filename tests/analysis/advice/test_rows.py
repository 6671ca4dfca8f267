"""What a learning curve says of more rows, and when it says nothing."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from harness.analysis.advice.rows import Rows, Tunings, rows_advice
from harness.analysis.curve import CurveFit, SizeSummary
from harness.analysis.line import Line
from harness.analysis.resample import Range

TUNINGS = Tunings(suite="demo", arms={"tuned": "lora"}, untold={})


def a_fit(
    low: float | None, high: float | None, *, seeds: int = 3, misfit: bool = False
) -> CurveFit:
    """Five sizes with a gain per doubling between two ends."""
    sizes = tuple(
        SizeSummary(
            rows=rows,
            seeds=seeds,
            mean=0.5,
            interval=None,
            seed_means=(),
            gain=0.1,
            gain_interval=Range(0.05, 0.15),
            misfit=misfit and rows == 100,
        )
        for rows in (25, 50, 100, 200, 400)
    )
    ends = None if low is None or high is None else Range(low, high)
    line = Line(
        a=0.1,
        b=0.0 if ends is None else (ends.low + ends.high) / 2,
        b_interval=ends,
        band=(),
        limit=1_600,
        clipped=False,
        meets=None,
        meets_interval=None,
    )
    return CurveFit(sizes=sizes, reference=None, clusters=100, seeds_drawn=seeds >= 3, line=line)


def advice(fit: CurveFit | None, **more: Any):
    arm = Rows(suite="demo", arm="tuned", graded=False, rows=400, fit=fit, **more)
    (found,) = rows_advice([arm], TUNINGS)
    return found


@pytest.mark.parametrize(
    ("ends", "rule", "status"),
    [
        ((0.001, 0.05), "more-rows", "act"),
        ((-0.001, 0.05), "rows-unclear", "cannot_tell"),
        ((-0.02, 0.009), "rows-enough", "fine"),
        ((0.001, 0.009), "rows-enough", "fine"),
        ((-0.05, -0.01), "rows-enough", "fine"),
        ((None, None), "rows-unclear", "cannot_tell"),
    ],
)
def test_by_the_gain_of_a_doubling(ends, rule, status):
    """More rows where it is above 0 and may reach 1 point; enough where it cannot."""
    found = advice(a_fit(*ends))
    assert (found.rule, found.status) == (rule, status)
    assert found.evidence


def test_never_beyond_two_doublings():
    """400 rows tell of 1,600 and no more."""
    found = advice(a_fit(0.02, 0.05))
    assert "nothing is said of more than 1,600 rows" in found.says
    assert "1,600" in found.next_step


def test_few_seeds_are_said():
    """The chance of a training is not in the interval then."""
    assert len(advice(a_fit(0.02, 0.05)).evidence) == 1
    assert "1 training a size" in advice(a_fit(0.02, 0.05, seeds=1)).evidence[1]


def test_a_curve_that_follows_no_line():
    """With one seed the remedy is more seeds, with three more rows."""
    found = advice(a_fit(0.02, 0.05, seeds=1, misfit=True))
    assert (found.rule, found.status) == ("curve-bent", "cannot_tell")
    assert found.next_step == ("harness curve demo tuned --sizes 25,50,100,200,400 --seeds 1,2,3")
    assert "+10.0 points [+5.0, +15.0]" in found.evidence[1]
    assert "harness" not in advice(a_fit(0.02, 0.05, misfit=True)).next_step


def test_without_a_curve():
    """The command has halves of all rows."""
    found = advice(None)
    assert (found.rule, found.status) == ("no-curve", "cannot_tell")
    assert found.next_step == ("harness curve demo tuned --sizes 25,50,100,200,400 --seeds 1,2,3")
    fit = msgspec.structs.replace(a_fit(0, 0), line=None, why_no_line="a line needs three sizes")
    assert "a line needs three sizes" in advice(fit).says


def test_a_curve_of_another_state():
    """Its numbers are of other cases."""
    assert advice(a_fit(0.02, 0.05), outdated=True).rule == "curve-outdated"


def test_a_model_that_was_tuned_elsewhere():
    """Nobody can tune it again on fewer rows."""
    (found,) = rows_advice([], TUNINGS)
    assert (found.rule, found.status) == ("no-recipe", "cannot_tell")
    assert "[trainings.lora]" in found.next_step
    assert found.next_step.endswith("harness curve demo tuned")


def test_nothing_was_tuned():
    """Then rows are worth nothing that is known."""
    (found,) = rows_advice([], Tunings(suite="demo", arms={}, untold={}))
    assert (found.rule, found.status) == ("nothing-tuned", "cannot_tell")
    assert found.next_step.endswith("harness tune demo fine_tuned")


def test_a_model_that_was_tuned_by_its_name_alone():
    """Something was tuned, and what is missing is the record: with and without other tuned arms."""
    untold = {"hosted": "write its record"}
    (found,) = rows_advice([], Tunings(suite="demo", arms={}, untold=untold))
    assert (found.rule, found.status) == ("training-untold", "cannot_tell")
    assert found.next_step == "write its record"
    both = rows_advice([], Tunings(suite="demo", arms={"tuned": "lora"}, untold=untold))
    assert [one.rule for one in both] == ["no-recipe", "training-untold"]
