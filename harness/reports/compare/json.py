"""A comparison in, a JSON-ready dict out: stable keys, full precision, unknown is null. Pure."""

from __future__ import annotations

from typing import Any

import msgspec

from harness.analysis.compared import Compared, Moved
from harness.analysis.comparison import Comparison, MeanDifference, Slice
from harness.analysis.difference import Difference
from harness.analysis.interval import Interval
from harness.analysis.resample import Range
from harness.analysis.side import Side
from harness.reports.compare.methods import bootstraps
from harness.reports.compare.page import USUAL, CompareView, side_interval
from harness.reports.compare.repeats import passes, refuse_passes, repeats_of, selections_of
from harness.reports.compare.spend import REQUESTS
from harness.reports.notes import WARNING
from harness.reports.wording import reply_text
from harness.values.record import Record
from harness.values.score import OUTCOMES

Json = dict[str, Any]


def compare_json(compared: Compared, view: CompareView = USUAL) -> Json:
    """Everything that the tables show, as numbers, and every case that moved.

    Shares, scores and differences are in their own unit, not in percent; differences are candidate
    minus reference. Money is for 1,000 requests.

    Raises:
        UsageError: the view asks for what these data do not give.
    """
    refuse_passes(compared, view.pass_at)
    boots: tuple[Range | None, ...] = (None,) * len(compared.comparisons)
    if view.bootstrap:
        boots = bootstraps(compared, any_size=view.bootstrap_any_size)
    return {
        "suite": compared.suite,
        "title": compared.title,
        "split": compared.split,
        "graded": compared.graded,
        "cases": len(compared.shared.common),
        "reference": compared.reference,
        "all_pairs": compared.all_pairs,
        "adjustment": compared.adjustment,
        "family": len(compared.comparisons),
        "notes": [note.removeprefix(WARNING) for note in compared.notes],
        "overlap": msgspec.to_builtins(compared.shared),
        "sides": [_side(side, exact=view.exact) for side in compared.sides],
        "comparisons": [
            _comparison(compared, number, boots[number])
            for number in range(len(compared.comparisons))
        ],
        "repeats": _repeats(compared, view.pass_at),
        "selection_spread": {
            name: msgspec.to_builtins(one) for name, one in selections_of(compared).items()
        },
    }


def _side(side: Side, *, exact: bool) -> Json:
    return {
        "arm": side.name,
        "cases": len(side),
        "mean": side.mean,
        "interval": _range(side_interval(side, exact=exact)),
        "interval_method": "clopper_pearson" if exact else "wilson",
        "replicates": side.replicates,
        "groups": None if side.groups is None else len(set(side.groups.tolist())),
        "outcomes": {str(outcome): side.rate(outcome) for outcome in OUTCOMES},
    }


def _comparison(compared: Compared, number: int, boot: Range | None) -> Json:
    found, moved = compared.comparisons[number], compared.moved[number]
    lost = frozenset(found.lost)
    return {
        "reference": found.reference,
        "candidate": found.candidate,
        "same_replies": found.same_replies,
        "reference_mean": found.reference_mean,
        "candidate_mean": found.candidate_mean,
        **_difference(found.difference),
        "p_adjusted": found.p_adjusted,
        "simultaneous": _range(found.simultaneous),
        "minimum_detectable": found.detectable,
        "bootstrap": _range(boot),
        "transitions": {
            str(before): {str(after): count for after, count in row.items()}
            for before, row in found.transitions.items()
        },
        "slices": [_slice(part) for part in found.slices],
        "tokens_per_reply": _mean(found.tokens),
        "money_per_1000": _money(found),
        "gained": list(found.gained),
        "lost": list(found.lost),
        "moved": [_moved(one, lost=one.case in lost) for one in moved],
    }


def _difference(difference: Difference) -> Json:
    other = difference.sensitivity
    return {
        "cases": difference.cases,
        "clusters": difference.clusters,
        "grouped": difference.grouped,
        "few_clusters": difference.few_clusters,
        "difference": difference.estimate,
        "interval": _range(difference.interval),
        "p": difference.p,
        "method": difference.method,
        "standard_error": difference.standard_error,
        "design_effect": difference.design_effect,
        "sensitivity": None
        if other is None
        else {
            "exact_p": other.exact_p,
            "mid_p": other.mid_p,
            "newcombe": _range(other.newcombe),
        },
    }


def _slice(part: Slice) -> Json:
    return {
        "tag": part.tag,
        "value": part.value,
        "reference_mean": part.reference,
        "candidate_mean": part.candidate,
        **_difference(part.difference),
        "p_adjusted": part.p_adjusted,
    }


def _range(value: Range | Interval | None) -> Json | None:
    return None if value is None else {"low": value.low, "high": value.high}


def _mean(mean: MeanDifference | None, times: float = 1.0) -> Json | None:
    if mean is None:
        return None
    ends = mean.interval
    return {
        "reference": mean.reference * times,
        "candidate": mean.candidate * times,
        "difference": mean.estimate * times,
        "interval": ends and {"low": ends.low * times, "high": ends.high * times},
        "cases": mean.cases,
    }


def _money(found: Comparison) -> Json | None:
    money = _mean(found.cost, REQUESTS)
    return None if money is None else {**money, "currency": found.currency}


def _repeats(compared: Compared, pass_at: tuple[int, ...]) -> Json:
    return {
        name: {
            **msgspec.to_builtins(one),
            "pass_at": {str(k): passes(compared.replicated[name], k) for k in pass_at},
        }
        for name, one in repeats_of(compared).items()
    }


def _moved(one: Moved, *, lost: bool) -> Json:
    return {
        "case": one.case,
        "change": "lost" if lost else "gained",
        "input": dict(one.input) or None,
        "expected": one.expected,
        "reference": _reply(one.reference),
        "candidate": _reply(one.candidate),
    }


def _reply(record: Record | None) -> Json | None:
    """One reply: what became of it, what was said and what was read out of it."""
    if record is None:
        return None
    score = next(iter(record.scores.values()), None)
    return {
        "outcome": str(record.outcome),
        "score": score.value if score else None,
        "extracted": score.extracted if score else None,
        "text": reply_text(record),
        "shot_seed": record.replicate.shot_seed,
        "trial": record.replicate.trial,
    }
