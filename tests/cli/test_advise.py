"""`harness advise` through a real process."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Command


def test_advice_is_shown_with_what_is_missing(harness: Command, demo: Path) -> None:
    """The classical arm is computed here; nothing is said of the others but their commands."""
    shown = harness("advise", "demo")
    assert shown.returncode == 0
    assert "What to do next:" in shown.stdout
    assert "Nothing below is about zero_shot and few_shot" in shown.stdout
    assert "harness run demo --arm zero_shot --arm few_shot --record" in shown.stdout


def test_json_is_all_of_standard_output(harness: Command, demo: Path) -> None:
    """A program reads rules, statuses and steps."""
    found = json.loads(harness("advise", "demo", "--json").stdout)
    assert found["split"] == "test"
    assert {one["status"] for one in found["advice"]} <= {"act", "fine", "cannot_tell"}


def test_other_splits_end_with_64(harness: Command, demo: Path) -> None:
    """Arms learned from the training split."""
    assert harness("advise", "demo", "--split", "train").returncode == 64
