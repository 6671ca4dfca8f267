"""`harness report` and `harness fixtures` through a real process."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Command


def test_report_shows_labels_and_confusions(harness: Command, demo: Path) -> None:
    """From recordings alone: precision, recall, F1 and the matrix with its unparsed column."""
    harness("run", "demo", "--record")
    shown = harness("report", "demo")
    assert shown.returncode == 0
    for text in ("precision", "recall", "F1", "unparsed", "macro F1"):
        assert text in shown.stdout


def test_report_of_a_past_run(harness: Command, demo: Path) -> None:
    """A run is shown again from its journal: the same numbers as when it ended."""
    ran = json.loads(harness("run", "demo", "--json").stdout)
    shown = json.loads(harness("report", "demo", "--run", "newest", "--json").stdout)
    assert shown["run"] == ran["run"]
    assert shown["arms"] == ran["arms"]


def test_pages_are_written_and_drift_is_found(harness: Command, demo: Path, tmp_path: Path) -> None:
    """A committed page that is not what the recordings say makes --check fail."""
    harness("run", "demo", "--record")
    assert harness("report", "--all").returncode == 0
    page = tmp_path / "results" / "demo.md"
    assert harness("report", "--all", "--check").returncode == 0
    page.write_text(page.read_text() + "edited\n")
    drifted = harness("report", "--all", "--check")
    assert drifted.returncode == 65
    assert "demo.md" in drifted.stderr


def test_markdown_is_the_page(harness: Command, demo: Path, tmp_path: Path) -> None:
    """--markdown prints what --all writes."""
    harness("run", "demo", "--record")
    harness("report", "--all")
    page = (tmp_path / "results" / "demo.md").read_text()
    assert harness("report", "demo", "--markdown").stdout == page


def test_nothing_recorded_is_a_usage_error(harness: Command, demo: Path) -> None:
    """There is nothing to report on, and the message says how to get something."""
    ended = harness("report", "demo")
    assert ended.returncode == 64
    assert "--record" in ended.stderr


def test_prune_and_rekey_mend_recordings(harness: Command, demo: Path) -> None:
    """After a change that does not matter re-keying brings recordings back; prune drops them."""
    harness("run", "demo", "--record")
    prompt = demo / "prompts" / "instruction.j2"
    prompt.write_text("Team:   {{ message }}")
    assert harness("check", "demo").returncode == 65
    assert "nothing to be re-keyed" in harness("fixtures", "rekey", "demo").stdout
    moved = harness("fixtures", "rekey", "demo", "--accept-changes", "--arm", "zero_shot")
    assert "zero_shot: 9 replies re-keyed" in moved.stdout
    assert harness("run", "demo", "--arm", "zero_shot").returncode == 0
    dropped = harness("fixtures", "prune", "demo")
    assert "few_shot: 27 replies dropped" in dropped.stdout
