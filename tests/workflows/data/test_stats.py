"""Statistics of training files, with the vocabulary and price of a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import DataError, UsageError
from harness.workflows.data.stats import counter, file_stats

ROW = '{"prompt": "Review: it works", "completion": " 5 stars"}\n'


@pytest.fixture
def rows(tmp_path: Path) -> str:
    """40 equal rows and one that cannot be read."""
    path = tmp_path / "rows.jsonl"
    path.write_text(ROW * 40 + "{broken\n")
    return str(path)


def test_a_model_decides_vocabulary_and_price(rows: str) -> None:
    """40 rows are passed 3 times; the broken one is counted apart."""
    found = file_stats(rows, model="ft:gpt-4o-mini-2024-07-18:org::id")
    assert (found.rows, found.unreadable, found.shapes) == (40, 1, {"completion": 40})
    assert found.labels == {"5 stars": 40}
    assert found.estimate.vocabulary == "o200k_base"
    assert found.estimate.spent is not None
    trained = found.estimate.tokens * found.estimate.epochs
    assert found.estimate.spent.amount == pytest.approx(trained * 3.00 / 1e6)


def test_without_a_model_the_cost_is_unknown(rows: str) -> None:
    """Tokens are counted all the same."""
    found = file_stats(rows, limit=5, epochs=2, rate=10)
    assert found.estimate.spent is None
    assert found.estimate.tokens == 5 * 40
    assert found.estimate.seconds == 5 * 40 * 2 / 10
    assert found.over_limit == 40


def test_an_unknown_model_needs_a_vocabulary(rows: str) -> None:
    """The message says how to name one; a known vocabulary is then enough."""
    with pytest.raises(UsageError, match="'gemini-3' is not known; name one with --vocabulary"):
        file_stats(rows, model="gemini-3")
    assert file_stats(rows, model="gemini-3", vocabulary="cl100k_base").estimate.spent is None


def test_a_file_without_training_rows_is_refused(tmp_path: Path) -> None:
    """It names the command that says why."""
    path = tmp_path / "other.jsonl"
    path.write_text('{"colour": "red"}\n')
    with pytest.raises(DataError, match=r"none of 1 rows(.|\n)*harness data check"):
        file_stats(str(path))


@pytest.mark.model
def test_the_embedded_model_counts_with_its_own_vocabulary() -> None:
    """Digits are one token each in Gemma, three together in OpenAI's."""
    assert (counter("local")("1234567890"), counter("o200k_base")("1234567890")) == (10, 4)
