"""Baselines, policies and decisions made up for tests, and hypothesis's ways to make more."""

from __future__ import annotations

from collections import Counter
from math import fsum
from typing import Any

from hypothesis import strategies as st

from harness.values.baseline import (
    Baseline,
    BaselineCase,
    BaselineHeader,
    Contender,
    Decision,
    Measured,
    sealed,
    sealed_decision,
)
from harness.values.gate import Gate
from harness.values.leaks import LEAK_KINDS, Leak, LeakReport
from harness.values.price import Price
from harness.values.score import OUTCOMES, Outcome
from harness.values.verdict import Check, Ruling

DIGEST = "0123456789abcdef01234567"
OTHER = "76543210fedcba9876543210"
DAY = "2026-11-28"
POLICY = Gate(candidate="tuned", margin=0.02, slices={"lang=pt": 0.05}, must_pass=("a",))


def measured(replies: str = DIGEST) -> Measured:
    return Measured(arm=DIGEST, inputs=DIGEST, expected=DIGEST, scoring="", replies=replies)


def a_case(id_: str, outcome: Outcome = Outcome.CORRECT, score: float | None = None):
    value = float(outcome == Outcome.CORRECT) if score is None else score
    return BaselineCase(id=id_, digest=DIGEST, outcome=outcome, score=value)


def a_baseline(cases: tuple[BaselineCase, ...], **change: Any) -> Baseline:
    """A header that says what the cases say, but for what is changed."""
    values: dict[str, Any] = {
        "suite": "stars",
        "arm": "tuned",
        "split": "test",
        "kind": "fine_tuned",
        "model": "gemma-3-270m",
        "shot_seed": 0,
        "measured": measured(),
        "cases": len(cases),
        "correct": sum(case.outcome == Outcome.CORRECT for case in cases),
        "mean": fsum(case.score for case in cases) / len(cases),
        "graded": False,
        "correct_at": 1.0,
        "outcomes": dict(Counter(str(case.outcome) for case in cases)),
        "tokens": {"output": 7, "input": 1200},
        "date": DAY,
        "reason": "the first one",
        "approval": "first",
    }
    return sealed(BaselineHeader(**(values | change)), cases)


def a_decision(number: int = 1, **change: Any) -> Decision:
    values: dict[str, Any] = {
        "number": number,
        "time": "2026-11-28T10:00:00Z",
        "suite": "stars",
        "split": "test",
        "ruling": Ruling.PROMOTE,
        "policy": POLICY,
        "candidate": Contender(arm="tuned", source="recorded", measured=measured(), mean=0.9),
        "incumbent": Contender(
            arm="few", source="baseline", measured=measured(OTHER), mean=0.8, shot_seed=3
        ),
        "cases": 300,
        "difference": 0.1,
        "low": 0.05,
        "high": 0.15,
        "p": 0.001,
        "method": "newcombe",
        "checks": (Check("margin", "passed", "0.1 > -0.02"),),
    }
    return Decision(**(values | change))


def a_sealed_decision(number: int = 1, **change: Any) -> Decision:
    """As decisions.jsonl keeps it."""
    return sealed_decision(a_decision(number, **change))


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SOME_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
NAMES = st.text("abcdefghij_0123456789", min_size=1, max_size=6)
FRACTIONS = st.floats(0, 1)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
DIGESTS = st.text("0123456789abcdef", min_size=24, max_size=24)
DAYS = st.dates().map(str)
MEASURED = st.builds(
    Measured, arm=DIGESTS, inputs=DIGESTS, expected=DIGESTS, scoring=TEXTS, replies=DIGESTS
)
PRICES = st.builds(
    Price,
    input=st.floats(0, 100),
    output=st.floats(0, 100),
    as_of=DAYS,
    source=SOME_TEXT,
    currency=st.sampled_from(["USD", "EUR"]).map(lambda text: "".join(list(text))),
)
LEAKS = st.builds(
    LeakReport,
    status=st.sampled_from(["clean", "leaky", "unknown"]),
    compared=st.integers(0, 999),
    counts=st.dictionaries(st.sampled_from(LEAK_KINDS), st.integers(1, 9), max_size=2),
    leaks=st.lists(
        st.builds(Leak, st.sampled_from(LEAK_KINDS), TEXTS, TEXTS, st.floats(0, 100)), max_size=2
    ).map(tuple),
    cases=st.lists(TEXTS, max_size=2).map(tuple),
    reason=TEXTS,
)
CASES = st.lists(
    st.builds(
        BaselineCase,
        id=SOME_TEXT,
        digest=DIGESTS,
        outcome=st.sampled_from(OUTCOMES),
        score=FRACTIONS,
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda case: case.id,
).map(tuple)
BASELINES = st.builds(
    a_baseline,
    CASES,
    split=st.sampled_from(["validation", "test"]),
    kind=st.sampled_from(["zero_shot", "few_shot", "fine_tuned", "classical"]),
    model=TEXTS,
    shot_seed=st.integers(-5, 5),
    measured=MEASURED,
    correct_at=FRACTIONS,
    graded=st.booleans(),
    tokens=st.dictionaries(NAMES, st.integers(0, 10**9), max_size=3),
    date=DAYS,
    reason=SOME_TEXT,
    approval=st.sampled_from(["first", "gate", "override"]),
    decision=st.none() | st.integers(1, 99),
    commit=TEXTS,
    served_models=st.lists(TEXTS, max_size=2).map(tuple),
    recorded=st.lists(DAYS, max_size=2).map(tuple),
    prices=st.dictionaries(TEXTS, PRICES, max_size=2),
    leaks=st.none() | LEAKS,
)
GATES = st.builds(
    Gate,
    candidate=NAMES,
    margin=st.floats(0, 0.4),
    goal=st.sampled_from(["not_worse", "better"]),
    incumbent=st.none() | NAMES,
    alpha=st.sampled_from([0.025, 0.05]),
    max_rates=st.dictionaries(st.sampled_from(["wrong", "refused"]), FRACTIONS),
    must_pass=st.lists(SOME_TEXT, max_size=2).map(tuple),
    shot_seeds=st.dictionaries(NAMES, st.integers(0, 5), max_size=2),
)
CHECKS = st.builds(
    Check,
    name=TEXTS,
    status=st.sampled_from(["passed", "failed", "inconclusive", "invalid"]),
    evidence=TEXTS,
    next_step=TEXTS,
)
CONTENDERS = st.builds(
    Contender,
    arm=NAMES,
    source=st.sampled_from(["recorded", "live", "baseline"]),
    measured=MEASURED,
    mean=FRACTIONS,
    shot_seed=st.integers(0, 5),
)
DECISIONS = st.builds(
    a_sealed_decision,
    st.integers(1, 99),
    ruling=st.sampled_from(list(Ruling)),
    policy=GATES,
    candidate=CONTENDERS,
    incumbent=CONTENDERS,
    cases=st.integers(1, 10**6),
    difference=st.none() | st.floats(-1, 1),
    p=st.none() | FRACTIONS,
    method=TEXTS,
    limited=st.booleans(),
    checks=st.lists(CHECKS, max_size=3).map(tuple),
    commit=TEXTS,
    notes=st.lists(TEXTS, max_size=2).map(tuple),
)
