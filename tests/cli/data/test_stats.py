"""`harness data stats` through a real process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """Ten rows of completion shape."""
    path = tmp_path / "rows.jsonl"
    path.write_text('{"prompt": "Review: it works", "completion": " 5 stars"}\n' * 10)
    return path


def test_tables_say_what_is_known_and_what_is_not(harness: Command, rows: Path) -> None:
    """Without a model the cost is the word unknown."""
    ended = harness("data", "stats", rows.name)
    assert ended.returncode == 0, ended.stderr
    assert "Lengths of 10 rows" in ended.stdout
    assert "5 stars" in ended.stdout
    lines = {line.split()[0]: line.split()[-1] for line in ended.stdout.splitlines() if line}
    assert (lines["epochs"], lines["time"], lines["cost"]) == ("10", "unknown", "unknown")


def test_json_has_the_estimate(harness: Command, rows: Path) -> None:
    """With a model, its price, its day and its source."""
    ended = harness("data", "stats", str(rows), "--model", "gpt-4o-mini", "--epochs", "2", "--json")
    estimate = json.loads(ended.stdout)["estimate"]
    assert (estimate["rows"], estimate["epochs"]) == (10, 2)
    assert estimate["spent"]["as_of"] == "2026-11-21"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--vocabulary", "gpt2"), 64),
        (("--model", "unheard-of"), 64),
        (("--limit-tokens", "0"), 64),
        (("--epochs", "0"), 64),
    ],
)
def test_bad_options_are_usage(
    harness: Command, rows: Path, words: tuple[str, ...], code: int
) -> None:
    """Said in one line, without a trace."""
    ended = harness("data", "stats", str(rows), *words)
    assert ended.returncode == code
    assert "Traceback" not in ended.stderr


def test_a_missing_file_is_bad_data(harness: Command) -> None:
    """Exit 65 and its name."""
    ended = harness("data", "stats", "nowhere.jsonl")
    assert ended.returncode == 65
    assert "nowhere.jsonl" in ended.stderr
