"""Two arms on the same cases in, whether these are enough cases out. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from harness.analysis.advice.advice import Advice
from harness.analysis.detectable import cases_to_detect, detectable_difference
from harness.analysis.difference import Difference, paired_difference
from harness.analysis.interval import MIN_CLUSTERS
from harness.analysis.side import Side
from harness.text.wording import change, change_span, counted

TARGET = 0.05
"""The smallest difference that matters where no policy says so: 5 points, or 0.05 of a score.

A convention of ours: it is the margin in the policies of both shipped suites.
"""


@dataclass(frozen=True, kw_only=True)
class Cases:
    """The pair that the suite is about. `target` is the smallest difference that matters.

    `bar` is what the difference must exceed to be of use: that of the policy, else 0. `source`
    says where the target comes from.
    """

    reference: Side
    candidate: Side
    target: float
    bar: float
    source: str


def cases_advice(seen: Cases | None) -> list[Advice]:
    """One advice: enough, enough for what was found, or how many more."""
    if seen is None:
        return [_unknown()]
    difference = paired_difference(seen.reference, seen.candidate)
    if difference.few_clusters:
        return [_few_groups(seen, difference)]
    if difference.interval is None:
        return [_unknown()]
    found = detectable_difference(difference)
    decided = difference.interval.low > seen.bar or difference.interval.high < seen.bar
    return [_enough_or_not(seen, difference, found, decided=decided)]


def _enough_or_not(
    seen: Cases, difference: Difference, found: float | None, *, decided: bool
) -> Advice:
    measured = (_measured(seen, difference), _reach(seen, difference, found))
    if found is not None and found <= seen.target:
        return Advice(
            rule="cases-enough",
            status="fine",
            says="Yes: a difference that matters would be found.",
            evidence=measured,
        )
    needed = (
        cases_to_detect(difference, seen.target)
        if found is None
        else more_cases(difference.cases, found, seen.target)
    )
    more = _more(seen, needed, difference)
    if decided:
        side = "above" if difference.estimate > seen.bar else "below"
        return Advice(
            rule="cases-decided",
            status="fine",
            says=f"Yes, for the question at hand: the whole interval lies {side} "
            f"{_bar(seen)}. A smaller difference that matters could be missed.",
            evidence=(*measured, more),
        )
    return Advice(
        rule="cases-too-few",
        status="act",
        says="No: the difference cannot be told from chance, and one that matters could be missed.",
        evidence=(*measured, more),
        next_step=more[0].lower() + more[1:-1],
    )


def more_cases(cases: int, detectable: float, target: float) -> int:
    """How many more cases bring the detectable difference down to the target.

    It falls with the root of the cases: n * (detectable / target)^2 in all.
    """
    return max(0, math.ceil(cases * (detectable / target) ** 2) - cases)


def roughly(number: int) -> str:
    """A number as exactly as a plan can know it: two digits, '1,200'."""
    return f"{round(number, 2 - len(str(number))) if number >= 100 else number:,}"  # noqa: PLR2004


def _measured(seen: Cases, difference: Difference) -> str:
    graded = seen.candidate.graded
    shown = change(difference.estimate, graded=graded)
    ends = difference.interval
    span = "" if ends is None else f" {change_span(ends.low, ends.high, graded=graded)}"
    cases = counted(difference.cases, "case")
    groups = f" in {counted(difference.clusters, 'group')}" if difference.grouped else ""
    return f"{seen.candidate.name} against {seen.reference.name}: {shown}{span} on {cases}{groups}."


def _reach(seen: Cases, difference: Difference, found: float | None) -> str:
    graded = difference.graded or seen.candidate.graded
    target = change(seen.target, graded=seen.candidate.graded).lstrip("+")
    matters = f"what matters: {target} ({seen.source})"
    if found is None:
        return f"On so few cases no true difference is found with 80% power; {matters}."
    reach = change(found, graded=graded and seen.candidate.graded)
    return f"Smallest true difference that is found with 80% power: {reach.lstrip('+')}; {matters}."


def _more(seen: Cases, needed: int | None, difference: Difference) -> str:
    target = change(seen.target, graded=seen.candidate.graded).lstrip("+")
    if needed is None:
        return f"Add cases to find {target}: how many cannot be planned from so few."
    groups = ", in new groups as large as these," if difference.grouped else ""
    return f"About {roughly(needed)} more cases{groups} would find {target}."


def _bar(seen: Cases) -> str:
    """What the difference is held against: nothing, or the margin of the policy."""
    return "0" if seen.bar == 0 else change(seen.bar, graded=seen.candidate.graded)


def _few_groups(seen: Cases, difference: Difference) -> Advice:
    more = MIN_CLUSTERS - difference.clusters
    return Advice(
        rule="few-groups",
        status="act",
        says=f"No: too few groups, {difference.clusters:,} in all, to decide anything, however "
        "many cases they hold.",
        evidence=(_measured(seen, difference), f"An interval needs {MIN_CLUSTERS} groups."),
        next_step=f"add cases of at least {counted(more, 'new group')}, or of none",
    )


def _unknown() -> Advice:
    return Advice(
        rule="cases-unknown",
        status="cannot_tell",
        says="Two arms on two cases or more are needed to see how much answers differ by chance.",
        next_step="record a second arm",
    )
