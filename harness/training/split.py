"""Rows in, the split of each out: by label, with groups and duplicates kept together. Pure.

Rows that share a group, an id or a text, or are near-duplicates, are one cluster; a cluster goes to
one split as a whole, so that nothing in train has a twin in test. The clusters of a label stand
in a seeded order that depends on their ids alone, and are cut where the shares say: first test,
then validation, then train. An added row moves a cut by its own size, and with it few others.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise, product
from typing import NamedTuple, TypeAlias

from harness.errors import UsageError
from harness.training.clusters import SplitRow, cluster_rows
from harness.values.case import Split
from harness.values.order import rank

ORDER: tuple[Split, ...] = ("test", "validation", "train")
"""Along the seeded order: a larger train leaves test as it is."""

LABEL_WEIGHT = 0.5
"""What a row too many of one label counts, beside a row too many of a split as a whole.

From 1 upwards a split can miss its size by more than its largest cluster.
"""


_Stratum: TypeAlias = list[list[int]]
"""The clusters of one label in seeded order, each as positions of rows."""


class Shares(NamedTuple):
    """How large the splits are: in any unit when they are shares, in rows when they are sizes."""

    train: float
    validation: float
    test: float


def split_rows(
    rows: Sequence[SplitRow], shares: tuple[float, float, float], seed: int
) -> list[Split]:
    """The split of each row. `shares` are of train, validation and test, in any unit.

    A label with as many clusters as there are splits is in each, unless there are more such labels
    than a split has rows. Sizes are within the largest cluster of what was asked, unless such
    labels leave no choice.

    Raises:
        UsageError: a share is negative, or all are 0.
    """
    clusters = cluster_rows(rows)
    places = place_clusters(rows, clusters, Shares(*shares), seed)
    return [split for split in places if split is not None]


def place_clusters(
    rows: Sequence[SplitRow],
    clusters: Sequence[int],
    shares: Shares,
    seed: int,
    *,
    total: float | None = None,
) -> list[Split | None]:
    """The split of each row, given the cluster of each (`cluster_rows`).

    The shares are of `total`: their own sum unless it is given. What is left of it is None.

    Raises:
        UsageError: a share is negative, all are 0, or their sum is above the total.
    """
    parts = _parts(shares, total)
    members: dict[int, list[int]] = defaultdict(list)
    for at, cluster in enumerate(clusters):
        members[cluster].append(at)
    strata = _strata(rows, list(members.values()), seed)
    places: list[Split | None] = [None] * len(rows)
    gaps = [0.0] * len(parts)
    for stratum, least in _with_least(strata, parts, len(rows)):
        cuts = _cuts(list(map(len, stratum)), [part.share for part in parts], gaps, least)
        for part, start, end in zip(parts, [0, *cuts], [*cuts, len(stratum)], strict=True):
            for at in (at for cluster in stratum[start:end] for at in cluster):
                places[at] = part.split
    return places


class _Part(NamedTuple):
    """A split, or what is left out (None), and its fraction of all rows."""

    split: Split | None
    share: float


def _parts(shares: Shares, total: float | None) -> list[_Part]:
    """The splits that get anything, in ORDER; the rest, if any, at last."""
    whole = sum(shares) if total is None else total
    if min(shares) < 0 or sum(shares) <= 0:
        raise UsageError(f"shares are 0 or more and not all 0, not {tuple(shares)!r}")
    if sum(shares) > whole:
        raise UsageError(f"{sum(shares):g} rows were asked for, and there are {whole:g}")
    parts = [
        _Part(split, share / whole) for split in ORDER if (share := getattr(shares, split)) > 0
    ]
    left = (whole - sum(shares)) / whole
    return [*parts, _Part(None, left)] if left > 0 else parts


def _with_least(
    strata: Iterable[_Stratum], parts: Sequence[_Part], rows: int
) -> list[tuple[_Stratum, list[int]]]:
    """The labels in the order to cut them, each with how many clusters each part must get.

    First those that must be in every split and so leave little choice; the others even it out.
    Where they are more than a split has rows, none must be.
    """
    needed = [int(part.split is not None) for part in parts]
    wide: list[_Stratum] = []
    narrow: list[_Stratum] = []
    for stratum in strata:
        (wide if len(stratum) >= sum(needed) else narrow).append(stratum)
    smallest = min(part.share for part in parts if part.split is not None) * rows
    least = needed if len(wide) <= smallest else [0] * len(parts)
    nothing = [0] * len(parts)
    return [(stratum, least) for stratum in wide] + [(stratum, nothing) for stratum in narrow]


def _strata(rows: Sequence[SplitRow], clusters: Iterable[list[int]], seed: int) -> list[_Stratum]:
    """The clusters of each label in seeded order; small labels first.

    A cluster of several labels counts for the rarest of them, which is the one that could be lost.
    """
    sizes = Counter(_label(row) for row in rows)
    keyed: dict[str, list[tuple[int, str, list[int]]]] = defaultdict(list)
    for cluster in clusters:
        label = min({_label(rows[at]) for at in cluster}, key=lambda name: (sizes[name], name))
        first = min((rank(seed, rows[at].id), rows[at].id) for at in cluster)
        keyed[label].append((*first, cluster))
    weights = {label: sum(len(c) for _, _, c in found) for label, found in keyed.items()}
    labels = sorted(keyed, key=lambda label: (weights[label], label))
    return [[cluster for _, _, cluster in sorted(keyed[label])] for label in labels]


def _label(row: SplitRow) -> str:
    return "" if row.label is None else f"={row.label}"


def _cuts(
    sizes: Sequence[int], shares: Sequence[float], gaps: list[float], least: Sequence[int]
) -> list[int]:
    """Where a row of clusters is cut: positions between clusters, one fewer than there are shares.

    `gaps` are the rows that each share lacked so far; what it lacks afterwards is left in them.
    Chosen are the cuts with the least gaps, and half as much the fairest for this label alone.
    """
    ends = [0, *accumulate(sizes)]
    fair = [share * ends[-1] for share in shares]
    wanted = [own + gap for own, gap in zip(fair, gaps, strict=True)]

    def cost(cuts: Sequence[int]) -> float:
        return _square(_lacking(cuts, ends, wanted)) + LABEL_WEIGHT * _square(
            _lacking(cuts, ends, fair)
        )

    near = [_nearest(ends, end) for goal in (wanted, fair) for end in list(accumulate(goal))[:-1]]
    best = min(_possible(near, len(sizes), least), key=cost)
    gaps[:] = _lacking(best, ends, wanted)
    return list(best)


def _possible(near: Sequence[int], length: int, least: Sequence[int]) -> list[tuple[int, ...]]:
    """All cuts at or beside the positions `near` that leave each part its least clusters."""
    beside = {at + step for at in near for step in (-1, 0, 1)}
    places = []
    for number in range(1, len(least)):
        lowest, highest = sum(least[:number]), length - sum(least[number:])
        places.append(sorted({min(max(at, lowest), highest) for at in beside} | {lowest}))
    return [
        cuts
        for cuts in product(*places)
        if all(b - a >= kept for (a, b), kept in zip(pairwise(cuts), least[1:], strict=False))
    ]


def _square(gaps: Sequence[float]) -> float:
    return sum(gap * gap for gap in gaps)


def _lacking(cuts: Sequence[int], ends: Sequence[int], wanted: Sequence[float]) -> list[float]:
    bounds = pairwise([0, *cuts, len(ends) - 1])
    return [
        want - ends[end] + ends[start] for want, (start, end) in zip(wanted, bounds, strict=True)
    ]


def _nearest(ends: Sequence[int], target: float) -> int:
    """The position whose end is nearest to the target; the lower of two equally near."""
    at = bisect_left(ends, target)
    if at == 0:
        return 0
    if at == len(ends):
        return at - 1
    return at - 1 if target - ends[at - 1] <= ends[at] - target else at
