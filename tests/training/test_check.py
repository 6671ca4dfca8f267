"""The check as a whole: one report, ordered, aggregated; and on the files of others."""

from __future__ import annotations

import pytest

from harness.training.check import check_rows
from harness.training.checks.platforms import FileFacts
from harness.values.finding import SEVERITIES, Finding
from harness.workflows.data.check import check_file

from .checks.files import chat, checked, findings, pair

CLEAN = (
    "azure_stock-train-hallucination",
    "azure_stock-train-token-reduction",
    "azure_stock-test-hallucination",
    "azure_stock-test-token-reduction",
    "foundry_stock_toolcall_training",
    "foundry_stock_toolcall_validation",
    "foundry_gsm8k_chat_train",
    "foundry_gsm8k_chat_validation",
)
INTENTS = (
    ("banking77", "test", 0, 7, 0),
    ("clinc_full", "test", 2, 2, 0),
    ("clinc_full", "val", 3, 3, 0),
    ("snips", "test", 26, 26, 225),
    ("snips", "valid", 12, 15, 225),
)


def test_no_rows_is_an_error():
    """A file without rows has one finding."""
    report = checked([]).report
    assert [(f.rule, f.severity) for f in report.findings] == [("no-rows", "error")]
    assert (report.rows, report.shape) == (0, None)


def test_findings_come_errors_first_and_once_for_each_rule():
    """A thousand rows with the same fault are one finding."""
    rows = [{"Prompt": f"p{i} ->", "completion": f" {i}\n"} for i in range(1000)]
    report = checked(rows).report
    ranks = [SEVERITIES.index(f.severity) for f in report.findings]
    assert ranks == sorted(ranks)
    keys = [(f.rule, f.severity) for f in report.findings]
    assert len(keys) == len(set(keys))
    case = next(f for f in report.findings if f.rule == "column-case")
    assert (case.count, len(case.lines)) == (1000, 100)


def test_broken_lines_are_findings_and_rows_behind_them_are_checked():
    """What the reader found is part of the report."""
    broken = Finding(rule="unreadable-row", severity="error", file="f", message="m", line=1)
    rows = [(1, None, broken), (2, chat("q", " "), None)]
    report = check_rows(rows, FileFacts("f")).report
    assert {f.rule for f in report.of("error")} == {"unreadable-row", "blank-answer"}
    assert report.rows == 2


def test_mixed_shapes_are_an_error():
    """One file, one shape."""
    assert findings([pair("p", " c"), chat("q", "a")])["mixed-shapes"].severity == "error"


@pytest.mark.cases
@pytest.mark.parametrize("name", CLEAN)
def test_clean_files_have_facts_only(cases_folder, name):
    """No error and no warning on files without a defect."""
    report = check_file(str(cases_folder / "22_finetuning_files" / f"{name}.jsonl"))
    assert report.rows >= 10
    assert [f for f in report.findings if f.severity != "info"] == []


@pytest.mark.cases
@pytest.mark.parametrize(
    ("name", "rule", "count"),
    [
        ("foundry_sarcasm_qa", "duplicate-rows", 20),
        ("foundry_sarcasm_qa", "contradiction", 2),
        ("llamafactory_v1_sft_demo", "duplicate-rows", 1),
        ("llamafactory_v1_sft_demo", "contradiction", 2),
        ("llamafactory_v1_sft_demo", "no-system-turn", 500),
        ("cookbook_drone_first6_tools_trimmed", "tool-arguments-encoded-twice", 4),
        ("foundry_countdown_train_25", "no-assistant-turn", 25),
        ("cookbook_toy_chat_fine_tuning", "no-system-turn", 1),
        ("cookbook_toy_chat_fine_tuning", "no-user-turn", 1),
    ],
)
def test_defects_of_real_files_are_counted(cases_folder, name, rule, count):
    """The numbers of expected_defects.json; a contradiction counts the two rows of its input."""
    report = check_file(str(cases_folder / "22_finetuning_files" / f"{name}.jsonl"))
    assert [f.count for f in report.findings if f.rule == rule] == [count]


@pytest.mark.cases
def test_the_cookbooks_long_row_is_over_its_limit(cases_folder):
    """One example over 4,096 tokens of cl100k, in line 5, as the notebook reports."""
    path = cases_folder / "22_finetuning_files" / "cookbook_toy_chat_fine_tuning.jsonl"
    report = check_file(str(path), limit=4096, vocabulary="cl100k")
    over = next(f for f in report.findings if f.rule == "over-limit")
    assert (over.line, over.count) == (5, 1)


@pytest.mark.cases
@pytest.mark.parametrize("intents", INTENTS, ids=lambda intents: "-".join(intents[:2]))
def test_leaks_of_real_splits_are_counted(cases_folder, intents):
    """Of expected.json: exact, after lower case and blanks, and copies within train."""
    name, split, exact, folded, copies = intents
    folder = cases_folder / "13_intent_train_test_sets" / name
    report = check_file(str(folder / "train.jsonl"), test=str(folder / f"{split}.jsonl"))
    found = {f.rule: f for f in report.findings}
    words = found["leak"].message.replace(",", " ").split()
    counts = {word: int(words[at - 1]) for at, word in enumerate(words) if word in KINDS}
    assert counts.get("exact", 0) == exact
    assert counts.get("exact", 0) + counts.get("normalised", 0) == folded
    assert (found["duplicate-rows"].count if copies else 0) == copies
    assert copies or "duplicate-rows" not in found


KINDS = ("exact", "normalised")
