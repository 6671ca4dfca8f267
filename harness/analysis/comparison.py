"""Two sides with the same cases in, everything that tells them apart out. Pure.

One arm is the reference, the other the candidate; every difference is candidate minus reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from harness.analysis.clustered import clustered_mean
from harness.analysis.detectable import detectable_difference
from harness.analysis.difference import Difference, joint_groups, paired_difference
from harness.analysis.families import (
    benjamini_hochberg,
    bonferroni,
    holm,
    simultaneous_confidence,
)
from harness.analysis.interval import CONFIDENCE, t_critical
from harness.analysis.resample import ROUNDING, Range
from harness.values.baseline import SCORE_DECIMALS
from harness.values.score import OUTCOMES, Outcome

if TYPE_CHECKING:
    from harness.analysis.side import Integers, Numbers, Side

ADJUSTMENTS = {"holm": holm, "bh": benjamini_hochberg, "bonferroni": bonferroni}

_LEAST_SLICE = 2
_LEAST_MOVE = 0.5 * 10**-SCORE_DECIMALS + ROUNDING  # less is a rounded score of a baseline


class Slice(msgspec.Struct, frozen=True):
    """The difference on the cases with one value of one tag, and its p adjusted for all slices."""

    tag: str
    value: str
    reference: float
    candidate: float
    difference: Difference
    p_adjusted: float | None


class MeanDifference(msgspec.Struct, frozen=True):
    """A paired difference of tokens or money per case; `interval` is two-sided at 95 %, t(G - 1).

    `cases` counts those that both sides answered. There is no interval where the difference is the
    same in every cluster, as of two prompts of fixed length: nothing varies that could be judged.
    """

    reference: float
    candidate: float
    estimate: float
    interval: Range | None
    cases: int


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate against a reference on the same cases.

    `simultaneous` is the interval that holds for all comparisons of the family at once, at
    1 - 5 % / their number. `detectable` is the smallest difference that these cases would have
    shown with a power of 80 %. `gained` and `lost` are the ids of the cases whose value rose and
    fell. `transitions` counts cases by what became of them on either side (a case with several
    replicates is spread over the pairs of its outcomes). `same_replies` means that both sides are
    the very same answers. `tokens` and `cost` are None where they are not known of both sides, and
    `cost` where the two are in different currencies, which nothing compares: `currency` is the
    candidate's, `reference_currency` the other's, each empty without a price.
    """

    reference: str
    candidate: str
    graded: bool
    reference_mean: float
    candidate_mean: float
    difference: Difference
    p_adjusted: float | None
    simultaneous: Range | None
    detectable: float | None
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    transitions: dict[Outcome, dict[Outcome, float]]
    slices: tuple[Slice, ...]
    tokens: MeanDifference | None
    cost: MeanDifference | None
    currency: str
    reference_currency: str
    same_replies: bool


class Pair(NamedTuple):
    """Two sides to be compared; `same_replies` says that they are the very same answers."""

    reference: Side
    candidate: Side
    same_replies: bool = False


def compare_all(pairs: Sequence[Pair], *, adjustment: str = "holm") -> tuple[Comparison, ...]:
    """Compare pairs as one family.

    `adjustment` is a key of ADJUSTMENTS; it is applied to the p values of all pairs together, and
    to those of the slices of each pair.
    """
    if not pairs:
        return ()
    confidence = simultaneous_confidence(len(pairs), CONFIDENCE)
    found = [paired_difference(pair.reference, pair.candidate) for pair in pairs]
    adjusted = ADJUSTMENTS[adjustment]([difference.p for difference in found])
    return tuple(
        Comparison(
            reference=reference.name,
            candidate=candidate.name,
            graded=candidate.graded,
            reference_mean=reference.mean,
            candidate_mean=candidate.mean,
            difference=difference,
            p_adjusted=p,
            simultaneous=paired_difference(reference, candidate, confidence).interval,
            detectable=detectable_difference(difference),
            gained=_moved(reference, candidate.values - reference.values),
            lost=_moved(reference, reference.values - candidate.values),
            transitions=_transitions(reference, candidate),
            slices=compare_slices(reference, candidate, adjustment=adjustment),
            tokens=_token_difference(reference, candidate),
            cost=_cost_difference(reference, candidate),
            currency=candidate.price.currency if candidate.price else "",
            reference_currency=reference.price.currency if reference.price else "",
            same_replies=same_replies,
        )
        for (reference, candidate, same_replies), difference, p in zip(
            pairs, found, adjusted, strict=True
        )
    )


def compare_slices(reference: Side, candidate: Side, *, adjustment: str) -> tuple[Slice, ...]:
    """The difference on each slice of two cases or more; p is adjusted over all slices."""
    places: dict[tuple[str, str], list[int]] = {}
    for place, tags in enumerate(reference.tags):
        for pair in tags.items():
            places.setdefault(pair, []).append(place)
    chosen = {pair: where for pair, where in sorted(places.items()) if len(where) >= _LEAST_SLICE}
    parts = {pair: (reference.chosen(w), candidate.chosen(w)) for pair, w in chosen.items()}
    found = {pair: paired_difference(*sides) for pair, sides in parts.items()}
    adjusted = ADJUSTMENTS[adjustment]([difference.p for difference in found.values()])
    return tuple(
        Slice(tag, value, before.mean, after.mean, found[tag, value], p)
        for ((tag, value), (before, after)), p in zip(parts.items(), adjusted, strict=True)
    )


def _moved(side: Side, change: Numbers) -> tuple[str, ...]:
    return tuple(id_ for id_, by in zip(side.ids, change, strict=True) if by > _LEAST_MOVE)


def _transitions(reference: Side, candidate: Side) -> dict[Outcome, dict[Outcome, float]]:
    counts = reference.shares.T @ candidate.shares
    return {
        before: {
            after: float(counts[row, column])
            for column, after in enumerate(OUTCOMES)
            if counts[row, column] > 0
        }
        for row, before in enumerate(OUTCOMES)
        if counts[row].any()
    }


def _token_difference(reference: Side, candidate: Side) -> MeanDifference | None:
    """Input and output tokens of one reply, candidate minus reference."""
    before, after = reference.tokens, candidate.tokens
    if before is None or after is None:
        return None
    groups = joint_groups(reference, candidate)
    return mean_difference(before[:, 0] + before[:, 3], after[:, 0] + after[:, 3], groups)


def _cost_difference(reference: Side, candidate: Side) -> MeanDifference | None:
    """Money of one reply; None where it is unknown or the currencies differ."""
    before, after = reference.costs, candidate.costs
    if before is None or after is None or reference.price is None or candidate.price is None:
        return None
    if reference.price.currency != candidate.price.currency:
        return None
    return mean_difference(before, after, joint_groups(reference, candidate))


def mean_difference(
    reference: Numbers, candidate: Numbers, groups: Integers | None = None
) -> MeanDifference | None:
    """A paired difference of any quantity per case; cases where one of them is NaN are left out."""
    import numpy as np

    both = ~(np.isnan(reference) | np.isnan(candidate))
    if not both.any():
        return None
    change = (candidate - reference)[both]
    return MeanDifference(
        float(reference[both].mean()),
        float(candidate[both].mean()),
        float(change.mean()),
        _mean_interval(change, None if groups is None else groups[both]),
        int(both.sum()),
    )


def _mean_interval(change: Numbers, groups: Integers | None) -> Range | None:
    """Measured by the largest change, because tokens and money have no natural size."""
    size = float(abs(change).max())
    mean = clustered_mean(change / size, groups) if size > 0 else None
    if mean is None or mean.standard_error == 0:
        return None
    half = t_critical(mean.degrees) * mean.standard_error
    return Range((mean.estimate - half) * size, (mean.estimate + half) * size)
