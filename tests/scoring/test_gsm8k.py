"""`number` against 5,276 labelled solutions of four systems (OpenAI, GSM8K)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from scoring_cases import scored

from harness.scoring.number import number, number_lenient
from harness.values.suite import NumberOptions

pytestmark = pytest.mark.cases

OPTIONS = NumberOptions(after="A:")
# System -> (labelled correct, solutions without an answer line), as the source states them.
SYSTEMS = {
    "6b_finetuning": (286, 4),
    "6b_verification": (515, 1),
    "175b_finetuning": (458, 5),
    "175b_verification": (742, 1),
}


@pytest.fixture(scope="module")
def rows(cases_folder: Path) -> list[dict]:
    path = cases_folder / "01_gsm8k_openai_finetuned" / "example_model_solutions.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(("system", "counts"), SYSTEMS.items())
def test_every_label_is_reproduced(rows: list[dict], system: str, counts: tuple[int, int]) -> None:
    """1,319 of 1,319, with exactly the unparsed ones that have no answer line."""
    scores = [scored(number(OPTIONS), row[system]["solution"], row["ground_truth"]) for row in rows]
    assert [score.value == 1 for score in scores] == [row[system]["is_correct"] for row in rows]
    unparsed = sum(score.extracted is None for score in scores)
    assert (sum(score.value for score in scores), unparsed) == counts


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_last_number_gives_the_same_labels(rows: list[dict], system: str) -> None:
    """Reading on where the answer line is missing makes none of these right."""
    lenient = number_lenient(OPTIONS)
    scores = [scored(lenient, row[system]["solution"], row["ground_truth"]) for row in rows]
    assert [score.value == 1 for score in scores] == [row[system]["is_correct"] for row in rows]
    assert all(score.extracted is not None for score in scores)


def test_the_second_mark_of_the_data_set_reads_the_same_numbers(
    rows: list[dict], cases_folder: Path
) -> None:
    """'#### 18' in the questions' file and 'A: 18' in the solutions' file are one number."""
    path = cases_folder / "01_gsm8k_openai_finetuned" / "test.jsonl"
    marked = number(NumberOptions(after="####"))
    for line, row in zip(path.read_text(encoding="utf-8").splitlines(), rows, strict=True):
        truth = scored(number(OPTIONS), row["ground_truth"], row["ground_truth"]).extracted
        assert scored(marked, json.loads(line)["answer"], truth).value == 1
