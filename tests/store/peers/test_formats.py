"""Formats read off the bytes, folders, and a wrong guess."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import DataError, UsageError
from harness.store.peers.formats import format_of, read_logs

from .logs import (
    chosen,
    generated,
    inspect_eval,
    inspect_json,
    inspect_sample,
    lines,
    openai_event,
    openai_spec,
    promptfoo_file,
    promptfoo_result,
)


@pytest.fixture
def logs(tmp_path: Path) -> dict[str, list[str]]:
    sample = inspect_sample(1, "yes")
    rows = [openai_spec(), openai_event("d.0", "sampling", prompt="q", sampled="yes")]
    plain = {"id": "1", "input": {"q": "q"}, "expected": "yes", "reply": "yes"}
    (tmp_path / "t.csv").write_text("id,input,expected,reply\n1,q,yes,yes\n")
    return {
        "inspect": [
            inspect_eval(tmp_path / "a.eval", [sample]),
            inspect_json(tmp_path / "a.json", [sample]),
        ],
        "lm-eval": [lines(tmp_path / "b.jsonl", [generated(0, "yes"), chosen(1, [-1, -2], 0)])],
        "promptfoo": [promptfoo_file(tmp_path / "c.json", [promptfoo_result(0, "yes", good=True)])],
        "openai-evals": [lines(tmp_path / "d.jsonl", rows), lines(tmp_path / "e.jsonl", rows[1:])],
        "csv": [str(tmp_path / "t.csv"), lines(tmp_path / "f.jsonl", [plain])],
    }


def test_the_content_says_what_a_file_is(logs: dict[str, list[str]]) -> None:
    """Not the name: all but tables could be called anything."""
    for name, paths in logs.items():
        for path in paths:
            assert format_of(path) == name
            assert read_logs([path])[0].samples


def test_a_folder_is_its_logs(logs: dict[str, list[str]], tmp_path: Path) -> None:
    """In the order of their names; summaries and what is hidden are no logs."""
    (tmp_path / "results_2026.json").write_text("{}")
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "x.json").write_text("{}")
    found = read_logs([str(tmp_path)])
    assert len(found) == sum(map(len, logs.values()))
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="holds no logs"):
        read_logs([str(tmp_path / "empty")])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("\n \n", "is empty"),
        ("hello", "no known format"),
        ("{}", "no known format"),
        ('{"a": ' + "[" * 100_000, "no known format"),
    ],
)
def test_files_that_are_nothing(tmp_path: Path, content: str, message: str) -> None:
    """The next step is to say what they are."""
    (tmp_path / "x.json").write_text(content)
    with pytest.raises(DataError, match=message) as caught:
        read_logs([str(tmp_path / "x.json")])
    assert "--format: inspect, lm-eval, promptfoo, openai-evals, csv" in str(caught.value)
    with pytest.raises(DataError, match="cannot be opened"):
        read_logs([str(tmp_path / "absent.json")])


def test_a_wrong_format_names_every_file(logs: dict[str, list[str]]) -> None:
    """All problems of all files at once."""
    paths = [logs["promptfoo"][0], logs["openai-evals"][0]]
    with pytest.raises(DataError) as caught:
        read_logs(paths, "inspect")
    assert {Path(problem.file).name for problem in caught.value.problems} == {"c.json", "d.jsonl"}
    assert all("is no Inspect log" in problem.message for problem in caught.value.problems)
