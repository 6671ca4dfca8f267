"""Advice as text: what to do comes first, foreign names do nothing; and as JSON."""

from __future__ import annotations

import json

import msgspec

from harness.analysis.advice.advice import Advice, Advised
from harness.reports.advise import MOST_STEPS, advice_json, advice_text

ACT = Advice(
    rule="truncated", status="act", says="Cut off.", evidence=("half",), next_step="raise it"
)
FINE = Advice(rule="cases-enough", status="fine", says="Enough.")
UNKNOWN = Advice(
    rule="no-curve", status="cannot_tell", says="Unknown.", next_step="harness curve s a"
)


def advised(*advice: Advice) -> Advised:
    return Advised(suite="s", title="A suite", split="test", day="2026-11-28", advice=advice)


def test_the_steps_come_first():
    """Then what would tell the rest, then each topic with its evidence."""
    text = advice_text(advised(ACT, FINE, UNKNOWN), 110)
    assert text.splitlines()[:16] == [
        "A suite (s, judged on test, 2026-11-28)",
        "",
        "What to do next:",
        " 1. raise it [truncated]",
        "What cannot be told yet, and what would tell:",
        " 1. harness curve s a [no-curve]",
        "",
        "Can the measurements be trusted?",
        "do  Cut off. [truncated]",
        "    • half",
        "    → raise it",
        "",
        "Are there enough test cases?",
        "ok  Enough. [cases-enough]",
        "",
        "Is there enough training data?",
    ]


def test_nothing_to_do():
    """Said in words."""
    assert "What to do next: nothing has to be repaired." in advice_text(advised(FINE), 110)


def test_which_arm_to_use_is_the_first_sentence():
    """Where it can be told."""
    use = Advice(rule="use-chosen", status="fine", says="Use tuned.")
    assert advice_text(advised(ACT, use), 110).splitlines()[2] == "Use tuned."
    assert advice_json(advised(ACT, use))["finding"] == "Use tuned."
    assert advice_json(advised(ACT))["finding"] is None


def test_no_more_steps_than_somebody_takes():
    """The rest is below."""
    steps = [msgspec.structs.replace(ACT, next_step=f"do {n}") for n in range(MOST_STEPS + 2)]
    assert "… and 2 more, below." in advice_text(advised(*steps), 110)


def test_one_step_for_several_rules_stands_there_once():
    """Each rule that asks for it is named."""
    other = msgspec.structs.replace(ACT, rule="errors")
    lines = advice_text(advised(ACT, other, ACT), 110).splitlines()
    assert lines[3:5] == [" 1. raise it [truncated, errors]", ""]


def test_lines_fit_the_terminal():
    """Of any width from 40 on; a path is not broken."""
    long = Advice(rule="leaks", status="act", says="word " * 100, evidence=("word " * 100,))
    for width in (40, 80, 110):
        assert max(map(len, advice_text(advised(long), width).splitlines())) <= width


def test_foreign_texts_are_harmless():
    """An answer of a model may stand in the evidence."""
    nasty = Advice(rule="same-answer", status="act", says="a\x1b[2Jb\u202ec", evidence=("\n\r",))
    text = advice_text(advised(nasty), 110)
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_json_has_everything():
    """With the rules by which something is to be done."""
    found = advice_json(advised(ACT, FINE))
    assert found["steps"] == ["truncated"]
    assert json.loads(json.dumps(found)) == found
    assert found["advice"][0] == {
        "topic": "trust",
        "rule": "truncated",
        "status": "act",
        "says": "Cut off.",
        "evidence": ["half"],
        "next_step": "raise it",
    }
