"""A contest in, the verdict out. Pure.

First whether the measurement can be trusted, then the difference, then everything else that the
policy asks. Power explains and plans; it never changes a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.analysis.decision.contest import Contest
from harness.analysis.decision.reach import more_cases, reach, sentences
from harness.analysis.decision.requirements import requirements
from harness.analysis.decision.standing import standing
from harness.analysis.decision.validity import validity
from harness.analysis.difference import Difference, paired_difference
from harness.analysis.infrastructure import lost_cases, readings
from harness.analysis.interval import MIN_CLUSTERS
from harness.text.wording import change, change_span, counted, listing, mean, named, p_value
from harness.values.gate import Gate
from harness.values.verdict import Check, CheckStatus, Verdict, rule

_TOO_MANY = 1_000_000


@dataclass(frozen=True)
class Judgement:
    """A verdict with the difference that it rests on; None where nothing could be compared."""

    verdict: Verdict
    difference: Difference | None


def decide(contest: Contest) -> Judgement:
    """The verdict of a contest under its policy."""
    checks = list(validity(contest))
    difference = None
    if contest.overlap.common:
        incumbent, candidate = contest.sides
        difference = paired_difference(incumbent, candidate, contest.policy.confidence)
        lost = _readings(contest, difference)
        checks.append(_main(contest, difference, agreed=all(c.status == "passed" for c in lost)))
        checks += lost
        checks += requirements(contest)
    found = tuple(checks)
    return Judgement(Verdict(rule(found), found, tuple(_notes(contest, difference))), difference)


def _main(contest: Contest, difference: Difference, *, agreed: bool) -> Check:
    """The difference to the incumbent against the bar of the policy.

    Where it hangs on lost replies (not `agreed`), it has not failed: nobody knows.
    """
    policy = contest.policy
    incumbent, candidate = contest.sides
    graded = candidate.graded
    name = f"{'better' if policy.goal == 'better' else 'not worse'} than {incumbent.name}"
    reached = f"{mean(candidate.mean, graded=graded)} against {mean(incumbent.mean, graded=graded)}"
    if difference.interval is None or difference.p is None:
        evidence = f"{reached}; {_too_few(difference)}, so there is no interval"
        step = "cases of other groups" if difference.grouped else "more cases"
        return Check(name, "inconclusive", evidence, f"ask {step}")
    ends = change_span(difference.interval.low, difference.interval.high, graded=graded)
    evidence = (
        f"{reached}: {change(difference.estimate, graded=graded)}, {_level(difference)}"
        f" interval {ends}, {p_value(difference.p)} for no difference ({_method(difference)}); "
        f"must stay above {change(policy.bar, graded=graded)}"
    )
    status = standing(difference, policy.bar)
    if status == "failed" and not agreed:
        return Check(name, "inconclusive", f"{evidence}; it hangs on lost replies")
    steps: dict[CheckStatus, str] = {
        "passed": "",
        "failed": f"read the lost cases: {contest.comparison}",
        "inconclusive": _next_step(difference, policy),
    }
    return Check(name, status, evidence, steps[status])


def _level(difference: Difference) -> str:
    """'95%'; as many digits as it takes."""
    return f"{100 * difference.confidence:.4g}%"


def _method(difference: Difference) -> str:
    if difference.method == "score":
        return "Tango's score interval"
    groups = f"{counted(difference.clusters, 'group' if difference.grouped else 'case')}"
    if difference.method == "effective":
        return f"Tango's score interval at the effective size, {groups}"
    return f"errors clustered by {groups}, t({difference.clusters - 1})"


def _too_few(difference: Difference) -> str:
    if difference.grouped and difference.clusters < 2:  # noqa: PLR2004 - no spread within one
        return f"{counted(difference.cases, 'case')} of one group"
    return f"{counted(difference.cases, 'case')}"


def _next_step(difference: Difference, policy: Gate) -> str:
    if difference.few_clusters:
        return f"{counted(difference.clusters, 'group')} are too few: at least {MIN_CLUSTERS}"
    more = more_cases(difference, policy)
    if more is None:
        return "the candidate does not exceed the bar: more cases would at best reject it"
    if more > _TOO_MANY:
        return "no number of cases within reach decides this"
    where = " in more groups" if difference.grouped else ""
    return f"needs about {counted(more, 'more case')}{where}, if the difference stays what it is"


def _readings(contest: Contest, difference: Difference) -> list[Check]:
    """Whether the verdict hangs on how replies that infrastructure lost are read."""
    incumbent, candidate = contest.sides
    found = readings(incumbent, candidate, contest.policy.confidence)
    if not found:
        return []
    counted_as_wrong = standing(difference, contest.policy.bar)
    standings = {name: standing(one, contest.policy.bar) for name, one in found.items()}
    lost = lost_cases(incumbent, candidate)
    evidence = f"{counted(len(lost), 'case')} lost a reply; " + "; ".join(
        f"{name}: {change(one.estimate, graded=candidate.graded)}, {_words(standings[name])}"
        for name, one in found.items()
    )
    if set(standings.values()) == {counted_as_wrong}:
        return [Check("lost replies", "passed", evidence)]
    step = f"ask these cases again: {named(lost)}"
    return [Check("lost replies", "inconclusive", evidence, step)]


def _words(status: CheckStatus) -> str:
    return {"passed": "promotes", "failed": "rejects"}.get(status, "decides nothing")


def _notes(contest: Contest, difference: Difference | None) -> list[str]:
    """What explains and plans, and never decides."""
    incumbent, candidate = contest.incumbent, contest.candidate
    notes = sentences(
        contest.policy,
        reach(contest.policy, len(contest.overlap.common)),
        graded=candidate.side.graded,
    )
    if difference is not None and difference.few_clusters:
        groups = counted(difference.clusters, "group" if difference.grouped else "case")
        notes = [f"{groups}: fewer than {MIN_CLUSTERS} decide nothing, whatever they hold."]
    if incumbent.measured.replies == candidate.measured.replies:
        notes.append("Both sides are the very same replies.")
    if contest.excluded:
        leaked = counted(len(contest.excluded), "case")
        notes.append(f"{leaked} that leaked into either side are left out for both.")
    if difference is not None and difference.sensitivity is not None:
        notes.append(_sensitivity(difference, graded=candidate.side.graded))
    return notes


def _sensitivity(difference: Difference, *, graded: bool) -> str:
    found = difference.sensitivity
    if found is None:
        return ""
    texts = [f"exact McNemar {p_value(found.exact_p)}", f"mid-p {p_value(found.mid_p)}"]
    if found.newcombe is not None:
        ends = change_span(found.newcombe.low, found.newcombe.high, graded=graded)
        texts.append(f"Newcombe's interval {ends}")
    return f"For sensitivity, without a say in the verdict: {listing(texts)}."
