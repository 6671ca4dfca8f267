"""Two sides in, their difference under each reading of what infrastructure lost out. Pure.

A reply that a provider, a judge or the harness lost says nothing of a model. In every table it
counts as not correct; a verdict must not hang on that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.analysis.difference import Difference, paired_difference

if TYPE_CHECKING:
    from harness.analysis.side import Side

DROPPED = "dropped"
AGAINST_CANDIDATE = "against the candidate"
AGAINST_INCUMBENT = "against the incumbent"


def lost_cases(incumbent: Side, candidate: Side) -> tuple[str, ...]:
    """The ids of the cases of which either side lost a reply."""
    lost = (incumbent.lost > 0) | (candidate.lost > 0)
    return tuple(id_ for id_, gone in zip(incumbent.ids, lost, strict=True) if gone)


def readings(incumbent: Side, candidate: Side, confidence: float) -> Mapping[str, Difference]:
    """The difference three ways; empty where nothing was lost.

    Dropped: cases that either side lost are left out. Against a side: what it lost is not correct,
    what the other lost is.
    """
    gone = set(lost_cases(incumbent, candidate))
    if not gone:
        return {}
    kept = [place for place, id_ in enumerate(incumbent.ids) if id_ not in gone]
    found = {
        AGAINST_CANDIDATE: paired_difference(_forgiven(incumbent), candidate, confidence),
        AGAINST_INCUMBENT: paired_difference(incumbent, _forgiven(candidate), confidence),
    }
    if kept:
        both = (incumbent.chosen(kept), candidate.chosen(kept))
        found[DROPPED] = paired_difference(*both, confidence)
    return found


def _forgiven(side: Side) -> Side:
    """The side with everything that it lost counted as correct."""
    return replace(side, values=side.values + side.lost)
