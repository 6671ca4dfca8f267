"""Drawing tokens: greedy, at random, from the likeliest, with penalties."""

from __future__ import annotations

import random
from collections import Counter

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from harness.providers.huggingface.sampling import Draws, draw, penalised
from harness.values.request import Sampling

SCORES = torch.log(torch.tensor([0.1, 0.5, 0.15, 0.25]))
FINITE = st.floats(-50, 50, width=32)


def test_draws_follow_the_probabilities() -> None:
    """Shares of 4,000 draws lie within 0.03 of softmax(scores)."""
    chance = random.Random(1)
    counts = Counter(draw(SCORES, 1.0, 1.0, chance) for _ in range(4000))
    for token, expected in enumerate(SCORES.exp().tolist()):
        assert abs(counts[token] / 4000 - expected) < 0.03


@pytest.mark.parametrize(("top_p", "tokens"), [(0.4, {1}), (0.6, {1, 3}), (0.8, {1, 2, 3})])
def test_top_p_keeps_the_smallest_set_that_reaches_it(top_p: float, tokens: set[int]) -> None:
    """0.5, then 0.25, then 0.15."""
    chance = random.Random(2)
    assert {draw(SCORES, 1.0, top_p, chance) for _ in range(300)} == tokens


@given(scores=st.lists(FINITE, min_size=1, max_size=20), top_p=st.floats(0.01, 1.0))
def test_a_temperature_near_zero_is_greedy(scores: list[float], top_p: float) -> None:
    """Without a NaN on the way, and never a token that is not there.

    Scores that differ by less than the temperature are equal to it.
    """
    row = torch.tensor(scores)
    token = draw(row, 1e-30, top_p, random.Random(3))
    assert row.max() - row[token] < 1e-27
    assert row[draw(row, 0.0, top_p, random.Random(3))] == row.max()


def test_a_row_draws_alike_in_any_batch() -> None:
    """Its own source of chance is all that counts."""
    scores = SCORES.repeat(3, 1)
    answered = torch.zeros((3, 2), dtype=torch.long)
    sampling = Sampling(temperature=1.0)
    alone = [Draws(sampling, [seed], 2) for seed in "abc"]
    together = Draws(sampling, list("abc"), 2)
    for _ in range(20):
        apart = [one(answered[:1], scores[:1])[0] for one in alone]
        assert torch.equal(together(answered, scores), torch.stack(apart))


def test_penalties_count_what_was_answered() -> None:
    """Half a point a time, and two points for having been there at all, by row."""
    scores = torch.zeros((2, 4))
    answered = torch.tensor([[1, 1, 3], [0, 0, 0]])
    found = penalised(scores, answered, Sampling(presence_penalty=2, frequency_penalty=0.5))
    assert found.tolist() == [[0, -3, 0, -2.5], [-3.5, 0, 0, 0]]


def test_logprobs_are_noted_before_temperature() -> None:
    """The chosen token's, and the most likely ones in order."""
    draws = Draws(Sampling(temperature=0, logprobs=2), ["a"], 0)
    draws(torch.zeros((1, 0), dtype=torch.long), SCORES[None])
    ((token, value, likely),) = draws.logprobs[0]
    assert (token, [t for t, _ in likely]) == (1, [1, 3])
    assert value == pytest.approx(SCORES[1].item())
