"""Contests made up for tests: outcomes as letters in, a whole contest and its verdict out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from harness.analysis.decision.contest import Contest, Contestant
from harness.analysis.decision.decide import Judgement, decide
from harness.analysis.overlap import Overlap, overlap
from harness.analysis.side import Side
from harness.values.baseline import Measured
from harness.values.gate import Gate
from harness.values.leaks import LeakReport
from harness.values.score import INFRASTRUCTURE, OUTCOMES, Outcome
from harness.values.verdict import Check

TODAY = date(2026, 11, 28)
LETTERS = {
    "+": Outcome.CORRECT,
    "-": Outcome.WRONG,
    "u": Outcome.UNPARSED,
    "r": Outcome.REFUSED,
    "t": Outcome.TRUNCATED,
    "f": Outcome.FILTERED,
    "p": Outcome.PROVIDER_ERROR,
    "j": Outcome.JUDGE_ERROR,
    "h": Outcome.HARNESS_ERROR,
}
_LOST = [OUTCOMES.index(outcome) for outcome in OUTCOMES if outcome in INFRASTRUCTURE]


def ids(count: int) -> tuple[str, ...]:
    return tuple(f"c{number}" for number in range(count))


def side(
    outcomes: str,
    name: str = "old",
    *,
    groups: Sequence[int] | None = None,
    tags: Sequence[Mapping[str, str]] | None = None,
    values: Sequence[float] | None = None,
    names: Sequence[str] | None = None,
) -> Side:
    """One letter of LETTERS per case; `values` make the side graded."""
    shares = np.zeros((len(outcomes), len(OUTCOMES)))
    for place, letter in enumerate(outcomes):
        shares[place, OUTCOMES.index(LETTERS[letter])] = 1
    right = shares[:, OUTCOMES.index(Outcome.CORRECT)].copy()
    return Side(
        name=name,
        graded=values is not None,
        ids=tuple(names) if names is not None else ids(len(outcomes)),
        values=right if values is None else np.array(values, dtype=float),
        lost=shares[:, _LOST].sum(axis=1),
        shares=shares,
        groups=None if groups is None else np.array(groups, dtype=np.int64),
        tags=tuple(tags) if tags is not None else tuple({} for _ in outcomes),
        tokens=None,
        replicates=1,
    )


def measured(text: str, **change: str) -> Measured:
    """Digests that differ only in arm and replies, as two arms of one suite do."""
    values = {"arm": text, "inputs": "i", "expected": "e", "scoring": "s", "replies": text}
    return Measured(**(values | change))


def contestant(of: Side, **change: Any) -> Contestant:
    values: dict[str, Any] = {
        "side": of,
        "kind": "zero_shot",
        "source": "recorded",
        "arm": of.name,
        "measured": measured(of.name),
        "status": "complete",
        "replies": len(of),
        "planned": len(of),
    }
    return Contestant(**(values | change))


def policy(**change: Any) -> Gate:
    return Gate(**({"candidate": "new", "margin": 0.05} | change))


def contest(
    before: str | Side,
    after: str | Side,
    *,
    rules: Gate | None = None,
    incumbent: Mapping[str, Any] | None = None,
    candidate: Mapping[str, Any] | None = None,
    **change: Any,
) -> Contest:
    """`before` and `after` are outcomes or sides; the mappings change the contestants."""
    old = side(before) if isinstance(before, str) else before
    new = side(after, "new") if isinstance(after, str) else after
    values: dict[str, Any] = {
        "policy": rules or policy(),
        "incumbent": contestant(old, **(incumbent or {})),
        "candidate": contestant(new, **(candidate or {})),
        "overlap": overlap(dict.fromkeys(old.ids, "d"), dict.fromkeys(new.ids, "d")),
        "cases": len(old),
        "today": TODAY,
    }
    return Contest(**(values | change))


def table(both: int = 0, gained: int = 0, lost: int = 0, neither: int = 0) -> tuple[str, str]:
    """Outcomes of incumbent and candidate with these counts of pairs."""
    pairs = [("+", "+")] * both + [("-", "+")] * gained + [("+", "-")] * lost
    pairs += [("-", "-")] * neither
    return "".join(b for b, _ in pairs), "".join(a for _, a in pairs)


def judged(*args: Any, **change: Any) -> Judgement:
    return decide(contest(*args, **change))


def ruling(*args: Any, **change: Any) -> str:
    return str(judged(*args, **change).verdict.ruling)


def checks(judgement: Judgement) -> dict[str, Check]:
    """By name; of several with one name the worst."""
    order = ("passed", "inconclusive", "failed", "invalid")
    return {
        c.name: c for c in sorted(judgement.verdict.checks, key=lambda c: order.index(c.status))
    }


def shuffled(of: Contest, order: Sequence[int]) -> Contest:
    """The same contest with its cases in another order on both sides, and in the overlap."""
    names = [of.overlap.common[place] for place in order]
    back = list(reversed(names))
    return replace(
        of,
        incumbent=replace(of.incumbent, side=of.incumbent.side.on(names)),
        candidate=replace(of.candidate, side=of.candidate.side.on(back)),
        overlap=Overlap(tuple(names), (), (), ()),
    )


def leaky(*cases: str) -> LeakReport:
    return LeakReport(status="leaky", compared=50, counts={"exact": len(cases)}, cases=cases)


CLEAN = LeakReport(status="clean", compared=50)
LOST = LeakReport(status="unknown", reason="train.jsonl is not here")
