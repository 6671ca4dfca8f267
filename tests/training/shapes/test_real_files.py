"""Real fine-tuning files of four platforms: read, written as they stood, their defects counted."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from harness.store.training_rows import read_training_rows
from harness.training.shapes import ParsedRow, parse_rows, render_row

pytestmark = pytest.mark.cases

FOLDER = "22_finetuning_files"
# Counts of expected_defects.json and the rules whose rows they count.
RULES = {
    "no_system": "no-system-turn",
    "no_user": "no-user-turn",
    "no_assistant": "no-assistant-turn",
    "last_not_assistant": "last-turn-not-assistant",
    "args_double_encoded": "tool-arguments-encoded-twice",
}
SHAPES = {
    "foundry_countdown_train_25.jsonl": "reinforcement",
    "foundry_sarcasm_baseline.jsonl": "question_answer",
    "foundry_sarcasm_qa.jsonl": "question_answer",
    "azure_legacy_prompt_completion_train.jsonl": "completion",
    "azure_legacy_prompt_completion_valid.jsonl": "completion",
}


@pytest.fixture(scope="module")
def expected(cases_folder: Path) -> dict[str, Any]:
    """What is known of each file."""
    return json.loads((cases_folder / FOLDER / "expected_defects.json").read_text())


@pytest.fixture(scope="module")
def files(cases_folder: Path, expected: dict[str, Any]) -> dict[str, list[ParsedRow]]:
    """Every file, parsed."""
    return {
        name: list(parse_rows(read_training_rows(str(cases_folder / FOLDER / name)), file=name))
        for name in expected
    }


def _lines(rows: list[ParsedRow]) -> dict[str, list[int]]:
    lines = defaultdict(list)
    for row in rows:
        for rule in dict.fromkeys(finding.rule for finding in row.findings):
            lines[rule].append(row.line)
    return lines


def test_every_row_of_every_file_is_read(files: dict, expected: dict):
    """As many as there are, each with an example, in the shape that the file has."""
    for name, rows in files.items():
        assert len(rows) == expected[name]["rows"]
        assert {row.shape for row in rows} == {SHAPES.get(name, "chat")}
        assert all(row.example is not None for row in rows)


def test_every_row_is_written_as_it_stood(files: dict, cases_folder: Path):
    """Parsed and rendered, all 2,090 rows are equal."""
    count = 0
    for name, rows in files.items():
        text = (cases_folder / FOLDER / name).read_text(encoding="utf-8-sig")
        raw = [json.loads(line) for line in text.splitlines() if line.strip()]
        assert [render_row(row.example, row.shape) for row in rows] == raw
        count += len(raw)
    assert count == 2090


def test_the_counts_of_defects_are_those_known(files: dict, expected: dict):
    """Missing turns and arguments encoded twice, per file; none where none is known."""
    for name, rows in files.items():
        lines = _lines(rows)
        found = {key: len(lines[rule]) for key, rule in RULES.items()}
        assert found == {key: expected[name].get(key, 0) for key in RULES}, name


def test_the_defects_stand_in_the_known_lines(files: dict, expected: dict):
    """The toy file of OpenAI's cookbook, and its drone file."""
    toy = _lines(files["cookbook_toy_chat_fine_tuning.jsonl"])
    known = expected["cookbook_toy_chat_fine_tuning.jsonl"]
    assert toy["no-user-turn"] == known["rows_without_user"]
    assert toy["no-system-turn"] == known["rows_without_system"]
    drone = _lines(files["cookbook_drone_first6_tools_trimmed.jsonl"])
    assert drone["tool-arguments-encoded-twice"] == [3, 4, 5, 6]


def test_clean_files_have_no_error(files: dict):
    """Nothing worse than a note on the files that their platforms publish as sound."""
    for name, rows in files.items():
        if name != "cookbook_drone_first6_tools_trimmed.jsonl":
            assert not [f for row in rows for f in row.findings if f.severity == "error"], name


def test_deprecated_calls_are_noted_in_the_azure_files(files: dict):
    """All rows of the four stock files declare `functions`; an info, not a fault."""
    for name, rows in files.items():
        noted = _lines(rows)["deprecated-function-call"]
        assert len(noted) == (len(rows) if name.startswith("azure_stock") else 0)


def test_weights_of_llama_factory_are_understood(files: dict):
    """0 on every user turn, 1 on every answer; the content stays in its parts."""
    for row in files["llamafactory_v1_sft_demo.jsonl"]:
        assert [turn.weight for turn in row.example.messages] == [0.0, 1.0]
        assert isinstance(row.example.messages[0].content, list)


def test_rows_for_a_grader_keep_what_it_needs(files: dict):
    """Target and numbers of the countdown task."""
    for row in files["foundry_countdown_train_25.jsonl"]:
        assert row.example.extra.keys() == {"target", "nums"}
