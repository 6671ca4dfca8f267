"""A contest in, whether its measurement can be trusted at all out. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from harness.analysis.decision.contest import Contest, Contestant
from harness.analysis.overlap import Overlap
from harness.text.wording import counted, mean, named, percent
from harness.values.leaks import LeakReport
from harness.values.score import INFRASTRUCTURE, OUTCOMES
from harness.values.verdict import Check


def validity(contest: Contest) -> Iterator[Check]:
    """The checks that come before any comparison, in the order in which they are read."""
    yield _same_cases(contest)
    yield from _same_scoring(contest)
    yield from _same_arm(contest)
    if contest.changed:
        yield _unchanged_rules(contest)
    yield _complete(contest)
    yield from _leaks(contest)
    yield from _one_model(contest)
    yield from _errors(contest)
    yield from _age(contest)
    if contest.policy.goal == "not_worse":
        yield _sensible_margin(contest)


def _both(contest: Contest) -> tuple[Contestant, Contestant]:
    return contest.incumbent, contest.candidate


def _same_cases(contest: Contest) -> Check:
    """Both sides answered the same inputs and were held to the same expected values."""
    found = contest.overlap
    if not found.common:
        return Check("same cases", "invalid", str(found), "compare runs of one suite and split")
    if found.whole:
        return Check("same cases", "passed", _shared(found))
    sampled = contest.limited and not found.changed and not found.only_candidate
    if contest.declared or sampled:
        return Check("same cases", "passed", f"compared on {found}")
    step = "approve the incumbent again on today's cases, or judge the change of cases by its base"
    return Check("same cases", "invalid", str(found), step)


def _same_arm(contest: Contest) -> Iterator[Check]:
    """What is promoted is what the suite declares now; an incumbent may well be of the past."""
    if contest.candidate.stale:
        name = contest.candidate.side.name
        evidence = f"{name} has another prompt, model or sampling now than when it was asked"
        yield Check("same arm", "invalid", evidence, "ask it again, or restore what it was")


def _same_scoring(contest: Contest) -> Iterator[Check]:
    """Old scores never meet new ones."""
    before, now = contest.incumbent.measured.scoring, contest.candidate.measured.scoring
    if before != now:
        name = contest.incumbent.side.name
        evidence = (
            f"{name} was scored as {before[:12]} and {contest.candidate.side.name} as {now[:12]}"
        )
        step = "take the recorded replies instead of a past run: leave out --run"
        if contest.incumbent.source == "baseline":
            again = f'harness promote {contest.suite} {contest.incumbent.arm} --reason "…"'
            step = f"{name} is not recorded any more with what was approved; approve it: {again}"
        yield Check("same scoring", "invalid", evidence, step)


def _shared(found: Overlap) -> str:
    return f"both answered the same {counted(len(found.common), 'case')}"


def _unchanged_rules(contest: Contest) -> Check:
    """A change must not be judged by rules that it brings along."""
    what = ", ".join(contest.changed)
    if contest.declared:
        evidence = f"declared as a data change: {what}; policy and scorers of the base decide"
        return Check("rules of the base", "passed", evidence)
    step = "split the change, or declare it with --data-change"
    return Check("rules of the base", "invalid", f"the change also changes {what}", step)


def _complete(contest: Contest) -> Check:
    """Every case was answered by both; a sample that was cut on purpose can be no promotion."""
    for side in _both(contest):
        if side.replies < side.planned or side.ended or side.status not in ("complete", "limited"):
            reason = f" ({side.ended})" if side.ended else f" ({side.status})"
            evidence = f"{side.side.name} has {side.replies:,} of {side.planned:,} replies{reason}"
            step = f"finish it with: harness run {contest.suite} --resume"
            return Check("complete", "invalid", evidence, _if_askable(side, step))
    if contest.limited:
        asked = f"{len(contest.overlap.common):,} of {contest.cases:,} cases were asked"
        return Check("complete", "inconclusive", asked, "run the gate without --limit")
    gone = len(contest.overlap.changed) + len(contest.overlap.only_reference)
    if contest.declared and gone:
        common = len(contest.overlap.common)
        evidence = f"{common:,} of {common + gone:,} cases of the base are still as they were"
        step = "make the change of the cases and the promotion two changes"
        return Check("complete", "inconclusive", evidence, step)
    asked = f"{counted(len(contest.overlap.common), 'case')} on both sides, none missing"
    evidence = asked if contest.overlap.common else "none missing on either side"
    return Check("complete", "passed", evidence)


def _leaks(contest: Contest) -> Iterator[Check]:
    """No case was learned from or shown before."""
    excluded = frozenset(contest.excluded)
    asked = frozenset(contest.overlap.common)
    seen: list[tuple[str, LeakReport]] = []
    for side in _both(contest):
        report, name = side.leaks, side.side.name
        if report is None or (name, report) in seen:
            continue
        seen.append((name, report))
        leaked = [case for case in report.cases if case in asked and case not in excluded]
        check = f"leaks into {name}"
        if leaked:
            evidence = f"{counted(len(leaked), 'case')} had been learned from or shown: "
            evidence += named(leaked)
            yield Check(check, "invalid", evidence, "leave them out with --clean-subset")
        elif report.status == "unknown":
            yield _unknown_training(contest, check, report.reason)
        else:
            evidence = f"none among {counted(report.compared, 'learned row')}"
            yield Check(check, "passed", evidence)


def _unknown_training(contest: Contest, check: str, reason: str) -> Check:
    if contest.policy.unknown_training == "allow":
        return Check(check, "passed", f"unknown, which the policy allows: {reason}")
    step = 'bring the file back, or say unknown_training = "allow" in [gate]'
    return Check(check, "invalid", f"unknown: {reason}", step)


def _one_model(contest: Contest) -> Iterator[Check]:
    """Each side was answered by one model throughout."""
    for side in _both(contest):
        models = sorted(model for model in set(side.served_models) if model)
        if len(models) > 1:
            evidence = f"{side.side.name} was answered by {', '.join(models)}"
            step = "record all of it again with one model"
            yield Check("one model", "invalid", evidence, _if_askable(side, step))


def _errors(contest: Contest) -> Iterator[Check]:
    """Too many replies that a provider, a judge or the harness lost say nothing of a model."""
    for side in _both(contest):
        for outcome in (outcome for outcome in OUTCOMES if outcome in INFRASTRUCTURE):
            rate = side.side.rate(outcome)
            most = contest.policy.most(outcome)
            name = str(outcome).replace("_", " ") + "s"
            if rate > most:
                evidence = f"{percent(rate)} of {side.side.name}; at most {percent(most)}"
                command = f"harness run {contest.suite} --arm {side.arm} --record"
                step = f"ask again what was lost: {command}"
                yield Check(name, "invalid", evidence, _if_askable(side, step))
            elif rate > 0:
                evidence = f"{percent(rate)} of {side.side.name}; at most {percent(most)}"
                yield Check(name, "passed", evidence)


def _age(contest: Contest) -> Iterator[Check]:
    """Recordings are not older than the policy allows."""
    most = contest.policy.max_fixture_age_days
    if most is None:
        return
    for side in _both(contest):
        if side.source == "live" or not side.recorded:
            continue
        try:
            oldest = min(date.fromisoformat(day) for day in side.recorded)
        except ValueError as error:  # a recording that was written by hand
            evidence = f"{side.side.name} was recorded on a day that is none: {error}"
            yield Check("age of the recordings", "invalid", evidence, "record it again")
            continue
        age = (contest.today - oldest).days
        ago = f"{counted(age, 'day')} ago ({oldest})"
        evidence = f"{side.side.name} was recorded {ago}; at most {most:,}"
        if age <= most:
            yield Check("age of the recordings", "passed", evidence)
        else:
            step = _if_askable(side, "record it again")
            yield Check("age of the recordings", "invalid", evidence, step)


def _if_askable(side: Contestant, step: str) -> str:
    """A step that asks the model; another one for an arm that nobody can ask again."""
    if not side.frozen:
        return step
    return f"{side.arm} is frozen, and nobody can ask it again: judge an arm with all its replies"


def _sensible_margin(contest: Contest) -> Check:
    """A margin as wide as what the incumbent reaches would accept an arm that gets nothing."""
    reached, margin = contest.incumbent.side.mean, contest.policy.margin
    graded = contest.incumbent.side.graded
    named = f"{contest.incumbent.side.name} reaches {mean(reached, graded=graded)}"
    evidence = f"{mean(margin, graded=graded)}, and {named}"
    if margin < reached:
        return Check("margin", "passed", evidence)
    step = 'choose a smaller margin, or goal = "better"'
    return Check("margin", "invalid", f"{evidence}: it would accept anything", step)
