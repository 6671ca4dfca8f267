"""What the page says first: a verdict, or what tells the best arm from the reference. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from harness.analysis.compared import Compared
from harness.analysis.comparison import Comparison
from harness.analysis.resample import Range
from harness.reports.compare.page import side_interval
from harness.reports.cost.sentence import pay_back_sentence
from harness.reports.gate.tables import ruling_sentence
from harness.reports.side_by_side.shown import Held, Shown
from harness.reports.wording import interval, one_line
from harness.text.wording import change, change_span, counted, listing, mean
from harness.values.baseline import Decision
from harness.values.verdict import Ruling

_LONGEST = 200


def finding(shown: Shown) -> str:
    """One sentence: what the gate says, or what the comparison found, and when it pays."""
    parts = [_found(shown), *_pays(shown)]
    return f"{'; '.join(parts)}."


def _pays(shown: Shown) -> Iterator[str]:
    """When the tuned arm pays back against the side that it was compared with.

    At the prices of the runs only: those of a scenario are what somebody assumes.
    """
    candidate, reference = leading_pair(shown)
    for found in shown.costs[:1]:
        for pair in found.pay_backs:
            if (pair.tuned, pair.prompted) == (candidate, reference):
                sentence = pay_back_sentence(pair)
                yield from [f"at your prices {sentence}"] if sentence else []


def leading_pair(shown: Shown) -> tuple[str, str]:
    """Candidate and reference of the gate; else the best arm and the reference."""
    if shown.gate is not None:
        decision = shown.gate.decision
        return decision.candidate.arm, decision.incumbent.arm
    compared = shown.compared
    if not compared.comparisons:
        return compared.reference, compared.reference
    best = max(compared.comparisons, key=lambda found: found.difference.estimate)
    return best.candidate, best.reference


def _found(shown: Shown) -> str:
    compared = shown.compared
    if shown.gate is not None:
        return _verdict(shown.gate, graded=compared.graded)
    if not compared.comparisons:
        return _alone(compared)
    best = max(compared.comparisons, key=lambda found: found.difference.estimate)
    return _compared(compared, best)


def _verdict(held: Held, *, graded: bool) -> str:
    decision = held.decision
    sentence = one_line(ruling_sentence(decision).partition(": ")[2])
    if decision.ruling == Ruling.INVALID:
        return f"{sentence}{_why(decision)}"
    if decision.difference is None or decision.low is None or decision.high is None:
        return sentence
    by = _measured(decision.difference, Range(decision.low, decision.high), graded=graded)
    return f"{sentence}: {by} on {counted(decision.cases, 'case')}"


def _why(decision: Decision) -> str:
    """The first check that makes a measurement worthless: its numbers would say something."""
    found = next((check for check in decision.checks if check.status == "invalid"), None)
    return f": {one_line(found.evidence, _LONGEST)}" if found else ""


def _alone(compared: Compared) -> str:
    """The only side, or sides that nothing compares."""
    parts = [
        f"{one_line(side.name)} reaches {mean(side.mean, graded=compared.graded)} "
        f"({interval(side_interval(side), graded=compared.graded)})"
        for side in compared.sides
    ]
    return f"{listing(parts)} on {counted(len(compared.shared.common), 'case')}"


def _compared(compared: Compared, best: Comparison) -> str:
    """The best of several looks better than it is: its interval holds for all of them at once."""
    arm, reference = one_line(best.candidate), one_line(best.reference)
    cases = counted(best.difference.cases, "case")
    if best.same_replies:
        return f"{arm} and {reference} gave the very same replies to {cases}"
    found = best.simultaneous or best.difference.interval
    if found is None:
        return f"{cases} cannot tell {arm} from {reference}"
    by = _measured(best.difference.estimate, found, graded=compared.graded)
    if found.low > 0:
        return f"{arm} beats {reference} by {by.removeprefix('+')} on {cases}"
    if found.high < 0:
        nearest = "" if len(compared.comparisons) == 1 else ", and no other arm comes nearer"
        return f"{arm} falls behind {reference}: {by} on {cases}{nearest}"
    return f"{cases} do not tell {arm} from {reference}: {by}{_reach(best)}"


def _reach(best: Comparison) -> str:
    if best.detectable is None:
        return ""
    least = change(best.detectable, graded=best.graded).removeprefix("+")
    return f"; they would have shown a difference of {least}"


def _measured(estimate: float, found: Range, *, graded: bool) -> str:
    """'+11.3 points [+6.9, +15.8]'."""
    return f"{change(estimate, graded=graded)} {change_span(found.low, found.high, graded=graded)}"
