"""Rows against the prompts of an arm."""

from __future__ import annotations

from harness.training.check import Wanted
from harness.training.checks.prompts import Frame, frame_of

from .files import chat, findings, pair

FRAME = Frame("tuned", "completion", "Review: ", "\nStars:")


def test_a_frame_is_what_all_prompts_share():
    """Cut at the edge of a word, so that inputs that begin alike take nothing away."""
    prompts = ["Review: good toaster\nStars:", "Review: great kettle\nStars:"]
    assert frame_of("tuned", "completion", prompts, [""]) == FRAME._replace(system="")
    assert frame_of("a", "chat", ["one"], ["x", "y"]) == Frame("a", "chat", "", "", None)


def test_rows_of_the_arms_form_fit():
    """Prefix and suffix stand as the arm writes them."""
    rows = [pair("Review: nice\nStars:", " 5"), pair("Review: bad\nStars:", " 1")]
    assert "prompt-mismatch" not in findings(rows, wanted=Wanted(frame=FRAME))


def test_another_ending_is_a_mismatch():
    """One blank is enough: the model sees other tokens."""
    rows = [pair("Review: nice\nStars:", " 5"), pair("Review: bad\nStars: ", " 1")]
    found = findings(rows, wanted=Wanted(frame=FRAME))["prompt-mismatch"]
    assert r"end with '\nStars:', and 1 row of 2 do not" in found.message
    assert found.line == 2


def test_messages_are_no_completion_prompt():
    """The form is compared before the texts."""
    message = findings([chat("x", "y")], wanted=Wanted(frame=FRAME))["prompt-mismatch"].message
    assert "asks with a completion prompt" in message


def test_system_messages_are_compared():
    """A missing one is a mismatch; one that differs by case is not compared."""
    frame = Frame("a", "chat", "", "", "Be brief.")
    good, bad = chat("x", "y", system="Be brief."), chat("x", "z")
    assert findings([good, bad], wanted=Wanted(frame=frame))["prompt-mismatch"].line == 2
    assert "prompt-mismatch" not in findings(
        [bad], wanted=Wanted(frame=frame._replace(system=None))
    )
