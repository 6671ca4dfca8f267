"""`harness check` through a real process: every mistake, with file, line and the next step."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def _append(path: Path, line: str) -> None:
    path.write_text(path.read_text() + line + "\n")


MISTAKES = {
    "broken toml": (
        lambda s: _edit(s / "suite.toml", 'primary = "label"', "primary = label"),
        "suite.toml:11",
    ),
    "unknown key": (
        lambda s: _edit(s / "suite.toml", "primary =", "primery ="),
        "did you mean 'primary'?",
    ),
    "missing column": (
        lambda s: _edit(s / "data" / "test.jsonl", '"input"', '"inputs"'),
        "test.jsonl:1",
    ),
    "duplicate id": (
        lambda s: _edit(s / "data" / "test.jsonl", "test_02", "test_01"),
        "test.jsonl:2: the id 'test_01' stands already in line 1",
    ),
    "leaking shot": (
        lambda s: _edit(
            s / "suite.toml",
            'shots = { policy = "stratified", k = 3, seeds = [1, 2, 3] }',
            'shots = { policy = "fixed", ids = ["train_01", "test_03"] }',
        ),
        "the shot 'test_03' leaks: it is a test case",
    ),
    "missing variable": (
        lambda s: _append(s / "prompts" / "instruction.j2", "{{ customer }}"),
        "no input 'customer'",
    ),
    "bad template": (
        lambda s: _append(s / "prompts" / "instruction.j2", "{% for %}"),
        "instruction.j2:4: bad template",
    ),
    "asks for expected": (
        lambda s: _append(s / "prompts" / "instruction.j2", "{{ expected }}"),
        "which no model may see",
    ),
    "wrong encoding": (
        lambda s: (s / "data" / "test.jsonl").write_bytes(
            '{"id": "a", "input": {"message": "é"}, "expected": "billing"}\n'.encode("latin-1")
        ),
        "test.jsonl:1",
    ),
    "empty split": (
        lambda s: (s / "data" / "test.jsonl").write_text(""),
        "the split has no cases",
    ),
    "absurd size": (
        lambda s: _append(
            s / "data" / "test.jsonl",
            json.dumps({"id": "x", "input": {"message": "a" * 9_000_000}, "expected": "billing"}),
        ),
        "a case may have 8,388,608",
    ),
    "label that cannot be": (
        lambda s: _edit(s / "data" / "test.jsonl", '"billing"', '"finance"'),
        "test.jsonl:1",
    ),
    "planted secret": (
        lambda s: _append(
            s / "data" / "test.jsonl",
            '{"id": "x", "input": {"message": "hi"}, "expected": "billing", "key": "sk-1"}',
        ),
        "unknown field",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("command", ["check", "run"])
def test_each_mistake_has_a_clear_message(
    harness: Command, demo: Path, tmp_path: Path, mistake: str, command: str
) -> None:
    """`check` and `run` refuse with 65 and the place; nothing is written."""
    make, said = MISTAKES[mistake]
    make(demo)
    ended = harness(command, "demo")
    if mistake == "label that cannot be" and command == "run":
        assert "10.0%" in ended.stdout or "errors" in ended.stdout
        return
    assert ended.returncode == 65
    assert said in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "results").exists()


def test_all_mistakes_come_in_one_report(harness: Command, demo: Path) -> None:
    """Five mistakes in five files are five problems, not one after the other."""
    for mistake in ("unknown key", "duplicate id", "bad template"):
        MISTAKES[mistake][0](demo)
    _append(demo / "data" / "train.jsonl", "{broken")
    _append(demo / "data" / "validation.jsonl", '{"id": "v", "input": {}, "expected": 1}')
    ended = harness("check", "--json", "demo")
    (report,) = json.loads(ended.stdout)
    files = {Path(problem["file"]).name for problem in report["problems"]}
    wrong = {"suite.toml", "test.jsonl", "instruction.j2", "train.jsonl", "validation.jsonl"}
    assert files == wrong
    assert ended.returncode == 65


def test_a_sound_repository_says_so(harness: Command, demo: Path) -> None:
    """No problems: exit 0 and the counts of what was looked at."""
    ended = harness("check")
    assert ended.returncode == 0
    assert "demo: no problems (cases: 12 train, 3 validation, 9 test" in ended.stdout


def test_recordings_are_checked_too(harness: Command, demo: Path) -> None:
    """A secret in a fixture file is found, named by its first characters only."""
    harness("run", "demo", "--record")
    path = demo / "fixtures" / "zero_shot.jsonl"
    secret = "sk-proj-abcdefghijklmnop0123456789"
    lines = path.read_text().splitlines()
    lines[0] = lines[0].replace('"content":"', f'"content":"{secret} ', 1)
    path.write_text("\n".join(lines) + "\n")
    ended = harness("check")
    assert ended.returncode == 65
    assert "zero_shot.jsonl:1" in ended.stdout
    assert secret not in ended.stdout + ended.stderr
