"""How much of the expected text an answer has: word overlap and edit similarity. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from rapidfuzz.distance import Levenshtein

from harness.scoring.expected import accepted
from harness.text.normalise import squad
from harness.values.case import Case
from harness.values.reply import Answer
from harness.values.score import Score, Scorer


def token_f1() -> Scorer:
    """F1 of the answer's words as SQuAD defines it: the best over all accepted texts, in [0, 1]."""
    return graded_text("token_f1", word_f1)


def edit_similarity() -> Scorer:
    """1 - Levenshtein distance / length of the longer text, in characters; best of the accepted."""
    return graded_text("edit_similarity", Levenshtein.normalized_similarity)


def graded_text(name: str, similarity: Callable[[str, str], float]) -> Scorer:
    """A graded scorer from a similarity (answer, expected) -> [0, 1] of two stripped texts."""

    def score(case: Case, answer: Answer) -> Score:
        text = answer.text.strip()
        best = max(similarity(text, expected.strip()) for expected in accepted(case))
        return Score(best, text or None)

    return Scorer(name, 1, score, graded=True)


def word_f1(answer: str, expected: str) -> float:
    """2PR / (P + R) over the multiset of `squad` words; two texts without words agree."""
    found, wanted = squad(answer).split(), squad(expected).split()
    if not found or not wanted:
        return float(found == wanted)
    common = (Counter(found) & Counter(wanted)).total()
    return 2 * common / (len(found) + len(wanted))
