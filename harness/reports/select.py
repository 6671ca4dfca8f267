"""A choice among arms in, what people read of it out: a sentence, a table, JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from harness.analysis.interval import MIN_CLUSTERS
from harness.analysis.selection import Chosen, Offer, Rated
from harness.reports.notes import WARNING
from harness.reports.table import Column, Row, Table
from harness.reports.wording import UNKNOWN
from harness.text.wording import NOTHING, counted, listing, mean, percent
from harness.values.baseline import Selection

_SMALL_MONEY = 0.01

Json = dict[str, Any]


def select_heading(selection: Selection, title: str, suite: str) -> str:
    """'CHOSEN: few_shot_similar, among 5 arms', and what it was chosen on."""
    among = counted(len(selection.arms), "arm")
    return f"CHOSEN: {selection.arm}, among {among}\n{title} ({suite}, {selection.split})"


def select_table(selection: Selection, chosen: Chosen, notes: Sequence[str] = ()) -> Table:
    """One row per arm, in the order of the suite; `notes` are those of whoever made the choice.

    An arm that cannot be chosen has the reason in place of its numbers.
    """
    graded = _graded(chosen)
    money = _currency(chosen)
    columns = [Column("arm", "left"), Column("kind", "left"), Column("cases")]
    columns += [Column("score" if graded else "accuracy"), Column("standard error")]
    columns += [Column("within one error", "left"), Column("tokens per reply")]
    columns += [Column(f"{money} per 1,000")] if money else []
    columns.append(Column("choice", "left"))
    rows = tuple(_row(chosen, offer, money=bool(money)) for offer in chosen.offers)
    made = [*_warnings(chosen), *_rule_notes(chosen), *notes]
    ordered = sorted(made, key=lambda note: not note.startswith(WARNING))
    heading = "Score" if graded else "Accuracy"
    title = f"{heading} on the {selection.split} split, to choose by"
    return Table(title, tuple(columns), rows, tuple(ordered))


def select_json(
    selection: Selection, chosen: Chosen, notes: Sequence[str], *, written: bool
) -> Json:
    """The choice with every number in full; what is not known is null."""
    return {
        "arm": selection.arm,
        "split": selection.split,
        "date": selection.date,
        "rule": selection.rule,
        "cheapest_by": chosen.cheapest_by,
        "currency": chosen.currency or None,
        "best": chosen.best,
        "bar": chosen.bar,
        "written": written,
        "arms": {offer.name: _arm(chosen, offer) for offer in chosen.offers},
        "notes": [*_warnings(chosen), *notes],
    }


def _arm(chosen: Chosen, offer: Offer) -> Json:
    rated = chosen.rated.get(offer.name)
    return {
        "kind": offer.kind,
        "cases": len(offer.side),
        "state": offer.barred or "complete",
        "mean": rated.mean if rated else None,
        "standard_error": rated.spread.standard_error if rated else None,
        "clusters": rated.spread.clusters if rated else None,
        "within": rated.within if rated else False,
        "tokens": rated.tokens if rated else None,
        "cost_per_1k": rated.cost_per_1k if rated and _priced(offer) else None,
        "chosen": offer.name == chosen.arm,
    }


def _row(chosen: Chosen, offer: Offer, *, money: bool) -> Row:
    lead = (offer.name, offer.kind.replace("_", "-"), f"{len(offer.side):,}")
    rated = chosen.rated.get(offer.name)
    if rated is None:
        return (*lead, offer.barred, *[NOTHING] * (3 + money), "cannot be chosen")
    return (
        *lead,
        mean(rated.mean, graded=offer.side.graded),
        _width(rated.spread.standard_error, graded=offer.side.graded),
        _within(chosen, rated),
        _tokens(rated),
        *([_cost(rated)] if money else []),
        "chosen" if offer.name == chosen.arm else NOTHING,
    )


def _within(chosen: Chosen, rated: Rated) -> str:
    if rated.offer.name == chosen.best:
        return "the best"
    return "yes" if rated.within else "no"


def _tokens(rated: Rated) -> str:
    return UNKNOWN if rated.tokens is None else f"{rated.tokens:,.1f}"


def _cost(rated: Rated) -> str:
    return UNKNOWN if rated.cost_per_1k is None else _amount(rated.cost_per_1k)


def _amount(value: float) -> str:
    """Two decimals, or two digits of what is less than a hundredth."""
    return f"{value:.2g}" if 0 < value < _SMALL_MONEY else f"{value:,.2f}"


def _width(value: float, *, graded: bool) -> str:
    """A standard error: '4.3 points' of an accuracy, '0.021' of a score."""
    return f"{value:.3f}" if graded else f"{value * 100:.1f} points"


def _warnings(chosen: Chosen) -> list[str]:
    """What makes the choice less than it seems."""
    texts = [f"{o.name} cannot be chosen: {_obstacle(o)}." for o in chosen.offers if o.barred]
    best = chosen.rated[chosen.best]
    if best.offer.side.groups is not None and best.spread.clusters < MIN_CLUSTERS:
        groups = counted(best.spread.clusters, "group")
        texts.append(f"{groups} are few: the standard error itself is rough.")
    return [WARNING + text for text in texts]


def _obstacle(offer: Offer) -> str:
    if offer.gap:
        return f"it lacks replies ({offer.gap}), and what it would reach is not known"
    return f"{percent(float(offer.side.lost.mean()))} of its replies were lost to errors"


def _rule_notes(chosen: Chosen) -> Iterator[str]:
    """The rule with its numbers, how the error was made, and by what the cheapest is so."""
    best = chosen.rated[chosen.best]
    graded = best.offer.side.graded
    names = listing(rated.offer.name for rated in chosen.contenders)
    error = _width(best.spread.standard_error, graded=graded)
    bar = mean(max(0.0, chosen.bar), graded=graded)
    yield (
        f"The best is {chosen.best}; one standard error ({error}) below it is {bar}. "
        f"From there on: {names}."
    )
    yield _cheapest(chosen)
    yield _error(best)


def _cheapest(chosen: Chosen) -> str:
    if len(chosen.contenders) == 1:
        return "No other arm comes so close to the best: there is no cheaper one to prefer."
    last = "; equals by the higher mean, then by their order in the suite."
    if chosen.cheapest_by == "cost":
        return f"The cheapest of them by money per 1,000 requests was chosen{last}"
    unknown = [rated.offer.name for rated in chosen.contenders if rated.tokens is None]
    more = f" Unknown tokens ({listing(unknown)}) count as the most." if unknown else ""
    return (
        f"The cheapest of them by tokens per reply (input and output) was chosen{last}{more} Not "
        "all have a price in one currency, and a token of one model is not a token of another."
    )


def _error(best: Rated) -> str:
    spread, side = best.spread, best.offer.side
    cases = counted(len(side), "case")
    over = cases if side.groups is None else f"{cases} in {counted(spread.clusters, 'group')}"
    if spread.assumed:
        return (
            f"Standard error of the best: 1 / {spread.clusters + 1:,}, because no spread was seen "
            f"over {over}; that is no certainty."
        )
    robust = "" if side.groups is None else ", with what cases of a group share"
    return f"Standard error: of the mean over {over}{robust}."


def _graded(chosen: Chosen) -> bool:
    return any(offer.side.graded for offer in chosen.offers)


def _priced(offer: Offer) -> bool:
    return offer.kind != "classical" and offer.cost_per_1k is not None


def _currency(chosen: Chosen) -> str:
    """The one currency of all known prices; empty where there is none, or several."""
    currencies = {offer.currency for offer in chosen.offers if _priced(offer)}
    return currencies.pop() if len(currencies) == 1 else ""
