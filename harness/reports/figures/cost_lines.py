"""What arms cost and where their costs cross, as values, in words and as a table. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from harness.reports.figures.money import REQUESTS, amount, requests
from harness.reports.table import Column, Row, Table
from harness.reports.wording import UNKNOWN, one_line
from harness.text.wording import NOTHING, listing

_NEVER = "never"


class CostLine(msgspec.Struct, frozen=True, kw_only=True):
    """What `n` requests to an arm cost: fixed + per_request * n, in the currency of the picture.

    `fixed` is what is paid whether asked or not, None where it is not known what training cost.
    `low` and `high` are the ends of an interval of `per_request`, which is None where it is
    unknown. `hosted` is there for an arm that is paid by the hour at a volume that nobody gave: the
    arms that it could replace, each with the requests a month from which that is cheaper. An arm
    of which anything lacks is named and not drawn.
    """

    name: str
    per_request: float | None
    fixed: float | None = 0.0
    low: float | None = None
    high: float | None = None
    hosted: tuple[Crossing, ...] | None = None

    @property
    def is_drawn(self) -> bool:
        """Whether its total is known at every number of requests."""
        return None not in (self.per_request, self.fixed) and self.hosted is None

    def total(self, count: float, per_request: float) -> float:
        """The cost of `count` requests at one price each."""
        return (self.fixed or 0.0) + per_request * count


class Crossing(msgspec.Struct, frozen=True, kw_only=True):
    """After how many requests `tuned` has cost less than `prompted`, with its interval.

    Of an arm that is paid by the hour: from how many requests a month on it does.
    `requests` is None where it never does, and with a `low` where nobody can tell whether it ever
    does. `high` is None where the interval has no upper end.
    """

    tuned: str
    prompted: str
    requests: float | None
    low: float | None = None
    high: float | None = None


def crossing_sentence(one: Crossing) -> str:
    """Such as: fine_tuned costs less than few_shot after 2,760 requests [1,900, 4,700]."""
    tuned, prompted = one_line(one.tuned), one_line(one.prompted)
    if one.requests is None and one.low is not None:
        least = requests(one.low)
        return f"{tuned} costs less than {prompted} after at least {least} requests, if ever."
    if one.requests is None:
        return f"{tuned} never costs less than {prompted}."
    return (
        f"{tuned} costs less than {prompted} after {requests(one.requests)} requests{_ends(one)}."
    )


def hosted_sentence(line: CostLine) -> str:
    """Why an arm that is hosted by the hour is not drawn, and from which volume on it is cheaper.

    Empty for any other arm.
    """
    if line.hosted is None:
        return ""
    said = f"{one_line(line.name)} is hosted by the hour and not drawn"
    if not line.hosted:
        return f"{said}: what a request costs depends on how many there are."
    each = (f"{_monthly(one)} instead of {one_line(one.prompted)}" for one in line.hosted)
    return f"{said}: {listing(each)}."


def _monthly(one: Crossing) -> str:
    if one.requests is not None:
        return f"from {requests(one.requests)} requests a month"
    return _NEVER if one.low is None else f"from at least {requests(one.low)}, if ever,"


def _ends(one: Crossing) -> str:
    if one.low is None:
        return ""
    high = _NEVER if one.high is None else requests(one.high)
    return f" [{requests(one.low)}, {high}]"


def cost_lines_table(
    lines: Sequence[CostLine], crossings: Sequence[Crossing], currency: str
) -> Table:
    """A row per line: what it costs, and against whom it pays back after how many requests."""
    heads = ("fixed", f"per {REQUESTS:,} requests", "95% interval", "costs less than")
    columns = (Column("arm", "left"), *map(Column, heads[:3]), Column(heads[3], "left"))
    rows: list[Row] = []
    for line in lines:
        own = [(one, _after(one)) for one in crossings if one.tuned == line.name]
        own += [(one, _monthly(one).rstrip(",")) for one in line.hosted or ()]
        less = "; ".join(f"{one_line(one.prompted)}: {text}" for one, text in own) or NOTHING
        fixed = UNKNOWN if line.fixed is None else amount(line.fixed, currency)
        rows.append((one_line(line.name), fixed, *_each(line, currency), less))
    return Table("Break-even", columns, tuple(rows))


def _each(line: CostLine, currency: str) -> tuple[str, str]:
    if line.per_request is None:
        return UNKNOWN, NOTHING
    per = amount(line.per_request * REQUESTS, currency)
    if line.low is None or line.high is None:
        return per, NOTHING
    return per, f"[{amount(line.low * REQUESTS)}, {amount(line.high * REQUESTS)}]"


def _after(one: Crossing) -> str:
    if one.requests is not None:
        return f"after {requests(one.requests)}{_ends(one)}"
    return _NEVER if one.low is None else f"after ≥ {requests(one.low)}"
