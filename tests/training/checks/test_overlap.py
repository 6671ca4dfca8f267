"""Leaks of a training file into other splits."""

from __future__ import annotations

import pytest

from harness.training.checks.compared import compared_rows
from harness.training.checks.overlap import Role

from .files import chat, checked, findings, pair

TEXT = "the driver left three parcels of paper at the gate this morning"
LINES = (
    "a window of the office was open all night and the rain came in",
    "our coffee machine makes a noise like an old tractor in spring",
    "nobody has counted the chairs since the last meeting in autumn",
)


def other(role: Role, *rows):
    """A compared file of these rows."""
    return compared_rows(role, f"{role}.jsonl", ((i, row, None) for i, row in enumerate(rows, 1)))


def case(text: str, id_: str = "c1", group: str | None = None):
    """A row of a suite's split."""
    return {"id": id_, "input": {"text": text}, "expected": "x", "group": group}


TRAIN = [chat(text, "a") for text in (*LINES, TEXT)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (TEXT, "1 exact"),
        (f"  {TEXT.upper()} ", "1 normalised"),
        (TEXT.replace("three", "four"), "1 near-duplicate"),
        ("gate this morning, and quite another text behind it", None),
    ],
)
def test_a_case_that_was_learned_is_a_leak(text, kind):
    """Exact, but for case and blanks, or nearly."""
    found = findings(TRAIN, compared=[other("test", case(text))])
    if kind is None:
        assert "leak" not in found
    else:
        assert found["leak"].message.endswith(kind)
        assert (found["leak"].line, found["leak"].severity) == (4, "error")


def test_a_case_is_found_within_a_template():
    """What all prompts share is taken off; the lines are those of the file."""
    rows = [pair(f"Rate this review.\n{text}\nStars:", " 1\n") for text in (*LINES, TEXT)]
    found = findings(rows, compared=[other("test", case(TEXT), case(LINES[0], "c2"))])["leak"]
    assert found.lines == (1, 4)
    assert "2 of 2 cases" in found.message


def test_a_shared_group_is_a_leak():
    """One author's other texts count."""
    rows = [pair("one thing ->", " a", group="g1"), pair("another matter ->", " b", group="g2")]
    found = findings(rows, compared=[other("test", case("something new", group="g2"))])["leak"]
    assert found.message.endswith("1 group")
    assert found.line == 2


def test_the_validation_split_is_warned_of():
    """Choosing on it is not testing on it."""
    found = findings(TRAIN, compared=[other("validation", chat(TEXT, "other"))])
    assert found["leak"].severity == "warning"


def test_a_validation_file_that_is_the_training_file_is_an_error():
    """In any order; a part of it is not the file."""
    assert "same-file" in findings(TRAIN, compared=[other("validation", *reversed(TRAIN))])
    assert "same-file" not in findings(TRAIN, compared=[other("validation", *TRAIN[:2])])


def test_a_plan_names_every_leaking_line():
    """Both copies of a leaked row."""
    rows = [*TRAIN, chat(TEXT.title(), "b")]
    assert checked(rows, compared=[other("test", case(TEXT))]).plan.leaks == {4, 5}


def test_short_inputs_in_one_template_are_found_in_a_file_of_that_template():
    """The template is longer than the inputs; taken off one side only it would hide every leak."""
    template = "Classify the sentiment of this review, and answer with one word only: {} ->"
    texts = ("a warm coat", "a cold lamp", "a dear phone", "the loud car", "my old boat")
    rows = [pair(template.format(text), " x") for text in texts]
    others = [pair(template.format(text), " y") for text in (*texts[3:], "an open window")]
    found = findings(rows, compared=[other("test", *others)])["leak"]
    assert "2 of 3 cases" in found.message
    assert found.message.endswith("2 exact")
    assert found.lines == (4, 5)


@pytest.mark.parametrize("row", [{"input": TEXT}, {"input.text": TEXT}, pair(TEXT, " b")])
def test_cases_of_a_table_are_compared(row):
    """A column `input`, columns `input.x`, or a training row."""
    found = findings(TRAIN, compared=[other("test", {"id": "c", "expected": "x", **row})])
    assert found["leak"].message.endswith("1 exact")
    assert "not-compared" not in found


def test_rows_that_could_not_be_compared_are_an_error():
    """A clean report of them would mean nothing; a whole file without rows least of all."""
    found = findings(TRAIN, compared=[other("test", case(LINES[0]), {"question": TEXT})])
    assert found["not-compared"].message.startswith("1 of 2 rows of the test split")
    assert (found["not-compared"].file, found["not-compared"].line) == ("test.jsonl", 2)
    assert findings(TRAIN, compared=[other("shots")])["not-compared"].severity == "error"
    assert "not-compared" not in findings(TRAIN, compared=[other("test", case(LINES[0]))])
