"""What arms cost in, the picture of the break-even out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.analysis.cost.arm import ArmCost
from harness.analysis.cost.costed import Costed
from harness.analysis.cost.pay_back import PayBack
from harness.analysis.cost.terms import HOURS_PER_MONTH
from harness.reports.figures.break_even import break_even_figure
from harness.reports.figures.cost_lines import CostLine, Crossing
from harness.reports.figures.figure import Figure


def cost_figure(
    found: Costed, *, among: Sequence[str] = (), key: str = "break-even"
) -> Figure | None:
    """Total money by requests, a line per arm, and where the lines cross; errors are not counted.

    Hosting is spread over the volume: without one a hosted arm is not drawn. Arms that ask no model
    are left out, and those in another currency than the first. `among` are all arms of the page.
    None where nothing is known.
    """
    arms = [arm for arm in found.arms if not arm.free]
    currency = next((arm.currency for arm in arms if arm.currency), "")
    drawn = [arm for arm in arms if arm.currency in ("", currency)]
    lines = [line for arm in drawn for line in _lines(found, arm)]
    names = {line.name for line in lines}
    pairs = [] if found.terms.error_cost else found.pay_backs
    crossings = [
        crossing
        for pair in pairs
        if {pair.tuned, pair.prompted} <= names
        for crossing in _crossings(pair)
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


def _lines(found: Costed, arm: ArmCost) -> Iterator[CostLine]:
    fixed = {spent.arm: spent.total for spent in found.investments}.get(arm.name, 0.0)
    standing = _standing(arm, found.terms.volume)
    if standing is None:
        return
    if arm.per_request is None or fixed is None:
        yield CostLine(name=arm.name, per_request=None)
        return
    interval = arm.per_request.interval
    yield CostLine(
        name=arm.name,
        per_request=arm.per_request.estimate + standing,
        fixed=fixed,
        low=interval.low + standing if interval else None,
        high=interval.high + standing if interval else None,
    )


def _standing(arm: ArmCost, volume: float | None) -> float | None:
    """Hosting per request; None where it depends on a volume that nobody gave."""
    if not arm.hosting:
        return 0.0
    return None if volume is None else HOURS_PER_MONTH * arm.hosting / volume


def _crossings(pair: PayBack) -> Iterator[Crossing]:
    """Where the tuned arm becomes cheaper; no number where that cannot be told from never."""
    crossed = pair.requests
    if crossed is None:
        return
    yield Crossing(
        tuned=pair.tuned,
        prompted=pair.prompted,
        requests=None if crossed.unbounded else crossed.estimate,
        low=crossed.low,
        high=crossed.high,
    )
