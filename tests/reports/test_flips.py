"""The text that explains a verdict by its cases."""

from __future__ import annotations

import json

from harness.reports.flips import MOST_DIFF_LINES, Flip, failure_text, flip, flip_lines, reason
from harness.values.record import Exchange, Record
from harness.values.reply import Answer, Failure, Reply, assistant
from harness.values.score import Outcome
from harness.values.verdict import Check, Ruling, Verdict

CHECKS = (
    Check("complete", "passed", "all"),
    Check("not worse", "failed", "50% against 75%", "read the cases"),
    Check("leaks", "invalid", "3 cases", "leave them out"),
    Check("margin", "inconclusive", "few cases"),
)
VERDICT = Verdict(Ruling.INVALID, CHECKS)


def a_flip(**change: object) -> Flip:
    usual = Flip("a", "yes", Outcome.CORRECT, Outcome.WRONG, None, "no")
    return usual._replace(**change)


def record(reply: Reply, outcome: Outcome = Outcome.WRONG) -> Record:
    exchanges = (Exchange("k", reply),)
    return Record(arm="a", case="c", input_digest="d", outcome=outcome, exchanges=exchanges)


def test_failure() -> None:
    """What does not hold, what cannot be trusted first; what passed is not repeated."""
    assert failure_text(VERDICT, [a_flip()]).splitlines() == [
        "invalid: leaks: 3 cases",
        "    next: leave them out",
        "failed: not worse: 50% against 75%",
        "    next: read the cases",
        "inconclusive: margin: few cases",
        "",
        "1 case was lost:",
        "  a",
        "    expected: yes",
        "    before:   correct",
        "    now:      wrong: no",
    ]


def test_reason() -> None:
    """The same in one line."""
    assert reason(VERDICT) == (
        "3 cases; leave them out | 50% against 75%; read the cases | few cases"
    )


def test_without_cases() -> None:
    """A verdict without cases ends with its checks; cases that were not lost are to look at."""
    assert failure_text(VERDICT).endswith("few cases")
    assert "2 cases to look at:" in failure_text(VERDICT, [a_flip(), a_flip()], lost=False)


def test_many() -> None:
    """Ten are shown, and how many more there are is said."""
    lines = flip_lines([a_flip(case=f"case {i}") for i in range(1234)])
    assert [line for line in lines if line.startswith("  case")] == [
        f"  case {i}" for i in range(10)
    ]
    assert lines[-1] == "  and 1,224 more"


def test_both_replies() -> None:
    """A reply of before is shown where it is kept."""
    assert flip_lines([a_flip(text_before="yes")])[2:] == [
        "    before:   correct: yes",
        "    now:      wrong: no",
    ]


def test_not_asked() -> None:
    """A side that was not asked says so, and an empty text is no missing one."""
    lines = flip_lines([a_flip(before=None, text_after="")])
    assert lines[2:] == ["    before:   not asked", "    now:      wrong: (an empty text)"]


def test_a_chatty_answer() -> None:
    """An answer of several lines to a label is one line, not a diff against a word."""
    (line,) = flip_lines([a_flip(text_after="Well.\n\nI would say\n  no.")])[3:]
    assert line == "    now:      wrong: Well. I would say no."


def test_a_long_answer_is_cut() -> None:
    """A line has an end."""
    (line,) = flip_lines([a_flip(text_after="no " * 1000)])[3:]
    assert len(line) < 240
    assert line.endswith("…")


def test_texts_of_several_lines() -> None:
    """Two longer texts are shown as their difference."""
    before = "one\ntwo\nthree\nfour\nfive\nsix"
    lines = flip_lines([a_flip(text_before=before, text_after=before.replace("two", "2"))])
    assert lines == [
        "  a",
        "    expected: yes",
        "    before:   correct",
        "    now:      wrong",
        "    --- before",
        "    +++ now",
        "    @@ -1,4 +1,4 @@",
        "     one",
        "    -two",
        "    +2",
        "     three",
        "     four",
    ]


def test_expected_fields() -> None:
    """Expected JSON is compared field by field with JSON that was answered in any layout."""
    expected = {"order": "A1", "quantity": 2, "wish": "refund"}
    answer = json.dumps({"wish": "track", "quantity": 2, "order": "A1"})
    lines = flip_lines([a_flip(expected=expected, text_after=answer)])
    assert lines[:3] == ["  a", "    before:   correct", "    now:      wrong"]
    assert lines[3:] == [
        "    --- expected",
        "    +++ now",
        "    @@ -2,4 +2,4 @@",
        '      "order": "A1",',
        '      "quantity": 2,',
        '    - "wish": "refund"',
        '    + "wish": "track"',
        "     }",
    ]


def test_expected_fields_that_hold() -> None:
    """Equal JSON has no difference to show: both are shown as they are."""
    lines = flip_lines([a_flip(expected={"a": 1}, text_after='{"a":1}')])
    assert lines[1:] == [
        '    expected: {"a": 1}',
        "    before:   correct",
        '    now:      wrong: {"a":1}',
    ]


def test_long_lines() -> None:
    """A long line is wrapped before it is compared, so that the change can be seen."""
    words = [f"word{i}" for i in range(60)]
    other = [*words[:30], "changed", *words[31:]]
    lines = flip_lines([a_flip(text_before=" ".join(words), text_after=" ".join(other))])
    assert max(map(len, lines)) < 100
    assert any(line.startswith("    +") and "changed" in line for line in lines)


def test_a_long_difference() -> None:
    """It has an end."""
    before = "\n".join(f"a{i}" for i in range(100))
    lines = flip_lines([a_flip(text_before=before, text_after=before.replace("a", "b"))])
    assert len(lines) == 4 + MOST_DIFF_LINES + 1
    assert lines[-1].startswith("    and ")


def test_control_characters() -> None:
    """Neither in a line nor in a difference can a text do anything to a terminal."""
    bad = "\x1b[2J\u202e\ud800"
    texts = [
        "\n".join(flip_lines([a_flip(case=bad, expected=bad, text_after=bad)])),
        "\n".join(flip_lines([a_flip(text_before="a\nb", text_after=f"a\n{bad}\tb")])),
    ]
    for text in texts:
        assert all(character.isprintable() for character in text.replace("\n", ""))
        assert "\\u202e" in text


def test_of_records() -> None:
    """Outcome and text are those of the records; a baseline's outcome stands in for one."""
    answer, failure = record(Answer(assistant("no"))), Failure("timeout", "30 s")
    lost = record(failure, Outcome.PROVIDER_ERROR)
    assert flip("a", "yes", None, answer, Outcome.CORRECT) == a_flip()
    found = flip("a", "yes", answer, lost, Outcome.CORRECT)
    assert (found.before, found.text_before) == (Outcome.WRONG, "no")
    assert (found.after, found.text_after) == (
        Outcome.PROVIDER_ERROR,
        "no answer: timeout (30 s)",
    )
