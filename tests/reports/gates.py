"""Decisions made up for the tests of the gate's reports: real verdicts, and one from hell."""

from __future__ import annotations

from typing import Any

from harness.analysis.comparison import Comparison, Pair, compare_all
from harness.analysis.decision.contest import Contest
from harness.analysis.decision.decide import decide
from harness.values.baseline import Contender, Decision
from harness.values.verdict import Check, Ruling
from tests.analysis.decision.contests import CLEAN, contest, leaky, policy, side, table
from tests.approved import a_decision

RULES = policy(margin=0.05, must_pass=("c0",), max_cost_per_1k=2.0, slices={"lang=pt": 0.2})
HOSTILE = (
    "plain \x1b[31mred\x00 ]]> <script>alert(1)</script> a|b \u202etxt\u2066 &amp; `x` **b** "
    "[l](http://evil.test) \ud800 \ufffe\uffff \u2028 end"
)


def _contest(**change: Any) -> Contest:
    before, after = table(both=150, gained=12, lost=3, neither=20)
    tags = [{"lang": "pt" if place % 2 else "en"} for place in range(len(before))]
    sides = side(before, "few_shot", tags=tags), side(after, "fine_tuned", tags=tags)
    return contest(*sides, rules=RULES, **({"candidate": {"leaks": CLEAN}} | change))


def promoted() -> tuple[Decision, Comparison | None]:
    """Everything passes but the price, which the policy does not ask for."""
    before, after = table(both=160, gained=12, lost=2, neither=26)
    made = contest(side(before, "few_shot"), side(after, "fine_tuned"))
    return _decided(made)


def rejected() -> tuple[Decision, Comparison | None]:
    before, after = table(both=120, gained=2, lost=60, neither=3)
    after = after[:-3] + "utr"
    return _decided(contest(side(before, "few_shot"), side(after, "fine_tuned")))


def undecided() -> tuple[Decision, Comparison | None]:
    """An unknown price, a slice with too few cases, and a warning about many questions."""
    warning = "Warning: this is question 7 to the same test set."
    return _decided(_contest(), number=7, more=(warning,))


def invalid() -> tuple[Decision, Comparison | None]:
    made = _contest(candidate={"leaks": leaky("c1", "c2"), "status": "budget"})
    return _decided(made)


def own_past() -> tuple[Decision, Comparison | None]:
    before, after = table(both=160, lost=2)
    return _decided(contest(side(before, "few_shot"), side(after, "few_shot")))


def nothing_in_common() -> tuple[Decision, Comparison | None]:
    made = contest("++", side("++", "new", names=["x", "y"]))
    decision, _ = _decided(made)
    return decision, None


def hostile() -> tuple[Decision, Comparison | None]:
    """Every text that a suite, a model or a path can bring along."""
    names = [f"{HOSTILE} {place}" for place in range(60)]
    before, after = table(both=50, gained=4, lost=6)
    made = contest(side(before, HOSTILE, names=names), side(after, f"{HOSTILE}2", names=names))
    decision, comparison = _decided(made)
    checks = tuple(
        Check(HOSTILE, status, HOSTILE, HOSTILE)
        for status in ("passed", "failed", "inconclusive", "invalid")
    )
    values = {name: getattr(decision, name) for name in decision.__struct_fields__}
    values |= {"checks": checks, "suite": HOSTILE, "notes": (HOSTILE, f"Warning: {HOSTILE}")}
    return Decision(**values), comparison


def _decided(
    made: Contest, number: int = 3, more: tuple[str, ...] = ()
) -> tuple[Decision, Comparison | None]:
    judgement = decide(made)
    found = judgement.difference
    decision = a_decision(
        number,
        ruling=judgement.verdict.ruling,
        policy=made.policy,
        candidate=_contender(made, "candidate"),
        incumbent=_contender(made, "incumbent"),
        cases=len(made.overlap.common),
        difference=found.estimate if found else None,
        low=found.interval.low if found and found.interval else None,
        high=found.interval.high if found and found.interval else None,
        p=found.p if found else None,
        method=(found.method or "") if found else "",
        checks=judgement.verdict.checks,
        notes=(*judgement.verdict.notes, *more),
    )
    comparison = compare_all([Pair(*made.sides)])[0] if made.overlap.common else None
    return decision, comparison


def _contender(made: Contest, who: str) -> Contender:
    one = getattr(made, who)
    return Contender(
        arm=one.side.name, source=one.source, measured=one.measured, mean=one.side.mean
    )


MADE = {
    "promoted": (promoted, Ruling.PROMOTE),
    "rejected": (rejected, Ruling.REJECT),
    "undecided": (undecided, Ruling.INCONCLUSIVE),
    "invalid": (invalid, Ruling.INVALID),
    "own_past": (own_past, Ruling.PROMOTE),
    "nothing_in_common": (nothing_in_common, Ruling.INVALID),
}
