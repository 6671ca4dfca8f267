"""`harness select` through a real process."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Command

FILE = "baselines/demo/selection.toml"


def recorded(harness: Command) -> None:
    assert harness("run", "demo", "--split", "validation", "--record").returncode == 0


def test_the_choice_is_shown_and_written(harness: Command, demo: Path, tmp_path: Path) -> None:
    """The arm in the first line, the rule below the table, the file in the last line."""
    recorded(harness)
    shown = harness("select", "demo")
    assert shown.returncode == 0
    lines = shown.stdout.splitlines()
    assert lines[0] == "CHOSEN: zero_shot, among 3 arms"
    assert lines[-1] == f"wrote {FILE}"
    assert "one standard error" in shown.stdout
    assert 'arm = "zero_shot"' in (tmp_path / FILE).read_text()
    assert harness("select", "demo").stdout.splitlines()[-1].startswith(f"{FILE} says so already")


def test_a_preview_writes_nothing(harness: Command, demo: Path, tmp_path: Path) -> None:
    """And says so."""
    recorded(harness)
    shown = harness("select", "demo", "--preview", "--arm", "few_shot", "--arm", "classical")
    assert shown.returncode == 0
    assert "nothing was written" in shown.stdout
    assert "Not tried: zero_shot" in shown.stdout
    assert not (tmp_path / FILE).exists()


def test_json_is_all_of_standard_output(harness: Command, demo: Path) -> None:
    """A program reads the arm, and what each reached."""
    recorded(harness)
    report = json.loads(harness("select", "demo", "--json").stdout)
    assert report["arm"] == "zero_shot"
    assert set(report["arms"]) == {"zero_shot", "few_shot", "classical"}
    assert report["written"]


def test_choosing_on_test_ends_with_64(harness: Command, demo: Path) -> None:
    """It cannot mean anything."""
    ended = harness("select", "demo", "--split", "test")
    assert ended.returncode == 64
    assert "choosing on the test split makes its numbers too good" in ended.stderr


def test_nothing_recorded_ends_with_the_command(harness: Command, demo: Path) -> None:
    """64 where nothing is recorded at all, 65 where validation is not."""
    command = "harness run demo --split validation --record"
    ended = harness("select", "demo")
    assert (ended.returncode, command in ended.stderr) == (64, True)
    harness("run", "demo", "--record")
    ended = harness("select", "demo")
    assert (ended.returncode, command in ended.stderr) == (65, True)


def test_the_report_of_test_says_which_arm_carries_the_claim(harness: Command, demo: Path) -> None:
    """Before: that none was chosen; after: the arm, and among how many."""
    recorded(harness)
    harness("run", "demo", "--record")
    before = json.loads(harness("report", "demo", "--json").stdout)
    assert before["selection"] is None
    assert "none was chosen on validation" in harness("report", "demo", "--markdown").stdout
    harness("select", "demo")
    page = harness("report", "demo", "--markdown").stdout
    assert "zero_shot carries the claim on this split: chosen among 3 arms" in page
    after = json.loads(harness("report", "demo", "--json").stdout)
    assert (after["selection"]["arm"], after["selection"]["stale"]) == ("zero_shot", False)


def test_an_edited_prompt_makes_the_selection_old(harness: Command, demo: Path) -> None:
    """The page says so until somebody chooses again."""
    recorded(harness)
    harness("select", "demo")
    (demo / "prompts" / "instruction.j2").write_text("Which team? {{ message }}")
    harness("run", "demo", "--record")
    assert "the selection is of an older state" in harness("report", "demo", "--markdown").stdout
