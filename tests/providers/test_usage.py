"""Token counts of five shapes against real usage blocks."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from harness.providers.usage import SHAPES, ChatUsage, normalise, usage_or_none
from harness.values.reply import Usage

FOLDER = "19_token_usage_and_cost"


def rows(cases_folder: Path, shape: str) -> list[dict[str, dict[str, int]]]:
    lines = (cases_folder / FOLDER / "usages.jsonl").read_text().splitlines()
    return [row for row in map(json.loads, lines) if row["shape"] == shape]


@pytest.mark.cases
@pytest.mark.parametrize("shape", SHAPES)
def test_sums_of_real_blocks(cases_folder: Path, shape: str) -> None:
    """Input and output of all rows of a shape sum to the published figures."""
    expected = json.loads((cases_folder / FOLDER / "expected.json").read_text())["by_shape"][shape]
    found = [normalise(shape, row["usage"]) for row in rows(cases_folder, shape)]
    assert len(found) == expected["rows"]
    assert sum(usage.input for usage in found) == expected["input_tokens"]
    assert sum(usage.output for usage in found) == expected["output_tokens"]


@pytest.mark.cases
@pytest.mark.parametrize("shape", SHAPES)
def test_parts_of_real_blocks(cases_folder: Path, shape: str) -> None:
    """Cache reads and writes equal the published ones row by row, and lie inside the input."""
    for row in rows(cases_folder, shape):
        usage, expected = normalise(shape, row["usage"]), row["expected_usage"]
        assert usage.cached == expected.get("cache_read_tokens", 0)
        assert usage.cache_write == expected.get("cache_write_tokens", 0)
        assert usage.reasoning == expected.get("output_reasoning_tokens", 0)
        assert usage.cached + usage.cache_write <= usage.input


def test_anthropic_cache_counts_into_the_input() -> None:
    """Anthropic reports cache reads and writes outside `input_tokens`."""
    block = {"input_tokens": 7, "cache_read_input_tokens": 100, "cache_creation_input_tokens": 20}
    assert normalise("anthropic_messages", block) == Usage(input=127, cached=100, cache_write=20)


@pytest.mark.parametrize("place", ["cached_tokens", "prompt_cache_hit_tokens"])
def test_cached_tokens_of_compatible_servers(place: str) -> None:
    """Servers that speak OpenAI's chat put the cached tokens in other places."""
    block = {"prompt_tokens": 9, "completion_tokens": 1, place: 5, "prompt_tokens_details": None}
    assert normalise("openai_chat", block) == Usage(input=9, cached=5, output=1)


@pytest.mark.parametrize("count", [-1, 0.5, 2**31, 10**30, float("inf")])
def test_counts_that_cannot_be(count: float) -> None:
    """A count is a whole number that a budget can bear; 3.0 is one."""
    block = {"prompt_tokens": count, "completion_tokens": 3.0}
    with pytest.raises(msgspec.ValidationError):
        normalise("openai_chat", block)
    assert usage_or_none(ChatUsage, block) is None
    assert usage_or_none(ChatUsage, {"completion_tokens": 3.0}) == Usage(output=3)


@pytest.mark.parametrize("shape", SHAPES)
def test_empty_block_is_zero(shape: str) -> None:
    """Every field is optional."""
    assert normalise(shape, {"unknown": {"deep": 1}}) == Usage()
