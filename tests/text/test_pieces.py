"""Counting with a SentencePiece vocabulary: the same as the plain algorithm, done naively."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.text.pieces import BLANK, piece_counter

SCORES = {"a": -1.0, "b": -2.0, BLANK: -3.0, "ab": -4.0, "ba": -5.0, "aba": -6.0, f"{BLANK}a": -0.5}
CROSSING = SCORES | {f"b{BLANK}": -0.25, f"b{BLANK}a": -0.125}


def _naive(text: str, scores: dict[str, float]) -> int:
    """Join the best neighbours of the whole text until none can be joined."""
    symbols = list(text.replace(" ", BLANK))
    while True:
        unions = [(scores.get(a + b), -i) for i, (a, b) in enumerate(pairwise(symbols))]
        possible = [union for union in unions if union[0] is not None]
        if not possible:
            return sum(1 if s in scores else len(s.encode()) for s in symbols)
        at = -max(possible)[1]
        symbols[at : at + 2] = [symbols[at] + symbols[at + 1]]


@pytest.mark.parametrize("scores", [SCORES, CROSSING])
@given(text=st.text("ab é", max_size=12))
def test_words_apart_count_as_the_whole_text_does(scores: dict[str, float], text: str) -> None:
    """Cutting before blanks changes nothing, also where a piece reaches across one."""
    assert piece_counter(scores, ())(text) == _naive(text, scores)


def test_special_pieces_are_found_whole() -> None:
    """The longest at the leftmost place; what is left around them is joined as ever."""
    count = piece_counter(SCORES, ["<b>", "<b><b>", "\n"])
    assert count("ab<b><b><b>ab\nab") == 3 + 2 + 1
    assert count("<b") == 2


def test_a_text_may_begin_with_a_blank_of_its_own() -> None:
    """As Llama 2's does, also after a special piece."""
    assert piece_counter(SCORES, ["<b>"], blank_first=True)("a<b>a") == 3
    assert piece_counter(SCORES, (), blank_first=True)("") == 0


def test_what_is_no_piece_counts_its_bytes() -> None:
    """A letter of two bytes, a mark of four."""
    assert piece_counter(SCORES, ())("é😀") == 6
