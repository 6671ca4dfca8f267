"""`harness data split` through a real process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """30 rows of two labels, two of them twins."""
    path = tmp_path / "rows.jsonl"
    asked = [f"{n} {n * 7919}" for n in range(29)]
    lines = [
        {"prompt": text, "completion": "ab"[n % 2]} for n, text in enumerate([*asked, asked[1]])
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_the_table_shows_labels_and_what_was_held_together(harness: Command, rows: Path) -> None:
    """Exit 0, three files, shares beside the counts."""
    ended = harness("data", "split", "rows.jsonl", "--out", "out", "--shares", "8,1,1")
    assert ended.returncode == 0, ended.stderr
    assert "all rows" in ended.stdout
    assert "1 cluster of duplicates, near-duplicates or groups held 2 rows" in ended.stdout
    written = sorted(path.name for path in (rows.parent / "out").iterdir())
    assert written == ["test.jsonl", "train.jsonl", "validation.jsonl"]


def test_json_and_force(harness: Command, rows: Path) -> None:
    """A second time it is refused with 65, and with --force it gives the same numbers."""
    words = ("data", "split", str(rows), "--out", "out", "--sizes", "10,5,5", "--json")
    first = json.loads(harness(*words).stdout)
    assert (first["counts"], first["left_out"]) == (
        {"train": 10, "validation": 5, "test": 5},
        10,
    )
    again = harness(*words)
    assert again.returncode == 65
    assert "give --force to write over it" in again.stderr
    assert json.loads(harness(*words, "--force").stdout) == first


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--shares", "80,20"), "takes three numbers"),
        (("--shares", "a,b,c"), "takes three numbers"),
        (("--shares", "nan,1,1"), "takes three numbers"),
        (("--sizes", "1.5,1,1"), "whole numbers"),
        (("--sizes", "1,1,1", "--shares", "1,1,1"), "not both"),
        (("--near", "20"), "--near"),
        (("--shares", "0,0,0"), "not all 0"),
    ],
)
def test_what_means_nothing_is_usage(
    harness: Command, rows: Path, words: tuple[str, ...], said: str
) -> None:
    """Exit 64 with the option's name, and no file."""
    ended = harness("data", "split", str(rows), "--out", "out", *words)
    assert ended.returncode == 64
    assert said in ended.stderr
    assert not (rows.parent / "out").exists()
