"""Arms of several kinds in, which of them to use out. Pure.

What is to be used is chosen on validation, by the rule of `select`; the split that is judged only
confirms or contradicts it. The best of each kind is taken by the same validation replies, so that
no difference below is that of an arm picked by the replies it is measured on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.analysis.advice.advice import Advice
from harness.analysis.advice.beaten import NOBODY, Beaten
from harness.analysis.advice.step import Step, step_of
from harness.analysis.advice.worth import Asked, Question, worth_advice
from harness.analysis.interval import MIN_CLUSTERS
from harness.analysis.side import Side
from harness.text.wording import change, listing, mean
from harness.values.arm import ArmKind
from harness.values.case import Split

CHOOSING: Split = "validation"

KIND_NAMES: dict[ArmKind, str] = {
    "zero_shot": "zero-shot",
    "few_shot": "few-shot",
    "fine_tuned": "fine-tuned",
    "classical": "classical",
}


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The arm that validation chose, why, and what it reached there.

    `among` are the arms that it was chosen from, the highest mean first, which is that of `best`.
    """

    arm: str
    best: str
    among: tuple[str, ...]
    mean: float
    standard_error: float
    clusters: int
    cheapest_by: str


@dataclass(frozen=True, kw_only=True)
class Approach:
    """All arms on the split that is judged; `kinds` by name, best of a kind first in `best`.

    `chosen` is None where validation is not recorded for every arm, `choosing` is the command that
    records it. `best` are then taken from the judged split itself, and the advice says so.
    `production` is the arm in production, `selected` the one that selection.toml names; both are
    empty where there is none. `missing` are kinds that no arm has, with what adds one. `margin` is
    the difference that matters.
    """

    suite: str
    split: Split
    graded: bool
    sides: Mapping[str, Side]
    kinds: Mapping[str, ArmKind]
    best: Mapping[ArmKind, str]
    chosen: Chosen | None
    choosing: str
    production: str
    selected: str
    missing: Mapping[ArmKind, str]
    margin: float


def approach_advice(seen: Approach) -> list[Advice]:
    """Which arm to use, then what each step up from the cheapest kind is worth."""
    ladder, tests = _ladder(seen), _tests(seen)
    in_use = {seen.production, seen.chosen.arm if seen.chosen else ""} - {""}
    margin = change(seen.margin, graded=seen.graded).lstrip("+")
    asked = Asked(seen.suite, margin, frozenset(in_use))
    found = [*_use(seen, tests), *_no_choice(seen)]
    for about, low, high in ladder:
        step = step_of(seen.sides[low], seen.sides[high], tests=tests, margin=seen.margin)
        found += worth_advice(about, asked, step)
    return [*found, *_missing(seen)]


def _tests(seen: Approach) -> int:
    """How many pairs are compared: each step of the ladder, and the chosen arm with all others."""
    pairs = {frozenset((low, high)) for _, low, high in _ladder(seen)}
    if seen.chosen is not None:
        pairs |= {frozenset((seen.chosen.arm, arm)) for arm in seen.sides if arm != seen.chosen.arm}
    return len(pairs)


def _ladder(seen: Approach) -> list[tuple[Question, str, str]]:
    """(question, cheaper arm, dearer arm): each step up from the cheapest kind."""
    best = seen.best
    prompted = _best_of(seen, ("zero_shot", "few_shot"))
    model = _best_of(seen, ("zero_shot", "few_shot", "fine_tuned"))
    pairs: list[tuple[Question, str | None, str | None]] = [
        ("shots", best.get("zero_shot"), best.get("few_shot")),
        ("tuning", prompted, best.get("fine_tuned")),
        ("model", best.get("classical"), model),
        ("prompts", best.get("classical"), prompted if prompted != model else None),
    ]
    return [(about, low, high) for about, low, high in pairs if low and high]


def _best_of(seen: Approach, kinds: Sequence[ArmKind]) -> str | None:
    """The best of several kinds: `best` has the best kind first."""
    return next((arm for kind, arm in seen.best.items() if kind in kinds), None)


def _rivals(seen: Approach) -> list[str]:
    """Whom the chosen arm is held against: the best of each kind, and whom validation left out.

    Where all are of one kind it is the next best on validation.
    """
    if seen.chosen is None:
        return []
    unjudged = [name for name in seen.sides if name not in seen.chosen.among]
    others = dict.fromkeys((*seen.best.values(), seen.chosen.best, *unjudged))
    rivals = [arm for arm in others if arm != seen.chosen.arm]
    return rivals or [arm for arm in seen.chosen.among if arm != seen.chosen.arm][:1]


def _use(seen: Approach, tests: int) -> Iterator[Advice]:
    """What validation chose, held against its rivals on the judged split."""
    chosen = seen.chosen
    if chosen is None:
        return
    own = seen.sides[chosen.arm]
    steps = [
        step_of(seen.sides[arm], own, tests=tests, margin=seen.margin) for arm in _rivals(seen)
    ]
    evidence = (_why(seen, chosen), _over(seen, steps))
    beaten = [step.cheaper.name for step in steps if step.state == "worse"]
    if beaten:
        yield Advice(
            rule="choice-contradicted",
            status="cannot_tell",
            says=f"Validation chose {chosen.arm}, and on {seen.split} {listing(beaten)} is "
            "measurably better.",
            evidence=evidence,
            next_step="ask fresh cases: choosing again by these would make its numbers too good",
        )
        return
    better = all(step.state == "better" for step in steps)
    if seen.split == CHOOSING:
        sure = "which is a choice and no proof: judge it on test"
    elif better:
        names = listing(step.cheaper.name for step in steps)
        sure = f"and on {seen.split} it is measurably better than {names}"
    else:
        sure = f"and on {seen.split} no arm is measurably better"
    step, done = _next(seen, chosen.arm)
    yield Advice(
        rule="use-chosen",
        status="fine" if done else "act",
        says=f"Use {chosen.arm} ({KIND_NAMES[seen.kinds[chosen.arm]]}): validation chose it, "
        f"{sure}." + (" It is in production." if done else ""),
        evidence=evidence[:1] if seen.split == CHOOSING else evidence,
        next_step=step,
    )


def beaten_arms(seen: Approach) -> Beaten:
    """Whom the chosen arm beats on the judged split; nobody where another arm beats it there.

    The intervals hold together with those of `approach_advice`. On the split that chose it, to be
    better is no proof.
    """
    if seen.chosen is None or seen.split == CHOOSING:
        return NOBODY
    own = seen.sides[seen.chosen.arm]
    others = [side for name, side in seen.sides.items() if name != seen.chosen.arm]
    steps = [step_of(side, own, tests=_tests(seen), margin=seen.margin) for side in others]
    if any(step.state == "worse" for step in steps):
        return NOBODY
    beaten = [s for s in steps if s.state == "better" and s.cheaper.name != seen.production]
    return Beaten(seen.chosen.arm, {step.cheaper.name: step.over() for step in beaten})


def _over(seen: Approach, steps: Sequence[Step]) -> str:
    """'On test: +42.9 points [+34.1, +51.2] over zero_shot and …'."""
    return f"On {seen.split}: {listing(step.over() for step in steps)}."


def _why(seen: Approach, chosen: Chosen) -> str:
    reached = mean(chosen.mean, graded=seen.graded)
    error = change(chosen.standard_error, graded=seen.graded).lstrip("+")
    reason = (
        "the best"
        if chosen.arm == chosen.best
        else f"the cheapest, by {chosen.cheapest_by}, within one standard error of {chosen.best}"
    )
    rough = f": fewer than {MIN_CLUSTERS} are rough" if chosen.clusters < MIN_CLUSTERS else ""
    return (
        f"On validation {chosen.arm} is {reason}: {reached}. Standard error of the best: {error}, "
        f"from {chosen.clusters:,} independent cases or groups{rough}."
    )


def _next(seen: Approach, arm: str) -> tuple[str, bool]:
    """The next step, and whether there is none."""
    if seen.selected != arm:
        return f"harness select {seen.suite}", False
    if seen.production == arm:
        return "", True
    return f"harness gate {seen.suite} --candidate {arm}", False


def _no_choice(seen: Approach) -> Iterator[Advice]:
    if seen.chosen is None and len(seen.sides) > 1:
        yield Advice(
            rule="not-chosen-apart",
            status="cannot_tell",
            says="Which arm to use: no choice can be made on validation, and the best of several "
            f"on {seen.split} is best partly by chance. Below, the best of each kind is the best "
            "on these very cases, which flatters it.",
            next_step=seen.choosing,
        )


def _missing(seen: Approach) -> Iterator[Advice]:
    if seen.missing:
        kinds = listing((KIND_NAMES[kind] for kind in seen.missing), "or")
        yield Advice(
            rule="untried",
            status="cannot_tell",
            says=f"What a {kinds} arm would reach: the suite has none.",
            next_step=f"add to suite.toml, and record: {'; '.join(seen.missing.values())}",
        )
