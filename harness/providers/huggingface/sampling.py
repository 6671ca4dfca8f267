"""How tokens are drawn: scores of one step in, the chosen token of each row out.

Each row has its own source of chance, so that what a request draws does not depend on the others
in its batch. Logits and scores are float tensors [rows, vocabulary]. Needs torch: import lazily.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import torch

from harness.values.request import Sampling

_ALMOST_ONE = 1.0 - 2.0**-24


class Draws:
    """A logits processor that leaves one token a row possible: the drawn one.

    `sampling` holds for all rows, `seeds` has one text a row, `start` is the length of the prompts.
    `logprobs[row]` gets one entry a step where `sampling.logprobs` is set: the chosen token, its
    natural log-probability before temperature and penalties, and the most likely tokens.
    """

    def __init__(self, sampling: Sampling, seeds: Sequence[str], start: int) -> None:
        self._sampling = sampling
        self._chances = [random.Random(seed) for seed in seeds]
        self._start = start
        self.logprobs: list[list[tuple[int, float, list[tuple[int, float]]]]] = [[] for _ in seeds]

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """Scores in, scores out: 0 for the drawn token of each row, minus infinity for the rest."""
        scores = scores.float()
        weighed = penalised(scores, input_ids[:, self._start :], self._sampling)
        drawn = [
            draw(row, self._sampling.temperature or 0.0, self._sampling.top_p or 1.0, chance)
            for row, chance in zip(weighed, self._chances, strict=True)
        ]
        if self._sampling.logprobs is not None:
            self._note(scores, drawn, self._sampling.logprobs)
        only = torch.full_like(scores, float("-inf"))
        only[torch.arange(len(drawn)), torch.tensor(drawn)] = 0.0
        return only

    def _note(self, scores: Any, drawn: Sequence[int], count: int) -> None:
        logs = torch.log_softmax(scores, dim=-1)
        values, tokens = logs.topk(min(count, logs.shape[-1]), dim=-1)
        tops = zip(tokens.tolist(), values.tolist(), strict=True)
        for row, (token, (ids, likely)) in enumerate(zip(drawn, tops, strict=True)):
            entry = (token, float(logs[row, token]), list(zip(ids, likely, strict=True)))
            self.logprobs[row].append(entry)


def plain(sampling: Sampling) -> bool:
    """Whether the most likely token is simply taken, and nothing is to be noted."""
    penalties = sampling.presence_penalty or sampling.frequency_penalty
    return not sampling.temperature and not penalties and sampling.logprobs is None


def penalised(scores: Any, answered: Any, sampling: Sampling) -> Any:
    """Scores less the penalties for tokens that the answer so far ([rows, steps]) has.

    As OpenAI defines them: score - frequency * count - presence * (1 where count > 0).
    """
    if not (sampling.presence_penalty or sampling.frequency_penalty):
        return scores
    ones = torch.ones_like(answered, dtype=scores.dtype)
    counts = torch.zeros_like(scores).scatter_add(1, answered, ones)
    frequency = (sampling.frequency_penalty or 0.0) * counts
    return scores - frequency - (sampling.presence_penalty or 0.0) * (counts > 0)


def draw(scores: Any, temperature: float, top_p: float, chance: random.Random) -> int:
    """One token by scores [vocabulary]: the most likely at temperature 0, else at random.

    `top_p` keeps the smallest set of likeliest tokens whose probabilities reach it. One number of
    `chance` is used a draw, looked up in the cumulative distribution.
    """
    if temperature == 0.0:
        return int(scores.argmax())
    chances = torch.softmax((scores - scores.max()) / temperature, dim=-1)
    order = None
    if top_p < 1.0:
        chances, order = chances.sort(descending=True, stable=True)
        before = chances.cumsum(-1) - chances
        chances = chances * (before < top_p)
    reached = chances.cumsum(-1)
    point = reached[-1] * min(chance.random(), _ALMOST_ONE)
    at = int(torch.searchsorted(reached, point, right=True).clamp(max=len(reached) - 1))
    return at if order is None else int(order[at])
