"""Every rule has a topic and stands in the documentation, and nothing else does."""

from __future__ import annotations

import re

from harness.analysis.advice.advice import QUESTIONS, RULES, Advice, Advised
from tests.conftest import PROJECT


def test_the_rules_of_the_code_are_those_of_the_page():
    """Each row of the table in docs/advise.md begins with a rule."""
    page = (PROJECT / "docs" / "advise.md").read_text()
    named = re.findall(r"^\| `([a-z][a-z-]+)` \|", page, re.MULTILINE)
    assert sorted(named) == sorted(RULES)


def test_every_rule_can_fire():
    """None is declared that no module makes."""
    folder = PROJECT / "harness" / "analysis" / "advice"
    made = "".join(path.read_text() for path in folder.glob("*.py") if path.name != "advice.py")
    assert [rule for rule in RULES if f'"{rule}"' not in made] == []


def test_every_topic_has_rules():
    """And no rule two topics."""
    assert set(RULES.values()) == set(QUESTIONS)


def test_steps_are_what_is_to_be_done_in_order():
    """Open questions are those that cannot be told."""
    leaks = Advice(rule="leaks", status="act", says="a")
    fine = Advice(rule="trusted", status="fine", says="b")
    unknown = Advice(rule="no-curve", status="cannot_tell", says="c")
    advised = Advised(
        suite="s", title="S", split="test", day="2026-11-28", advice=(leaks, fine, unknown)
    )
    assert advised.steps == (leaks,)
    assert advised.open_questions == (unknown,)
    assert [advice.topic for advice in advised.advice] == ["trust", "trust", "rows"]
