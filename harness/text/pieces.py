"""The pieces of a SentencePiece vocabulary and their scores in, a counter of tokens out. Pure.

The way of llama.cpp (`llm_tokenizer_spm_session`, model 'llama'): special pieces are cut out of the
text, blanks become U+2581, then the neighbours whose union is the piece with the highest score are
joined, the leftmost of equals first, until no union is a piece. A character that is no piece is
as many tokens as it has bytes in UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from heapq import heapify, heappop, heappush

from harness.text.tokens import TokenCounter

BLANK = "\N{LOWER ONE EIGHTH BLOCK}"

_CACHED_WORDS = 1 << 16


def piece_counter(
    scores: Mapping[str, float], special: Collection[str], *, blank_first: bool = False
) -> TokenCounter:
    """How many tokens a text has; none are added at its ends.

    `special` pieces are found as they stand in the text and never joined. With `blank_first` the
    text, and what follows a special piece, begins with a blank of its own.
    """
    join = lru_cache(_CACHED_WORDS)(lambda word: _joined(word, scores))
    words = _word_pattern(scores)
    parts = _SpecialPieces(special)

    def count(text: str) -> int:
        total = 0
        for part, is_special in parts.of(text):
            if is_special:
                total += 1
            elif part:
                blanked = (" " * blank_first + part).replace(" ", BLANK)
                total += sum(map(join, filter(None, words.split(blanked))))
        return total

    return count


class _SpecialPieces:
    """Finds special pieces: the longest at the leftmost place where one begins."""

    def __init__(self, special: Collection[str]) -> None:
        self._special = frozenset(filter(None, special))
        beginnings = {piece[:2] for piece in self._special}
        self._lengths = {
            beginning: sorted(
                {len(piece) for piece in self._special if piece[:2] == beginning}, reverse=True
            )
            for beginning in beginnings
        }
        longest_first = sorted(beginnings, key=len, reverse=True)
        self._begin = re.compile("|".join(map(re.escape, longest_first))) if beginnings else None

    def of(self, text: str) -> Iterator[tuple[str, bool]]:
        """The parts of a text in order, each with whether it is a special piece."""
        start = at = 0
        while self._begin and (found := self._begin.search(text, at)):
            piece = self._longest(text, found)
            at = found.start() + (len(piece) or 1)
            if piece:
                yield text[start : found.start()], False
                yield piece, True
                start = at
        yield text[start:], False

    def _longest(self, text: str, found: re.Match[str]) -> str:
        """The longest special piece that begins at a match, or ''."""
        at = found.start()
        lengths = self._lengths[found[0]] + self._lengths.get(found[0][:1], [])
        candidates = (text[at : at + length] for length in lengths)
        return next((piece for piece in candidates if piece in self._special), "")


def _word_pattern(scores: Mapping[str, float]) -> re.Pattern[str]:
    """Places that no piece reaches across, so that words can be counted apart and remembered.

    They lie before a blank, unless some piece holds a blank after the character that stands there.
    """
    crossing = {BLANK}
    for piece in scores:
        at = piece.find(BLANK, 1)
        while at > 0:
            crossing.add(piece[at - 1])
            at = piece.find(BLANK, at + 1)
    letters = "".join(map(re.escape, sorted(crossing)))
    return re.compile(f"(?<=[^{letters}])(?={BLANK})")


def _joined(word: str, scores: Mapping[str, float]) -> int:
    """How many tokens one word has."""
    symbols = list(word)
    after = [*range(1, len(symbols)), -1]
    before = [*range(-1, len(symbols) - 1)]
    heap = [
        (-scores[pair], at, pair)
        for at in range(len(symbols) - 1)
        if (pair := symbols[at] + symbols[at + 1]) in scores
    ]
    heapify(heap)
    while heap:
        _, left, union = heappop(heap)
        right = after[left]
        if right < 0 or not symbols[left] or symbols[left] + symbols[right] != union:
            continue
        symbols[left], symbols[right] = union, ""
        after[left] = after[right]
        if after[left] >= 0:
            before[after[left]] = left
        for one in (before[left], left):
            other = after[one] if one >= 0 else -1
            if other >= 0 and (pair := symbols[one] + symbols[other]) in scores:
                heappush(heap, (-scores[pair], one, pair))
    return sum(_tokens(symbol, scores) for symbol in symbols if symbol)


def _tokens(symbol: str, scores: Mapping[str, float]) -> int:
    return 1 if symbol in scores else len(symbol.encode("utf-8", "surrogatepass"))
