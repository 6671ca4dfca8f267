"""`harness data check` as a user meets it."""

from __future__ import annotations

import json

import pytest

GOOD = '{"prompt": "one ->", "completion": " 1\\n"}\n{"prompt": "two ->", "completion": " 2\\n"}\n'
BAD = '{"prompt": "one ->", "completion": ""}\n'


@pytest.fixture
def files(tmp_path):
    (tmp_path / "good.jsonl").write_text(GOOD)
    (tmp_path / "bad.jsonl").write_text(BAD)
    (tmp_path / "odd.jsonl").write_text(GOOD.replace("completion", "extra", 0) + GOOD)
    return tmp_path


def test_exit_codes_tell_errors_from_warnings(files, harness):
    """0 without errors, 65 with them, 65 with warnings where they are strict, 64 for nonsense."""
    assert harness("data", "check", "good.jsonl").returncode == 0
    assert harness("data", "check", "bad.jsonl").returncode == 65
    assert harness("data", "check", "odd.jsonl").returncode == 0
    assert harness("data", "check", "odd.jsonl", "--strict").returncode == 65
    assert harness("data", "check", "good.jsonl", "--fix-leaks").returncode == 64
    assert harness("data", "check", "good.jsonl", "--arm", "x").returncode == 64


def test_every_format_can_be_printed_and_written(files, harness):
    """Text for people, JSON and SARIF for programs."""
    assert "bad.jsonl:1: error: " in harness("data", "check", "bad.jsonl").stdout
    values = json.loads(harness("data", "check", "bad.jsonl", "--json").stdout)
    assert values["counts"]["error"] == 1
    done = harness("data", "check", "bad.jsonl", "--format", "sarif", "--out", "out.sarif")
    assert json.loads((files / "out.sarif").read_text())["version"] == "2.1.0"
    assert done.stdout == ""


def test_a_repaired_copy_is_announced(files, harness):
    """Of the repair the exit code says nothing: the source still has its errors."""
    done = harness("data", "check", "odd.jsonl", "--fix", "new.jsonl")
    assert done.returncode == 0
    assert "new.jsonl: 2 rows written, 2 removed" in done.stderr
    assert (files / "new.jsonl").read_text().count("\n") == 2
    assert harness("data", "check", "odd.jsonl", "--fix", "odd.jsonl").returncode == 64


def test_findings_are_never_written_over_data(files, harness):
    """Neither over the file that was checked nor over one that it was compared with."""
    for options in (["--out", "good.jsonl"], ["--test", "odd.jsonl", "--out", "./odd.jsonl"]):
        assert harness("data", "check", "good.jsonl", *options).returncode == 64
    assert (files / "good.jsonl").read_text() == GOOD
    assert (files / "odd.jsonl").read_text().startswith(GOOD)
