"""A comparison in, what its sides cost out: tokens per reply, money per thousand requests. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.analysis.compared import Compared
from harness.analysis.comparison import Comparison, MeanDifference
from harness.analysis.side import Side
from harness.reports.compare.words import lead, lead_column
from harness.reports.cost.words import amount
from harness.reports.notes import WARNING, arms_by_text
from harness.reports.prices import price_text
from harness.reports.table import Column, Row, Table
from harness.reports.wording import UNKNOWN
from harness.text.wording import NOTHING, listing

REQUESTS = 1_000
_ROUNDING = 1e-9

_Number = Callable[[float], str]


def tokens_table(compared: Compared) -> Table:
    """Input and output of one reply."""
    rows = tuple(_row(compared, c, c.tokens, _tokens) for c in compared.comparisons)
    notes = ["Input and output of one reply, averaged over the cases that both sides answered."]
    means = [c.tokens for c in compared.comparisons if c.tokens]
    if any(0.0 in (mean.reference, mean.candidate) for mean in means):
        notes.append(f"{NOTHING}: no model is asked, so that there are no tokens.")
    notes += _missing([c.tokens for c in compared.comparisons], "usage")
    mixed = _mixed(compared)
    if not _any_cost(compared) and mixed:
        notes.append(mixed)
    elif not _any_cost(compared):
        notes.append(
            f"Money per {REQUESTS:,} requests is {UNKNOWN}: no two sides have a price in the same "
            "currency, and usage ([prices] in harness.toml)."
        )
    return Table("Tokens per reply", _columns(compared), rows, tuple(notes))


def cost_table(compared: Compared) -> Table | None:
    """Money per thousand requests at the declared prices; None where nothing is known of any."""
    if not _any_cost(compared):
        return None
    rows = tuple(_cost_row(compared, c) for c in compared.comparisons)
    notes = ["Of one request and its reply, each at its own price, before they are averaged."]
    free = [c for c in compared.comparisons if any(map(_is_free, _sides(compared, c)))]
    if free:
        notes.append(f"{NOTHING}: no model is asked, so that nothing is paid by the request.")
    notes += [_mixed(compared)] if _mixed(compared) else []
    known = [c for c in compared.comparisons if not _differ(c) and c not in free]
    notes += _missing([c.cost for c in known], "price or usage")
    notes += _price_notes(compared)
    title = f"Money per {REQUESTS:,} requests"
    return Table(title, _columns(compared), rows, tuple(notes))


def _cost_row(compared: Compared, found: Comparison) -> Row:
    """Where the two cannot be compared, each stands as it is known by itself."""
    sides = _sides(compared, found)
    if found.cost is not None:
        return _row(compared, found, found.cost, _money_of(found))
    apart = NOTHING if any(map(_is_free, sides)) else UNKNOWN
    return (lead(compared, found), *map(_own_cost, sides), apart, NOTHING)


def _sides(compared: Compared, found: Comparison) -> tuple[Side, Side]:
    return compared.side(found.reference), compared.side(found.candidate)


def _is_free(side: Side) -> bool:
    """Whether no model is asked: there is no price, and no token that anybody could pay."""
    return side.price is None and side.tokens is not None and not side.tokens.any()


def _own_cost(side: Side) -> str:
    import numpy as np

    if _is_free(side):
        return NOTHING
    if side.costs is None or side.price is None or np.isnan(side.costs).all():
        return UNKNOWN
    return f"{amount(float(np.nanmean(side.costs)) * REQUESTS)} {side.price.currency}"


def _price_notes(compared: Compared) -> list[str]:
    """Where each price is from, and of when."""
    priced = ((side.name, price_text(side.price)) for side in compared.sides if side.price)
    return [f"Price of {listing(names)}: {text}." for text, names in arms_by_text(priced).items()]


def _differ(found: Comparison) -> bool:
    pair = (found.reference_currency, found.currency)
    return "" not in pair and pair[0] != pair[1]


def _mixed(compared: Compared) -> str:
    """What money is not compared, because it is in different currencies; empty where all is."""
    mixed = [c for c in compared.comparisons if _differ(c)]
    if not mixed:
        return ""
    pairs = [f"{lead(compared, c)} ({c.reference_currency} and {c.currency})" for c in mixed]
    return f"{WARNING}money of {listing(pairs)} is in different currencies and is not compared."


def _any_cost(compared: Compared) -> bool:
    return any(found.cost is not None for found in compared.comparisons)


def _columns(compared: Compared) -> tuple[Column, ...]:
    headings = ("of the reference", "of the arm", "difference", "95% interval")
    return (lead_column(compared), *map(Column, headings))


def _row(compared: Compared, found: Comparison, mean: MeanDifference | None, text: _Number) -> Row:
    name = lead(compared, found)
    if mean is None:
        return (name, *[UNKNOWN] * 3, NOTHING)
    return (
        name,
        _or_nothing(mean.reference, text),
        _or_nothing(mean.candidate, text),
        _signed(mean.estimate, text),
        _span(mean, text),
    )


def _or_nothing(value: float, text: _Number) -> str:
    return text(value) if value else NOTHING


def _signed(value: float, text: _Number) -> str:
    """With its sign, unless all that is shown of it is 0."""
    shown = text(value)
    return f"+{shown}" if value > 0 and any(digit in "123456789" for digit in shown) else shown


def _span(mean: MeanDifference, text: _Number) -> str:
    if mean.interval is None:
        return NOTHING
    return f"[{_signed(mean.interval.low, text)}, {_signed(mean.interval.high, text)}]"


def _tokens(value: float) -> str:
    return f"{round(value, 1) + 0.0:,.1f}"


def _money_of(found: Comparison) -> _Number:
    """Two digits of whatever is not 0; what is left of equal costs by rounding is 0."""
    means = () if found.cost is None else (found.cost.reference, found.cost.candidate)
    least = max(map(abs, means), default=0.0) * _ROUNDING

    def money(value: float) -> str:
        shown = amount(value * REQUESTS if abs(value) > least else 0.0)
        return f"{shown} {found.currency}".rstrip()

    return money


def _missing(means: Sequence[MeanDifference | None], what: str) -> list[str]:
    notes = []
    if any(mean is None for mean in means):
        notes.append(f"{UNKNOWN}: {what} of one of the sides is not known, which is not 0.")
    if any(mean is not None and mean.interval is None for mean in means):
        notes.append("No interval: the difference is the same for every case, or for one alone.")
    return notes
