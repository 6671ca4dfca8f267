"""Statistics of training files: OpenAI's cookbook as the oracle for tokens."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.text.tokens import token_counter
from harness.training.estimate import estimate
from harness.training.stats import characters, example_tokens, gather, quantiles
from harness.values.example import Example, Turn
from harness.values.request import ToolCall
from harness.workflows.data.stats import file_stats

TAKEN = partial(estimate, vocabulary="letters")


def test_a_chat_has_the_overhead_of_the_cookbook() -> None:
    """3 a message, 1 a name, 3 for the reply; roles, names and texts count too."""
    turns = (Turn("user", "abcde", name="Jo"), Turn("assistant", "yes"))
    found = example_tokens(Example(messages=turns), len)
    assert found.completion == 3
    assert found.prompt == (3 + len("user") + 5 + len("Jo") + 1) + (3 + len("assistant")) + 3


def test_texts_have_no_overhead() -> None:
    """Prompt and completion as they stand."""
    assert example_tokens(Example(prompt="abc", completion=" d"), len) == (3, 2)


def test_only_what_is_learned_is_completion() -> None:
    """An answer of weight 0 belongs to the prompt; a call counts name and arguments."""
    call = ToolCall("1", "look", '{"a":1}')
    turns = (Turn("assistant", "no", weight=0), Turn("assistant", tool_calls=(call,)))
    found = example_tokens(Example(messages=turns), len)
    assert found.completion == len("look") + len('{"a":1}')
    assert found.length == 2 * (3 + len("assistant")) + len("no") + found.completion + 3


def test_both_answers_of_a_preference_are_learned() -> None:
    """And their characters count."""
    row = Example(
        messages=(Turn("user", "q"),),
        preferred=(Turn("assistant", "good"),),
        rejected=(Turn("assistant", "bad"),),
    )
    assert example_tokens(row, len).completion == 7
    assert characters(row) == 8


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=60))
def test_quantiles_lie_in_order(values: list[int]) -> None:
    """From the smallest to the largest; mean and total agree with Python's."""
    found = quantiles(values)
    assert found is not None
    assert min(values) == found.min <= found.p5 <= found.median <= found.p95 <= found.max
    assert found.mean == pytest.approx(mean(values))
    assert found.total == sum(values)


def test_what_could_not_be_read_counts_nowhere_else() -> None:
    """Labels need few answers and none missing."""
    rows = [("completion", Example(prompt="p", completion=" a"))] * 4 + [("", None)]
    found = gather("f", rows, len, limit=2, estimate=TAKEN)
    assert (found.rows, found.unreadable, found.over_limit) == (4, 1, 4)
    assert (found.shapes, found.labels, found.turns) == ({"completion": 4}, {"a": 4}, None)
    assert gather("f", [], len, limit=None, estimate=TAKEN).tokens is None


@pytest.mark.cases
def test_the_cookbook_s_own_file_gives_its_own_numbers(cases_folder: Path) -> None:
    """What its notebook prints.

    26 to 8,032 tokens, mean 1,648.4; 4 to 8,000 of assistants, mean 1,610.2; one row over 4,096;
    4,306 tokens and 20 epochs.
    """
    path = cases_folder / "22_finetuning_files" / "cookbook_toy_chat_fine_tuning.jsonl"
    found = file_stats(str(path), vocabulary="cl100k_base", limit=4096)
    assert found.tokens is not None
    assert found.completion_tokens is not None
    assert (found.tokens.min, found.tokens.max, found.tokens.mean) == (26, 8032, 1648.4)
    assert (found.completion_tokens.min, found.completion_tokens.max) == (4, 8000)
    assert found.completion_tokens.mean == 1610.2
    assert (found.over_limit, found.estimate.truncated) == (1, 1)
    assert (found.estimate.tokens, found.estimate.epochs) == (4306, 20)


def test_one_vocabulary_counts_the_other_s_texts_differently() -> None:
    """The counter is the only thing that knows tokens."""
    row = Example(prompt="お誕生日おめでとう", completion="")
    counted = [example_tokens(row, token_counter(v)).prompt for v in ("o200k_base", "cl100k_base")]
    assert counted == [8, 9]
