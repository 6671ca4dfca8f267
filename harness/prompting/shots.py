"""Which training cases an arm shows with a case: policy, seed and pool in, indices out. Pure.

A case never sees its own row or a row of its own group; the next in line takes the place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from harness.values.case import Case
from harness.values.order import rank, seeded_order
from harness.values.suite import Shots

Eligible = Callable[[int], bool]


class ShotPool:
    """The training split as shots: `choose` gives ids and values of the shots for one case.

    `neighbours` maps the input digest of a case to training indices, most similar first; only the
    policy `similar` needs it. The pool is held in memory.
    """

    def __init__(
        self,
        policy: Shots,
        train: Sequence[Case],
        neighbours: Mapping[str, Sequence[int]] | None = None,
    ) -> None:
        self._policy = policy
        self._train = train
        self._neighbours = neighbours or {}
        self._index = {case.id: i for i, case in enumerate(train)}
        self._digests = [case.input_digest for case in train]
        self._digest_set = frozenset(self._digests)
        self._groups = frozenset(case.group for case in train if case.group is not None)
        self._values = [{**case.input, "expected": case.expected} for case in train]
        self._orders: dict[int, list[int]] = {}
        self._queues: dict[int, dict[str, list[int]]] = {}
        self._usual: dict[int, tuple[int, ...]] = {}

    def choose(self, case: Case, input_digest: str, seed: int) -> tuple[int, ...]:
        """Training indices in the order in which they are shown; fewer than k if too few fit."""
        if self._policy.policy == "similar":
            ranking = self._neighbours[input_digest]
            nearest = self._take(ranking, self._eligible(case, input_digest))
            return nearest[::-1]  # the most similar one stands next to the question
        if input_digest not in self._digest_set and case.group not in self._groups:
            if seed not in self._usual:
                self._usual[seed] = self._ranked(seed, lambda _: True)
            return self._usual[seed]
        return self._ranked(seed, self._eligible(case, input_digest))

    def ids(self, chosen: Iterable[int]) -> tuple[str, ...]:
        """The ids of chosen shots."""
        return tuple(self._train[i].id for i in chosen)

    def values(self, chosen: Iterable[int]) -> list[dict[str, Any]]:
        """What a template sees of each chosen shot: its inputs, and `expected`."""
        return [self._values[i] for i in chosen]

    def _eligible(self, case: Case, input_digest: str) -> Eligible:
        def eligible(index: int) -> bool:
            same_group = case.group is not None and self._train[index].group == case.group
            return self._digests[index] != input_digest and not same_group

        return eligible

    def _take(self, ranking: Iterable[int], eligible: Eligible) -> tuple[int, ...]:
        wanted = len(self._policy.ids) if self._policy.policy == "fixed" else self._policy.k
        chosen: list[int] = []
        for index in ranking:
            if len(chosen) == wanted:
                break
            if eligible(index):
                chosen.append(index)
        return tuple(chosen)

    def _ranked(self, seed: int, eligible: Eligible) -> tuple[int, ...]:
        if self._policy.policy == "stratified":
            return self._take(_round_robin(self._by_label(seed), seed, eligible), eligible)
        return self._take(self._ranking(seed), eligible)

    def _ranking(self, seed: int) -> list[int]:
        if self._policy.policy == "fixed":
            return [self._index[id_] for id_ in self._policy.ids]
        if seed not in self._orders:
            self._orders[seed] = seeded_order([case.id for case in self._train], seed)
        return self._orders[seed]

    def _by_label(self, seed: int) -> dict[str, list[int]]:
        """The indices of each expected value, shuffled."""
        if seed not in self._queues:
            queues: dict[str, list[int]] = {}
            for index in seeded_order([case.id for case in self._train], seed):
                label = json.dumps(self._train[index].expected, sort_keys=True)
                queues.setdefault(label, []).append(index)
            self._queues[seed] = queues
        return self._queues[seed]


def _round_robin(
    queues: Mapping[str, Sequence[int]], seed: int, eligible: Eligible
) -> Iterator[int]:
    """One eligible case of each expected value in turn; each round shuffles the order of values.

    A case that may not be shown gives its place to the next of the same value, so that no value
    loses its turn.
    """
    waiting = {label: filter(eligible, queue) for label, queue in queues.items()}
    turn = 0
    while waiting:
        for label in sorted(waiting, key=lambda name: rank(seed, f"{turn} {name}")):
            index = next(waiting[label], None)
            if index is None:
                del waiting[label]
            else:
                yield index
        turn += 1
