"""Format or knowledge, strict or lenient, refused, the same answer to all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from harness.analysis.advice.beaten import Beaten
from harness.analysis.advice.readability import Readability, Reading, format_advice
from harness.analysis.advice.usual import Usual
from harness.analysis.side import Side
from harness.values.score import OUTCOMES, Outcome
from tests.analysis.sides import a_side

LETTERS = {"+": "correct", "-": "wrong", "u": "unparsed", "t": "truncated", "r": "refused"}


def said(letters: str, name: str = "plain", **more: Any) -> Side:
    """A side with one outcome per case."""
    shares = np.zeros((len(letters), len(OUTCOMES)))
    for row, letter in enumerate(letters):
        shares[row, OUTCOMES.index(Outcome(LETTERS[letter]))] = 1
    return a_side([float(letter == "+") for letter in letters], name, shares=shares, **more)


def advice(*readings: Reading, lenient: str = "stars_lenient"):
    return format_advice(
        Readability(suite="demo", scorer="stars", lenient=lenient, readings=readings)
    )


def read(letters: str, gained: int = 0, **more: Any) -> Reading:
    """A lenient reader finds `gained` more right ones."""
    side = said(letters, **more)
    values = side.values.copy()
    values[np.flatnonzero(values == 0)[:gained]] = 1
    return Reading(side, replace(side, values=values))


@pytest.mark.parametrize(
    ("letters", "rule", "status"),
    [
        ("+" * 60 + "u" * 20 + "t" * 10 + "-" * 10, "format", "act"),
        ("+" * 60 + "-" * 30 + "u" * 10, "knowledge", "fine"),
        ("+" * 60 + "-" * 22 + "u" * 18, "format-unclear", "cannot_tell"),
        ("u" * 40, "format", "act"),
    ],
)
def test_which_part_of_the_errors_is_larger(letters, rule, status):
    """30 against 10 of 100 is more than chance, 22 against 18 is not."""
    (found,) = advice(read(letters))
    assert (found.rule, found.status) == (rule, status)
    assert found.evidence[0].startswith("plain: ")


def test_no_errors_no_advice():
    """There is nothing to repair."""
    assert advice(read("+" * 40)) == []


def test_few_groups_decide_nothing():
    """Ten groups tell what nine do not."""
    letters = "+" * 60 + "u" * 90
    for groups, rule in ((9, "format-unclear"), (10, "format")):
        (found,) = advice(read(letters, groups=[place % groups for place in range(150)]))
        assert found.rule == rule


@pytest.mark.parametrize(("gained", "fires"), [(1, False), (20, True)])
def test_what_a_lenient_reader_finds(gained, fires):
    """1 of 100 is less than 2 points; 20 are more."""
    rules = [one.rule for one in advice(read("+" * 60 + "u" * 40, gained))]
    assert ("strictness" in rules) is fires


def test_without_a_lenient_reading_it_cannot_be_told():
    """Only where something could not be read."""
    rules = [one.rule for one in advice(Reading(said("+" * 60 + "u" * 40), None), lenient="")]
    assert rules == ["format", "no-lenient-reading"]
    (found,) = advice(Reading(said("+" * 60 + "-" * 40), None), lenient="")
    assert found.rule == "knowledge"


@pytest.mark.parametrize(("refused", "fires"), [(2, False), (3, True)])
def test_refusals(refused, fires):
    """2 % is what a gate accepts of errors."""
    rules = [one.rule for one in advice(read("+" * (100 - refused) + "r" * refused))]
    assert ("refused" in rules) is fires


@pytest.mark.parametrize(
    ("share", "expected", "fires"),
    [(0.89, 0.2, False), (0.9, 0.2, True), (0.95, 0.9, False), (1.0, 0.89, True)],
)
def test_the_same_answer_to_all(share, expected, fires):
    """9 of 10, and a tenth more than are right by it; then its errors tell nothing else."""
    reading = replace(read("+" * 20 + "-" * 80), usual=Usual("3", share, expected))
    assert [one.rule for one in advice(reading)] == ["same-answer" if fires else "knowledge"]


def test_arms_of_one_kind_are_named_together():
    """One advice, a line of evidence each."""
    (found,) = advice(read("-" * 40), read("-" * 40, name="other"))
    assert "plain and other" in found.says
    assert len(found.evidence) == 2


@pytest.mark.parametrize(
    ("reading", "rule"),
    [
        (read("u" * 40), "format"),
        (read("+" * 60 + "-" * 22 + "u" * 18), "format-unclear"),
        (read("+" * 97 + "r" * 3), "refused"),
        (replace(read("-" * 40), usual=Usual("3", 1.0, 0.2)), "same-answer"),
    ],
)
def test_what_is_wrong_with_a_beaten_arm_is_a_note(reading, rule):
    """With who beats it and by how much; an arm that is not beaten still asks for something."""
    beaten = Beaten("tuned", {"plain": "+40.0 points [+30.0, +50.0] over plain"})
    other = replace(reading, side=replace(reading.side, name="other"))
    found = format_advice(
        Readability(
            suite="demo",
            scorer="stars",
            lenient="stars_lenient",
            readings=[reading, other],
            beaten=beaten,
        )
    )
    asks, note = (one for one in found if one.rule == rule)
    assert asks.status != "fine"
    assert "other" in asks.evidence[0]
    assert (note.status, note.next_step) == ("fine", "")
    assert "tuned is measurably better on the same cases" in note.says
    assert note.evidence == (note.evidence[0],)
    assert note.evidence[0].startswith("plain: ")


def test_by_how_much_an_arm_is_beaten_stands_in_the_evidence():
    """No rule without its numbers."""
    beaten = Beaten("tuned", {"plain": "+40.0 points [+30.0, +50.0] over plain"})
    seen = Readability(
        suite="demo", scorer="stars", lenient="stars_lenient", readings=[read("u" * 40)]
    )
    (note,) = format_advice(replace(seen, beaten=beaten))
    assert note.evidence[0].endswith("; tuned: +40.0 points [+30.0, +50.0] over plain.")


def test_few_cases_may_have_one_answer_by_chance():
    """From 20 cases on it is said."""
    for cases, fires in ((19, False), (20, True)):
        reading = replace(read("-" * cases), usual=Usual("3", 1.0, 0.0))
        assert ("same-answer" in [one.rule for one in advice(reading)]) is fires
