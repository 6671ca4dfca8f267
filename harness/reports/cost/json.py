"""What arms cost in, a JSON-ready dict with every number in full out; unknown is null. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from harness.analysis.cost.arm import ArmCost, Money
from harness.analysis.cost.costed import Costed, Lifetime
from harness.analysis.cost.pay_back import PayBack
from harness.analysis.cost.quotient import Quotient
from harness.analysis.cost.terms import THOUSAND
from harness.reports.cost.notes import cost_notes, investment_notes, pay_back_notes
from harness.reports.notes import WARNING
from harness.reports.wording import UNKNOWN

Json = dict[str, Any]


def cost_json(found: Costed, scenarios: Sequence[Costed] = ()) -> Json:
    """Everything that the tables show.

    Money is per 1,000 requests or correct answers where the key says so, else an amount; `state` of
    a number says how to read it: 'number', 'at least' (`low`; perhaps never), 'never' or 'unknown'.
    Only a 'number' has an estimate.
    """
    return {
        **_costed(found),
        "scenarios": [_costed(scenario) for scenario in scenarios],
    }


def _costed(found: Costed) -> Json:
    return {
        "suite": found.suite,
        "title": found.title,
        "split": found.split,
        "basis": found.basis or None,
        "cases": found.cases,
        "clusters": found.clusters,
        "terms": msgspec.to_builtins(found.terms),
        "arms": {arm.name: _arm(arm) for arm in found.arms},
        "investments": {
            spent.arm: {k: v for k, v in msgspec.to_builtins(spent).items() if k != "arm"}
            for spent in found.investments
        },
        "lifetimes": {life.arm: _lifetime(life) for life in found.lifetimes},
        "pay_backs": [_pay_back(pair) for pair in found.pay_backs],
        "warnings": _warnings(found),
    }


def _arm(arm: ArmCost) -> Json:
    return {
        "kind": arm.kind,
        "model": arm.model,
        "currency": arm.currency or None,
        "price": arm.source or None,
        "asks_a_model": not arm.free,
        "correct": arm.correct,
        "tokens": None
        if arm.tokens is None
        else dict(zip(("input", "cached", "output"), arm.tokens, strict=True)),
        "per_1k": _money(arm.per_request),
        "per_1k_uncached": _money(arm.uncached),
        "per_1k_with_errors": _money(arm.with_errors),
        "per_1k_correct": _quotient(arm.per_correct, THOUSAND),
        "hosting_per_hour": arm.hosting,
        "unknown": arm.unknown or None,
    }


def _money(money: Money | None) -> Json | None:
    if money is None:
        return None
    interval = money.interval
    return {
        "estimate": money.estimate * THOUSAND,
        "low": interval.low * THOUSAND if interval else None,
        "high": interval.high * THOUSAND if interval else None,
    }


def _quotient(found: Quotient | None, factor: float = 1.0) -> Json:
    if found is None:
        return {"state": UNKNOWN, "estimate": None, "low": None, "high": None}
    state = "never" if found.never else "at least" if found.unbounded else "number"
    estimate = found.estimate if state == "number" else None
    ends = {"estimate": estimate, "low": found.low, "high": found.high}
    return {"state": state, **{k: None if v is None else v * factor for k, v in ends.items()}}


def _lifetime(life: Lifetime) -> Json:
    return {
        "months": life.months,
        "ends": life.ending.day.isoformat() if life.ending else None,
        "source": life.ending.source if life.ending else None,
        "per_1k_with_all": None if life.per_request is None else life.per_request * THOUSAND,
    }


def _pay_back(pair: PayBack) -> Json:
    gain = pair.gain
    interval = gain.interval if gain else None
    return {
        "tuned": pair.tuned,
        "prompted": pair.prompted,
        "saves_per_1k": {
            "estimate": gain.estimate * THOUSAND if gain else None,
            "low": interval.low * THOUSAND if interval else None,
            "high": interval.high * THOUSAND if interval else None,
            "cases": gain.cases if gain else 0,
        },
        "requests": _quotient(pair.requests),
        "months": _quotient(pair.months),
        "hosting_from_volume": _quotient(pair.from_volume) if pair.from_volume else None,
        "in_time": pair.in_time,
        "unknown": pair.unknown or None,
    }


def _warnings(found: Costed) -> list[str]:
    notes = [*cost_notes(found), *investment_notes(found)]
    for spent in found.investments:
        pairs = [pair for pair in found.pay_backs if pair.tuned == spent.arm]
        notes += pay_back_notes(found, spent, pairs)
    return [note.removeprefix(WARNING) for note in notes if note.startswith(WARNING)]
