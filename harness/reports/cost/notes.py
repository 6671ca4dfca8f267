"""What arms cost in, the sentences under its tables out, warnings first. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.analysis.cost.arm import ArmCost
from harness.analysis.cost.costed import Costed, Lifetime
from harness.analysis.cost.pay_back import Investment, PayBack
from harness.analysis.cost.terms import DAYS_PER_MONTH
from harness.analysis.interval import MIN_CLUSTERS
from harness.reports.cost.words import months, requests
from harness.reports.notes import WARNING
from harness.reports.wording import one_line
from harness.text.wording import NOTHING, counted, listing

_LONGEST_SOURCE = 300


def cost_notes(found: Costed) -> list[str]:
    """What is unknown, whose prices these are, and how the intervals were made."""
    foreign = sorted(found.notes, key=lambda note: not note.startswith(WARNING))
    return [
        *(f"{WARNING}{text}" for text in _warnings(found)),
        *foreign,
        *_price_notes(found.arms),
        *_classical_notes(found),
        *term_notes(found),
        *_method_notes(found),
    ]


def _warnings(found: Costed) -> Iterator[str]:
    by_reason: dict[str, list[str]] = {}
    for arm in found.arms:
        if arm.unknown:
            by_reason.setdefault(arm.unknown, []).append(one_line(arm.name))
    for reason, names in by_reason.items():
        yield f"the cost of {listing(names)} is unknown: {one_line(reason, _LONGEST_SOURCE)}."
    if len(currencies := sorted({arm.currency for arm in found.arms if arm.currency})) > 1:
        yield (
            f"these prices are in {listing(currencies)}, and no rate between them is known: the "
            "arms stand side by side and are not compared; declare all prices in one currency."
        )


def _price_notes(arms: Sequence[ArmCost]) -> Iterator[str]:
    by_price: dict[tuple[str, str], list[str]] = {}
    for arm in arms:
        if arm.source:
            by_price.setdefault((arm.model, arm.source), []).append(one_line(arm.name))
    for (model, source), names in by_price.items():
        where = one_line(source, _LONGEST_SOURCE)
        yield f"Price of {listing(names)}: {one_line(model)} ({where})."


def _classical_notes(found: Costed) -> Iterator[str]:
    free = [one_line(arm.name) for arm in found.arms if arm.free]
    if not free:
        return
    asks = "ask no model and pay" if len(free) > 1 else "asks no model and pays"
    yield f"{NOTHING}: {listing(free)} {asks} nobody; the machine's own time is not counted."


def term_notes(found: Costed) -> Iterator[str]:
    """What was asked to be assumed: batches, no cache, the cost of an error."""
    terms = found.terms
    if terms.batch:
        yield "Sent as batches, at the batch price of each model."
    if not terms.caching:
        yield "Without prompt caching: tokens read from a cache cost as much as others."
    if terms.error_cost:
        yield (
            f"With errors: {terms.error_cost:g} for every reply that is not correct, added "
            "case by case."
        )


def _method_notes(found: Costed) -> Iterator[str]:
    if not any(arm.per_request for arm in found.arms):
        return
    cases = counted(found.cases, "case")
    if found.clusters < found.cases:
        cases += f" in {counted(found.clusters, 'group')}"
    yield (
        f"95% interval: over {cases}, cluster-robust (CR1) with t({found.clusters - 1}); per "
        "correct answer Fieller's."
    )
    if any(arm.per_correct and arm.per_correct.unbounded for arm in found.arms):
        yield "≥: so few answers are correct that it could be none; there is no upper end."
    if any(arm.per_request and not arm.per_request.interval for arm in found.arms):
        yield "No interval: every request costs the same, or there is one case or group alone."


def investment_notes(found: Costed) -> Iterator[str]:
    """Where the cost of a training is known from, and when its model ends."""
    for spent in found.investments:
        sure = "" if spent.total is not None else f"{WARNING}what it cost is unknown: "
        yield f"{sure}{one_line(spent.arm)}: {one_line(spent.basis, _LONGEST_SOURCE)}."
    for life in found.lifetimes:
        yield f"{one_line(life.arm)} {_end(life)}."
    if found.terms.volume and found.lifetimes:
        yield (
            f"Per 1,000 with all: requests, hosting and training together, at "
            f"{requests(found.terms.volume)} requests a month for as long as it is of use."
        )


def _end(life: Lifetime) -> str:
    if life.ending is None:
        return f"is of use for the {months(life.months)} months of the horizon"
    source = one_line(life.ending.source, _LONGEST_SOURCE)
    if life.months <= 0:
        return f"was switched off on {life.ending.day} ({source})"
    left = round(life.months * DAYS_PER_MONTH)
    return (
        f"is of use for {counted(left, 'day')}: it is switched off on {life.ending.day} ({source})"
    )


def pay_back_notes(found: Costed, spent: Investment, pairs: Sequence[PayBack]) -> Iterator[str]:
    """What is unknown or too late, and how to read the rest."""
    for text in _pair_warnings(found, spent, pairs):
        yield f"{WARNING}{text}"
    known = [pair for pair in pairs if pair.gain is not None]
    if not known:
        return
    yield (
        "Saves: the other arm minus the tuned one, paired case by case; the break-even is the "
        "training over it, and its interval that of the difference."
    )
    yield from _reading_notes(known)
    if any(pair.gain and pair.gain.interval is None for pair in known) and found.clusters > 1:
        yield "No interval: the difference is the same for every case."
    if any(pair.hosting for pair in pairs) and not found.terms.volume:
        yield (
            "Hosting is paid by the hour, asked or not: when the training is paid back depends on "
            "the volume (--volume)."
        )
    yield from _free_notes(found, known)


def _reading_notes(pairs: Sequence[PayBack]) -> Iterator[str]:
    """How to read the words in place of numbers, where there are any."""
    shown = [q for pair in pairs for q in (pair.requests, pair.months, pair.from_volume) if q]
    if any(q.never for q in shown):
        yield "Never: it saves nothing, as far as these cases show, or less than its hosting costs."
    if any(q.unbounded for q in shown):
        yield (
            "≥: what it saves cannot be told from nothing (or from its hosting): it takes at least "
            "so many, and perhaps no number is enough."
        )


def _pair_warnings(found: Costed, spent: Investment, pairs: Sequence[PayBack]) -> Iterator[str]:
    costs = {arm.name: arm for arm in found.arms if arm.free or arm.per_request}
    said = {pair.unknown for pair in pairs if not {pair.tuned, pair.prompted} <= costs.keys()}
    for text in dict.fromkeys(pair.unknown for pair in pairs if pair.unknown):
        if text not in said:  # what an arm costs is missing in the first table already
            yield f"no break-even without {one_line(text, _LONGEST_SOURCE)}, which is unknown."
    late = [one_line(pair.prompted) for pair in pairs if pair.in_time == "no"]
    life = found.lifetime(spent.arm)
    if late and life is not None:
        before = "it is switched off" if life.ending else "the horizon"
        yield (f"against {listing(late)} {one_line(spent.arm)} does not pay back before {before}.")
    if found.clusters < MIN_CLUSTERS and found.clusters < found.cases:
        groups = counted(found.clusters, "group")
        are = "is" if found.clusters == 1 else "are"
        yield f"{groups} {are} few: below {MIN_CLUSTERS} an interval is rough and decides nothing."


def _free_notes(found: Costed, pairs: Sequence[PayBack]) -> Iterator[str]:
    free = [one_line(p.prompted) for p in pairs if found.arm(p.prompted).free]
    if free and not found.terms.error_cost:
        yield (
            f"{listing(free)} costs nothing by request: a tuned model pays back against it only by "
            "its errors (--error-cost)."
        )
