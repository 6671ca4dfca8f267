"""The list of rules is whole, and the page about them says the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.training.checks.catalogue import RULES

PROJECT = Path(__file__).resolve().parents[3]
PAGE = PROJECT / "docs" / "data-checks.md"
_NOTED = re.compile(r'noted?\.?(?:error|warning|info)?\(\s*"([a-z]+(?:-[a-z0-9]+)+)"')
_WHOLE = re.compile(r'(?:_whole|_broken)\([^)]*?"([a-z]+(?:-[a-z]+)+)"', re.DOTALL)


def test_every_rule_of_reading_is_in_the_catalogue():
    """What shapes note and what the reader notes."""
    folder = PROJECT / "harness" / "training" / "shapes"
    noted = {rule for path in folder.glob("*.py") for rule in _NOTED.findall(path.read_text())}
    reader = (PROJECT / "harness" / "store" / "training_rows.py").read_text()
    noted |= set(_WHOLE.findall(reader))
    assert len(noted) > 25
    assert noted - RULES.keys() == set()


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_the_page_has_every_rule(rule):
    """With its severity, what it notices, its remedy and its source."""
    row = f"| `{rule.id}` | {rule.severity} | {rule.what} | {rule.remedy} | {rule.source} |"
    assert row in PAGE.read_text()
