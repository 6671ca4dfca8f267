from __future__ import annotations

import pytest

from harness.reports.standing import gap_of, standings

from .runs import arm_info, columns, outcomes, run_info, stars, troubled_run


@pytest.mark.parametrize(
    ("status", "ended", "rows", "gap"),
    [
        ("complete", "", 60, ""),
        ("complete", "auth: 401", 60, "ended early"),
        ("complete", "", 0, "not run"),
        ("incomplete", "", 59, "incomplete"),
        ("running", "", 59, "incomplete"),
        ("interrupted", "", 59, ""),
        ("budget", "", 40, ""),
        ("budget", "quota: none left", 40, "ended early"),
        ("budget", "", 0, "not run"),
    ],
)
def test_only_whole_arms_and_seeded_cuts_have_numbers(status, ended, rows, gap):
    """A budget or Ctrl-C cuts a seeded order; every other shortfall would mislead."""
    arm = arm_info(ended=ended)
    assert gap_of(run_info({"a": arm}, status=status), arm, rows) == gap


def test_standings_follow_the_order_of_the_run():
    """Arms stand as the suite lists them; one that was left out of the columns is left out."""
    info, arms = troubled_run()
    del arms["silent"]
    backwards = dict(reversed(arms.items()))
    assert [line.name for line in standings(info, backwards)] == list(arms)


def test_an_arm_with_a_gap_shows_nothing():
    """Its summary exists, for tokens, but no share of it is shown."""
    arms = {"a": columns(stars(outcomes(10)))}
    (line,) = standings(run_info({"a": arm_info()}), arms)
    assert line.summary is not None
    assert line.shown is None
