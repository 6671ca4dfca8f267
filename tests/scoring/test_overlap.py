"""Word overlap and edit similarity."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scoring_cases import scored

from harness.scoring.overlap import edit_similarity, token_f1, word_f1


@given(st.text(), st.text())
def test_f1_is_symmetric_and_a_share(one: str, other: str) -> None:
    """And 1 for a text with itself."""
    assert word_f1(one, other) == word_f1(other, one)
    assert 0 <= word_f1(one, other) <= 1 == word_f1(one, one)


@pytest.mark.parametrize(
    ("text", "expected", "value"),
    [
        ("the cat sat", "a cat sat down", 0.8),
        ("Cat, cat!", "cat", 2 / 3),
        ("dog", ["cat", "the dog."], 1.0),
        ("the", "a", 1.0),
        ("", "cat", 0.0),
    ],
)
def test_f1_follows_squad(text: str, expected: object, value: float) -> None:
    """Counted by hand: articles and punctuation gone, repeated words counted, best reference."""
    assert scored(token_f1(), text, expected).value == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "value"), [("kitten", 1.0), ("sitting", 4 / 7), (" kitten\n", 1.0), ("", 0.0)]
)
def test_edit_similarity_counts_the_longer_text(text: str, value: float) -> None:
    """From kitten to sitting is the textbook's three edits in seven characters."""
    assert scored(edit_similarity(), text, "kitten").value == pytest.approx(value)


def test_both_are_graded_and_leave_blank_answers_unparsed() -> None:
    """Their mean is called score, never accuracy."""
    for scorer in (token_f1(), edit_similarity()):
        assert scorer.graded
        assert scored(scorer, " ", "cat").extracted is None
