"""What arms cost in, the picture of the break-even out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.analysis.cost.arm import ArmCost
from harness.analysis.cost.costed import Costed
from harness.analysis.cost.pay_back import PayBack
from harness.analysis.cost.quotient import Quotient
from harness.analysis.cost.terms import HOURS_PER_MONTH
from harness.reports.figures.break_even import break_even_figure
from harness.reports.figures.cost_lines import CostLine, Crossing
from harness.reports.figures.figure import Figure


def cost_figure(
    found: Costed, *, among: Sequence[str] = (), key: str = "break-even"
) -> Figure | None:
    """Total money by requests, a line per arm, and where the lines cross; errors are not counted.

    Hosting is spread over the volume: without one a hosted arm is not drawn, and it is said from
    which volume on it is cheaper. Arms that ask no model are left out, and those in another
    currency than the first. `among` are all arms of the page.
    None where nothing is known.
    """
    arms = [arm for arm in found.arms if not arm.free]
    currency = next((arm.currency for arm in arms if arm.currency), "")
    drawn = [arm for arm in arms if arm.currency in ("", currency)]
    lines = [_line(found, arm) for arm in drawn]
    names = {line.name for line in lines if line.is_drawn}
    pairs = [] if found.terms.error_cost else found.pay_backs
    crossings = [
        _crossing(pair, pair.requests)
        for pair in pairs
        if {pair.tuned, pair.prompted} <= names and pair.requests is not None
    ]
    volume, months = found.terms.volume, found.terms.horizon
    return break_even_figure(
        lines,
        crossings,
        currency=currency,
        horizon=volume * months if volume and months else None,
        among=among,
        key=key,
    )


def _line(found: Costed, arm: ArmCost) -> CostLine:
    fixed = {spent.arm: spent.total for spent in found.investments}.get(arm.name, 0.0)
    if arm.per_request is None:
        return CostLine(name=arm.name, per_request=None, fixed=fixed)
    standing = _standing(arm, found.terms.volume)
    hosted = tuple(_monthly(found, arm)) if standing is None else None
    each, interval = standing or 0.0, arm.per_request.interval
    return CostLine(
        name=arm.name,
        per_request=arm.per_request.estimate + each,
        fixed=fixed,
        low=interval.low + each if interval else None,
        high=interval.high + each if interval else None,
        hosted=hosted,
    )


def _monthly(found: Costed, arm: ArmCost) -> Iterator[Crossing]:
    """From how many requests a month a hosted arm is cheaper, by the arm that it replaces.

    Not where errors are counted, of which the picture says nothing.
    """
    free = {other.name for other in found.arms if other.free}
    for pair in () if found.terms.error_cost else found.pay_backs:
        if pair.tuned == arm.name and pair.prompted not in free and pair.from_volume is not None:
            yield _crossing(pair, pair.from_volume)


def _standing(arm: ArmCost, volume: float | None) -> float | None:
    """Hosting per request; None where it depends on a volume that nobody gave."""
    if not arm.hosting:
        return 0.0
    return None if volume is None else HOURS_PER_MONTH * arm.hosting / volume


def _crossing(pair: PayBack, crossed: Quotient) -> Crossing:
    """Where the tuned arm becomes cheaper; no number where that cannot be told from never."""
    return Crossing(
        tuned=pair.tuned,
        prompted=pair.prompted,
        requests=None if crossed.unbounded else crossed.estimate,
        low=crossed.low,
        high=crossed.high,
    )
