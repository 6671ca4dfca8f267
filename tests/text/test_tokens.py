"""Tokens of OpenAI's vocabularies, counted offline, and which model has which."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.text.tokens import VOCABULARIES, base_of, token_counter, vocabulary_of


@pytest.mark.parametrize(
    ("text", "o200k", "cl100k"),
    [("", 0, 0), ("hello world", 2, 2), ("tiktoken is great!", 6, 6), ("お誕生日おめでとう", 8, 9)],
)
def test_counts_are_the_published_ones(text: str, o200k: int, cl100k: int) -> None:
    """The examples of OpenAI's cookbook 'How to count tokens with tiktoken'."""
    counted = [token_counter(name)(text) for name in ("o200k_base", "cl100k_base")]
    assert counted == [o200k, cl100k]


@given(st.text(), st.text(), st.sampled_from(VOCABULARIES))
def test_joining_texts_never_makes_more_tokens_than_bytes(
    left: str, right: str, vocabulary: str
) -> None:
    """A token is at least one byte, and every text that is not empty has one."""
    counted = token_counter(vocabulary)(left + right)
    assert bool(left + right) <= counted <= len((left + right).encode("utf-8", "surrogatepass"))


def test_a_special_token_in_a_text_is_text() -> None:
    """What a user wrote cannot end a document."""
    assert token_counter("o200k_base")("<|endoftext|>") > 1


def test_half_a_surrogate_pair_is_counted() -> None:
    """JSON may hold one; it counts as the replacement mark."""
    count = token_counter("o200k_base")
    assert count("a\ud800b") == count("a\ufffdb")


def test_an_unknown_vocabulary_lists_the_known() -> None:
    """The message names both."""
    with pytest.raises(UsageError, match="'gpt2'; there are: o200k_base, cl100k_base"):
        token_counter("gpt2")


@pytest.mark.parametrize(
    ("model", "vocabulary"),
    [
        ("gpt-4o-mini", "o200k_base"),
        ("ft:gpt-4o-mini-2024-07-18:org::id", "o200k_base"),
        ("gpt-4.1-nano-2025-04-14", "o200k_base"),
        ("o4-mini", "o200k_base"),
        ("o1", "o200k_base"),
        ("gpt-5", "o200k_base"),
        ("gpt-6-luna", "o200k_base"),
        ("gpt-4", "cl100k_base"),
        ("gpt-4-0613", "cl100k_base"),
        ("ft:gpt-3.5-turbo-0125:org::id", "cl100k_base"),
        ("claude-3-haiku", None),
        ("gemma-3-270m", None),
        ("olmo", None),
        ("", None),
    ],
)
def test_models_and_their_vocabularies(model: str, vocabulary: str | None) -> None:
    """OpenAI's families; of any other model nothing is claimed."""
    assert vocabulary_of(model) == vocabulary


def test_a_tuned_model_knows_its_base() -> None:
    """The second part of its name."""
    assert base_of("ft:gpt-4.1-2025-04-14:org:name:id") == "gpt-4.1-2025-04-14"
    assert base_of("gpt-4.1") == "gpt-4.1"
