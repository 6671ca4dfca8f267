"""Copies, contradictions and near-copies within one file."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from harness.training.check import Wanted
from harness.training.checks.duplicates import repeats
from harness.training.checks.kept import Kept
from harness.training.checks.view import view_of
from harness.training.shapes import parse_row

from .files import chat, checked, findings, pair

LONG = "the parcel came on a wet morning and nobody was at home to take it"


def test_copies_are_counted_without_the_first():
    """Two of three equal rows are copies, on their own lines, with any id."""
    rows = [chat("a", "b") | {"id": str(i)} for i in range(3)]
    found = findings([*rows, chat("c", "d")])["duplicate-rows"]
    assert (found.count, found.lines) == (2, (2, 3))


def test_another_system_message_makes_another_row():
    """The whole of what is shown counts, not only the user's words."""
    assert "duplicate-rows" not in findings([chat("a", "b", system="x"), chat("a", "b")])


def test_one_input_with_two_answers_is_a_contradiction():
    """All its rows are named; what has one answer is not."""
    rows = [pair("p", " x"), pair("q", " y"), pair("p", " z"), pair("q", " y")]
    found = findings(rows)["contradiction"]
    assert found.message == "1 input has different answers, in 2 rows"
    assert found.lines == (1, 3)


def test_rows_for_reinforcement_contradict_nothing():
    """They have no answers: equal questions with other targets are no fault."""
    rows = [{"messages": [{"role": "user", "content": "q"}], "target": i} for i in range(2)]
    assert "contradiction" not in findings(rows)


def test_near_copies_are_facts_and_exact_ones_are_not_among_them():
    """A near-duplicate is no defect in itself: it belongs into the same split."""
    rows = [chat(LONG, "a"), chat(LONG.replace("wet", "dry"), "b"), chat(LONG, "a")]
    found = findings(rows)["near-duplicates"]
    assert (found.severity, found.line, found.count) == ("info", 2, 1)


def test_a_shared_template_makes_no_near_copies():
    """What all prompts begin and end with is taken off before they are compared."""
    head = "Here is a long instruction that stands above every single input of this file: " * 8
    words = ("apples and pears from the garden", "seven bicycles without any brakes")
    assert fuzz.ratio(head + words[0], head + words[1]) > 90
    rows = [chat(head + word, word) for word in (*words, *map(str, range(18)))]
    assert "near-duplicates" not in findings(rows)
    assert "near-duplicates" in findings(rows[:19])


def test_beyond_the_budget_only_digests_are_compared():
    """It is said how many rows were not looked at; copies among them are still found."""
    rows = [chat(f"{LONG} {i}", "a") for i in range(4)] + [chat(LONG, "x"), chat(LONG, "x")]
    found = {f.rule: f for f in checked(rows, Wanted(budget=100)).report.findings}
    assert "last 5 rows" in found["near-duplicates-unseen"].message
    assert found["duplicate-rows"].line == 6


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), max_size=12))
def test_repeats_agree_with_sets(pairs):
    """Rows minus different rows; prompts with more than one answer."""
    kept = Kept()
    for line, (prompt, completion) in enumerate(pairs, 1):
        parsed = parse_row(pair(prompt, completion), "completion", file="f", line=line)
        kept.see(view_of(parsed.example, "completion", line))
    answers = {p: {c for q, c in pairs if q == p} for p, _ in pairs}
    found = repeats(kept)
    assert len(found.copies) == len(pairs) - len(set(pairs))
    assert found.prompts == sum(len(values) > 1 for values in answers.values())
