"""The promotion gate: a suite and its policy in, a verdict with its evidence and a decision out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from harness.analysis.comparison import Comparison, Pair, compare_all
from harness.analysis.decision.contest import Contest, Contestant
from harness.analysis.decision.decide import Judgement, decide
from harness.analysis.overlap import overlap
from harness.errors import UsageError
from harness.store.decisions import append_decision, read_decisions
from harness.store.suite import Suite
from harness.values.baseline import Contender, Decision, next_number
from harness.values.gate import Gate
from harness.values.verdict import Verdict
from harness.workflows.entrants import Entrant
from harness.workflows.gate.contestants import contestant
from harness.workflows.gate.policy import GateChoices, as_gate_choices, policy_of
from harness.workflows.gate.proposal import Proposal, proposal, unchanged
from harness.workflows.gate.sides import gate_sides
from harness.workflows.moved import Moved, moved_cases
from harness.workflows.run import open_suite
from harness.workflows.run_info import commit_of

MANY_DECISIONS = 5
"""From this many questions on, one of them is likely to be answered by chance."""


@dataclass(frozen=True)
class Gated:
    """A gate that was held. `comparison` is None where the sides share no case."""

    title: str
    decision: Decision
    verdict: Verdict
    comparison: Comparison | None
    moved: tuple[Moved, ...]
    contest: Contest
    preview: bool


def gate(suite: str | Path | Suite, *, today: date | None = None, **choices: object) -> Gated:
    """Decide whether the candidate may replace the incumbent; `choices` are those of GateChoices.

    No model is asked: the replies are recorded ones, or those of a past run. The decision is
    appended to baselines/SUITE/decisions.jsonl, whatever it is.

    Raises:
        UsageError: there is no policy or no incumbent, or a choice does not fit.
        DataError: a baseline, a decision or a run is broken or was edited.
        ReplayMissError: the recordings do not fit the suite any more.
    """
    asked = as_gate_choices(choices)
    if asked.data_change and asked.base is None:
        raise UsageError("--data-change declares a change of a base: give --base as well")
    opened = suite if isinstance(suite, Suite) else open_suite(suite)
    judged = proposal(opened, asked.base, asked.split) if asked.base else unchanged(opened)
    policy = policy_of(judged.suite, asked)
    day = today or datetime.now(UTC).date()
    with gate_sides(judged, policy, asked) as (incumbent, candidate):
        contest = _contest(judged, policy, (incumbent, candidate), day, asked)
        judgement = decide(contest)
        comparison, moved = _comparison(judged.suite, contest, incumbent, candidate)
        decision = _decision(judged.suite, contest, judgement, asked)
    verdict = msgspec.structs.replace(judgement.verdict, notes=decision.notes)
    return Gated(
        opened.file.title, decision, verdict, comparison, moved, contest, preview=asked.preview
    )


def _contest(
    judged: Proposal,
    policy: Gate,
    entrants: tuple[Entrant, Entrant],
    today: date,
    choices: GateChoices,
) -> Contest:
    incumbent, candidate = entrants
    sides = contestant(judged.base, incumbent), contestant(judged.suite, candidate)
    excluded = frozenset(_excluded(incumbent)) | frozenset(_excluded(candidate))
    if choices.clean_subset:  # a baseline and a past run were made without asking for it
        excluded |= {case for side in sides if side.leaks is not None for case in side.leaks.cases}
    return Contest(
        policy=policy,
        incumbent=sides[0],
        candidate=sides[1],
        overlap=overlap(_kept(incumbent, excluded), _kept(candidate, excluded)),
        cases=len(judged.suite.splits[candidate.split]),
        today=today,
        limited=_limit(candidate) is not None,
        changed=judged.changed,
        declared=choices.data_change,
        excluded=tuple(sorted(excluded)),
        suite=judged.suite.name,
    )


def _excluded(entrant: Entrant) -> tuple[str, ...]:
    return entrant.run.info.excluded if entrant.run is not None else ()


def _limit(entrant: Entrant) -> int | None:
    return entrant.run.info.limit if entrant.run is not None else None


def _kept(entrant: Entrant, excluded: frozenset[str]) -> dict[str, str]:
    """Case digests by id of what is compared; scores by other scorers are of other cases."""
    return {id_: digest for id_, digest in entrant.cases.items() if id_ not in excluded}


def _comparison(
    suite: Suite, contest: Contest, incumbent: Entrant, candidate: Entrant
) -> tuple[Comparison | None, tuple[Moved, ...]]:
    """What tells the sides apart, with the replies to the cases that moved."""
    if not contest.overlap.common:
        return None, ()
    same = incumbent.measured.replies == candidate.measured.replies
    comparison = compare_all([Pair(*contest.sides, same)])[0]
    return comparison, moved_cases(suite, [(incumbent, candidate)], [comparison])[0]


def _decision(
    suite: Suite, contest: Contest, judgement: Judgement, choices: GateChoices
) -> Decision:
    """The decision, with its number; appended unless it is a preview."""
    found = judgement.difference
    interval = found.interval if found else None
    candidate = contest.candidate
    undated = Decision(
        number=0,
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        suite=suite.name,
        split=choices.split,
        ruling=judgement.verdict.ruling,
        policy=contest.policy,
        candidate=_contender(candidate),
        incumbent=_contender(contest.incumbent),
        cases=len(contest.overlap.common),
        difference=found.estimate if found else None,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        p=found.p if found else None,
        method=(found.method or "") if found else "",
        limited=contest.limited,
        data_change=contest.declared,
        checks=judgement.verdict.checks,
        commit=commit_of(suite.folder),
        notes=judgement.verdict.notes,
    )

    def numbered(earlier: tuple[Decision, ...]) -> Decision:
        number = next_number(earlier, undated)
        notes = (*undated.notes, *_many(number))
        return msgspec.structs.replace(undated, number=number, notes=notes)

    folder = suite.settings.baselines / suite.name
    if choices.preview:
        return numbered(read_decisions(folder))
    return append_decision(folder, numbered)


def _many(number: int) -> list[str]:
    if number < MANY_DECISIONS:
        return []
    text = (
        f"Warning: this is question {number} to the same test set; among so many, one is likely "
        "to be answered by chance. Choose on validation (harness select), or get new test cases."
    )
    return [text]


def _contender(side: Contestant) -> Contender:
    return Contender(
        arm=side.side.name,
        source=side.source,
        measured=side.measured,
        mean=side.side.mean,
        shot_seed=side.shot_seed,
    )
