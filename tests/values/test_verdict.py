"""Verdicts: what a set of checks comes to, and the exit code of each ruling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.values.verdict import Check, Ruling, rule

STATUSES = ("passed", "failed", "inconclusive", "invalid")


def _checks(*statuses: str) -> tuple[Check, ...]:
    return tuple(Check(f"check {i}", status, "seen") for i, status in enumerate(statuses))


@pytest.mark.parametrize(
    ("statuses", "ruling"),
    [
        (("passed",), Ruling.PROMOTE),
        (("passed", "passed"), Ruling.PROMOTE),
        (("passed", "inconclusive"), Ruling.INCONCLUSIVE),
        (("inconclusive", "failed", "passed"), Ruling.REJECT),
        (("failed", "inconclusive", "invalid"), Ruling.INVALID),
        (("passed", "invalid"), Ruling.INVALID),
        ((), Ruling.INCONCLUSIVE),
    ],
)
def test_invalid_before_failed_before_inconclusive(statuses: tuple[str, ...], ruling: Ruling):
    """What cannot be trusted decides before what was measured; nothing checked promotes nothing."""
    assert rule(_checks(*statuses)) is ruling


@given(st.lists(st.sampled_from(STATUSES), max_size=6), st.randoms())
def test_the_order_of_checks_does_not_matter(statuses: list[str], chance):
    """And only checks that have all passed promote."""
    ruling = rule(_checks(*statuses))
    assert (ruling is Ruling.PROMOTE) == (bool(statuses) and set(statuses) == {"passed"})
    chance.shuffle(statuses)
    assert rule(_checks(*statuses)) is ruling


def test_exit_codes_are_zero_to_three():
    """A script tells the four apart; errors have other codes."""
    assert {str(ruling): ruling.exit_code for ruling in Ruling} == {
        "promote": 0,
        "reject": 1,
        "inconclusive": 2,
        "invalid": 3,
    }
