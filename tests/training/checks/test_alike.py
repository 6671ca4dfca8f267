"""Near-duplicates among many texts, against the comparison of all with all."""

from __future__ import annotations

import random

import pytest

from harness.text.similarity import near_duplicates
from harness.training.checks import alike
from harness.training.checks.alike import near_any, nearly_earlier

WORDS = [a + b + c for a in ("ba", "to", "ri", "mu") for b in ("sel", "nar", "") for c in "xyzw"]


def sentences(count: int, seed: int = 1) -> list[str]:
    """Sentences, every fifth of them an earlier one with a word changed."""
    chance = random.Random(seed)
    texts: list[str] = []
    for number in range(count):
        words = [chance.choice(WORDS) for _ in range(15)]
        if number % 5 == 4:
            words = chance.choice(texts).split()
            words[chance.randrange(15)] = "changed"
        texts.append(" ".join(words))
    return texts


@pytest.fixture
def by_bands(monkeypatch):
    """Compare by bands even where there are few texts."""
    monkeypatch.setattr(alike, "WHOLE", 0)
    monkeypatch.setattr(alike, "WHOLE_PAIRS", 0)


def test_bands_find_what_comparing_all_finds(by_bands):
    """Of edited sentences at least 98 in 100, and nothing else."""
    texts = sentences(400)
    exact = {pair.right for pair in near_duplicates(texts)}
    found = set(nearly_earlier(texts))
    assert found <= exact
    assert len(exact) >= 80
    assert len(found) >= 0.98 * len(exact)


def test_cases_find_the_rows_that_they_are_nearly(by_bands):
    """A pair is (case, row), and equal texts count."""
    rows = sentences(200)
    cases = ["something else altogether, quite long", rows[7], rows[9].replace("x", "q", 1)]
    found = near_any(rows, cases)
    assert found.keys() == {1, 2}
    assert found[1] == 7


@pytest.mark.parametrize("texts", [[], ["short"] * 3, ["", "", "x" * 30]])
def test_short_and_missing_texts_are_never_alike(by_bands, texts):
    """Below 20 characters nothing is compared."""
    assert nearly_earlier(texts) == {}
    assert near_any(texts, []) == {}
