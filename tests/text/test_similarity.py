"""Near-duplicates: the same pairs as comparing everything, and feasible on many texts."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from harness.errors import UsageError
from harness.text.normalise import plain
from harness.text.similarity import near_duplicates

SENTENCE = "the battery of this laptop lasts for nine hours"


def _brute(left: list[str], right: list[str], threshold: float, least: int) -> set[tuple]:
    """Every pair compared: the definition itself."""
    pairs = ((i, j, plain(a), plain(b)) for i, a in enumerate(left) for j, b in enumerate(right))
    return {
        (i, j, fuzz.ratio(a, b))
        for i, j, a, b in pairs
        if min(len(a), len(b)) >= least and fuzz.ratio(a, b) >= threshold
    }


@st.composite
def _families(draw: st.DrawFn) -> list[str]:
    """A few seeds and edited copies of them, so that ratios fall on both sides of a threshold."""
    letters = draw(st.sampled_from(["ab", "abcdefgh ", "abcdefghijklmnopqrstuvwxyz "]))
    rng = draw(st.randoms(use_true_random=False))
    seeds = ["".join(rng.choices(letters, k=rng.randint(1, 45))) for _ in range(3)]
    return [_edited(rng.choice(seeds), rng, letters) for _ in range(12)]


def _edited(text: str, rng: random.Random, letters: str) -> str:
    characters = list(text)
    for _ in range(rng.randint(0, 8)):
        at = rng.randrange(len(characters) + 1)
        if rng.random() < 0.5:
            characters.insert(at, rng.choice(letters))
        elif at < len(characters):
            del characters[at]
    return "".join(characters)


@given(_families(), _families(), st.sampled_from([50, 72.5, 80, 90, 95, 100]), st.integers(1, 25))
def test_two_lists_give_the_pairs_of_brute_force(
    left: list[str], right: list[str], threshold: float, least: int
) -> None:
    """The shingle filter loses no pair and adds none, at any threshold and length."""
    found = near_duplicates(left, right + left[:4], threshold, least)
    assert set(found) == _brute(left, right + left[:4], threshold, least)
    assert found == sorted(found)


@given(_families(), st.sampled_from([60, 90, 97]), st.integers(1, 25))
def test_one_list_gives_each_unordered_pair_once(
    texts: list[str], threshold: float, least: int
) -> None:
    """Within one list, i < j and never a text with itself."""
    expected = {pair for pair in _brute(texts, texts, threshold, least) if pair[0] < pair[1]}
    assert set(near_duplicates(texts, None, threshold, least)) == expected


def test_the_defaults_are_ratio_90_on_20_characters() -> None:
    """One changed word ending is a near-duplicate; a short identical text is none."""
    found = near_duplicates([SENTENCE, "short text"], [SENTENCE.upper() + "!", "short text"])
    assert [(pair.left, pair.right, pair.ratio) for pair in found] == [(0, 0, 100.0)]


@pytest.mark.parametrize(("left", "right"), [([], None), ([], [SENTENCE]), ([SENTENCE], [])])
def test_nothing_has_no_near_duplicates(left: list[str], right: list[str] | None) -> None:
    """An empty side is no error."""
    assert near_duplicates(left, right) == []


def test_repetitive_texts_are_compared_directly() -> None:
    """Texts of one or two different shingles prove nothing by sharing none."""
    texts = ["a" * 30, "a" * 29 + "b", "ab" * 15]
    assert {pair[:2] for pair in near_duplicates(texts)} == {(0, 1)}


@pytest.mark.parametrize(("threshold", "least"), [(49, 20), (101, 20), (90, 0)])
def test_meaningless_limits_are_refused(threshold: float, least: int) -> None:
    """A threshold outside [50, 100] or no minimum length is the caller's mistake."""
    with pytest.raises(UsageError, match=r"between 50 and 100|at least 1"):
        near_duplicates([SENTENCE], None, threshold, least)


def test_a_large_training_set_stays_feasible() -> None:
    """20,000 x 1,000 texts of eight words take seconds, and the planted copies are all found."""
    rng = random.Random(5)
    words = [
        "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(3, 9))) for _ in range(2000)
    ]
    train = [" ".join(rng.choices(words, k=8)) for _ in range(20_000)]
    test = [" ".join(rng.choices(words, k=8)) for _ in range(990)] + train[:10]
    started = time.perf_counter()
    found = near_duplicates(train, test)
    assert {(i, 990 + i) for i in range(10)} <= {pair[:2] for pair in found}
    assert time.perf_counter() - started < 30
