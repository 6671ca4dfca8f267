"""A contest in, whether the candidate meets what its policy asks besides the difference out. Pure.

What is measured and not met has failed. What cannot be measured is inconclusive: an unknown price
is not a low one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.analysis.decision.contest import Contest, Cost
from harness.analysis.decision.standing import standing
from harness.analysis.difference import paired_difference
from harness.analysis.infrastructure import lost_cases, readings
from harness.text.wording import change, change_span, counted, named, percent, seconds
from harness.values.score import INFRASTRUCTURE, OUTCOMES, Outcome
from harness.values.verdict import Check

if TYPE_CHECKING:
    from harness.analysis.side import Side


def requirements(contest: Contest) -> Iterator[Check]:
    """The checks of everything that the policy names, in the order of its keys."""
    incumbent, candidate = contest.sides
    yield from _rates(contest, candidate)
    yield from _costs(contest, candidate)
    yield from _latency(contest)
    for name, margin in contest.policy.slices.items():
        yield _slice(contest, incumbent, candidate, name, margin)
    if contest.policy.must_pass:
        yield _must_pass(contest, candidate)
    yield from _horizon(contest)


def _rates(contest: Contest, candidate: Side) -> Iterator[Check]:
    for outcome in OUTCOMES:
        if outcome in INFRASTRUCTURE or outcome not in contest.policy.max_rates:
            continue
        rate, most = candidate.rate(outcome), contest.policy.most(outcome)
        evidence = f"{percent(rate)} of {candidate.name}; at most {percent(most)}"
        if rate <= most:
            yield Check(str(outcome), "passed", evidence)
        else:
            yield Check(str(outcome), "failed", evidence, _to_lower(outcome, contest))


def _to_lower(outcome: Outcome, contest: Contest) -> str:
    """Where to look when an outcome is too frequent."""
    steps = {Outcome.TRUNCATED: "raise max_tokens of the arm and record it again"}
    read = f"read some of the replies: {contest.comparison}"
    return steps.get(outcome, read)


def _costs(contest: Contest, candidate: Side) -> Iterator[Check]:
    policy, cost = contest.policy, contest.candidate.cost
    accuracy = 1 - sum(candidate.rate(o) for o in OUTCOMES if o != Outcome.CORRECT)
    if policy.max_cost_per_1k is not None:
        each = cost.per_1k if cost else None
        yield _cost("cost per 1,000 requests", each, policy.max_cost_per_1k, cost)
    if policy.max_cost_per_correct is not None:
        each = cost.per_correct(accuracy) if cost else None
        yield _cost("cost per correct answer", each, policy.max_cost_per_correct, cost)


def _cost(name: str, each: float | None, most: float, cost: Cost | None) -> Check:
    if cost is None:
        step = 'add a dated price of its model to harness.toml ([prices."MODEL"])'
        return Check(name, "inconclusive", "unknown: there is no price or no usage", step)
    if each is None:
        return Check(name, "failed", "nothing was correct, whatever it cost")
    evidence = f"{each:.6g} {cost.currency} at prices of {cost.as_of}; at most {most:.6g}"
    if each <= most:
        return Check(name, "passed", evidence)
    return Check(name, "failed", evidence, "a shorter prompt, a cheaper model, or another limit")


def _latency(contest: Contest) -> Iterator[Check]:
    most, seen = contest.policy.max_latency_p95, contest.candidate.latency_p95
    if most is None:
        return
    if seen is None:
        step = "record the candidate with an endpoint that is timed"
        yield Check("latency p95", "inconclusive", "unknown: no reply has a time", step)
        return
    evidence = f"{seconds(seen)} when it was recorded; at most {seconds(most)}"
    if seen <= most:
        yield Check("latency p95", "passed", evidence)
    else:
        yield Check("latency p95", "failed", evidence, "shorter answers, or a faster endpoint")


def _slice(contest: Contest, incumbent: Side, candidate: Side, name: str, margin: float) -> Check:
    """Not worse than the margin of the slice. All must pass, so that nothing needs adjusting."""
    tag, _, value = name.partition("=")
    places = [place for place, tags in enumerate(candidate.tags) if tags.get(tag) == value]
    check = f"slice {name}"
    if not places:
        return Check(check, "inconclusive", "no case has it", "name a tag and value of the cases")
    pair = (incumbent.chosen(places), candidate.chosen(places))
    found = paired_difference(*pair, contest.policy.confidence)
    if found.interval is None:
        return Check(check, "inconclusive", f"{counted(found.cases, 'case')}: too few")
    graded, low, high = candidate.graded, found.interval.low, found.interval.high
    evidence = (
        f"{change(found.estimate, graded=graded)} {change_span(low, high, graded=graded)} on "
        f"{counted(found.cases, 'case')}; must stay above {change(-margin, graded=graded)}"
    )
    status, step = standing(found, -margin), ""
    others = readings(*pair, contest.policy.confidence).values()
    if any(standing(one, -margin) != status for one in others):
        status, evidence = "inconclusive", f"{evidence}; it hangs on lost replies"
        step = f"ask these cases again: {named(lost_cases(*pair))}"
    elif status == "failed":
        step = f"look at the lost cases with {name}"
    elif found.few_clusters:
        evidence += f"; {counted(found.clusters, 'group')} are too few to decide"
        step = "more groups in the test split"
    elif status == "inconclusive":
        step = f"more test cases with {name}"
    return Check(check, status, evidence, step)


def _must_pass(contest: Contest, candidate: Side) -> Check:
    place = {id_: number for number, id_ in enumerate(candidate.ids)}
    correct = candidate.shares[:, OUTCOMES.index(Outcome.CORRECT)]
    asked = [id_ for id_ in contest.policy.must_pass if id_ in place]
    missing = [id_ for id_ in contest.policy.must_pass if id_ not in place]
    lost = [id_ for id_ in asked if candidate.lost[place[id_]] > 0]
    failed = [id_ for id_ in asked if correct[place[id_]] < 1 and id_ not in lost]
    if failed:
        evidence = f"{len(failed)} of {len(asked)} are not correct: {named(failed)}"
        return Check("must pass", "failed", evidence, "these cases alone keep it back")
    if lost:
        evidence = f"replies were lost, which says nothing of the candidate: {named(lost)}"
        return Check("must pass", "inconclusive", evidence, "ask these cases again")
    if missing:
        evidence = f"not asked: {named(missing)}"
        return Check("must pass", "inconclusive", evidence, "ask all cases of the split")
    return Check("must pass", "passed", f"all correct ({counted(len(asked), 'case')})")


def _horizon(contest: Contest) -> Iterator[Check]:
    days, known = contest.policy.shutdown_horizon_days, contest.candidate.shutdown
    if days is None:
        return
    name = "last day of the model"
    if known is None:
        yield Check(name, "passed", "no last day is known of its model")
        return
    day, source = known
    left = (day - contest.today).days
    when = f"in {counted(left, 'day')}" if left >= 0 else f"{counted(-left, 'day')} ago"
    evidence = f"{day.isoformat()} ({source}), {when}; at least {days:,}"
    if left >= days:
        yield Check(name, "passed", evidence)
    else:
        yield Check(name, "failed", evidence, "tune or prompt a model that goes on answering")
