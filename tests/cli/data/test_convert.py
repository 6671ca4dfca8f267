"""`harness data convert` through a real process."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Command

ROW = '{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}\n'
TOLD = (
    '{"messages":[{"role":"system","content":"s"},{"role":"user","content":"q"},'
    '{"role":"assistant","content":"a"}]}\n'
)


def test_a_file_is_converted(harness: Command, tmp_path: Path) -> None:
    """Exit 0, one line, and JSON on request."""
    (tmp_path / "in.jsonl").write_text(ROW)
    words = ("data", "convert", "in.jsonl", "--to", "completion", "--out")
    ended = harness(*words, "out.jsonl", "--separator", r"\n\n###\n\n", "--ending", " END")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "wrote out.jsonl: 1 rows of the shape completion\n"
    row = json.loads((tmp_path / "out.jsonl").read_text())
    assert row == {"prompt": "q\n\n###\n\n", "completion": "a END"}
    told = json.loads(harness(*words, "two.jsonl", "--json").stdout)
    assert told == {"path": "two.jsonl", "shape": "completion", "rows": 1, "losses": {}}


def test_a_loss_is_refused_until_it_is_accepted(harness: Command, tmp_path: Path) -> None:
    """Exit 65 with the place and the next step; then exit 0 with what was lost."""
    (tmp_path / "in.jsonl").write_text(ROW + TOLD)
    words = ("data", "convert", "in.jsonl", "--to", "completion", "--out", "out.jsonl")
    refused = harness(*words)
    assert refused.returncode == 65
    assert "in.jsonl:2: completion would lose which message is whose" in refused.stderr
    assert "--accept-loss" in refused.stderr
    assert not (tmp_path / "out.jsonl").exists()
    accepted = harness(*words, "--accept-loss")
    assert accepted.returncode == 0
    assert "lost in 1 rows (first: line 2): which message is whose" in accepted.stdout


def test_a_file_that_exists_is_kept(harness: Command, tmp_path: Path) -> None:
    """Exit 65, naming --force; so is a source of an unknown kind, and one that is not there."""
    (tmp_path / "in.jsonl").write_text(ROW)
    (tmp_path / "out.jsonl").write_text("old")
    words = ("--to", "completion", "--out", "out.jsonl")
    kept = harness("data", "convert", "in.jsonl", *words)
    assert (kept.returncode, "--force" in kept.stderr) == (65, True)
    assert (tmp_path / "out.jsonl").read_text() == "old"
    assert harness("data", "convert", "none.jsonl", *words, "--force").returncode == 65
    assert harness("data", "convert", "in.jsonl", "--to", "poem", *words[2:]).returncode == 64
