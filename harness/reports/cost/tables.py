"""What arms cost in, the tables that people read of it out. Pure.

First what a request costs, then what tuning took, then when that pays back against each other arm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from harness.analysis.cost.arm import ArmCost, Money
from harness.analysis.cost.costed import Costed, Lifetime
from harness.analysis.cost.pay_back import Investment, PayBack
from harness.analysis.cost.terms import HOURS_PER_MONTH, THOUSAND
from harness.analysis.resample import Range
from harness.reports.cost.notes import cost_notes, investment_notes, pay_back_notes
from harness.reports.cost.words import (
    amount,
    amount_span,
    months,
    reached,
    reached_span,
    requests,
    signed,
    signed_span,
)
from harness.reports.table import Column, Table
from harness.reports.wording import UNKNOWN, one_line
from harness.text.wording import NOTHING, percent

_LONGEST_BASIS = 200

_Cell = Callable[[ArmCost], str]


def cost_heading(found: Costed) -> str:
    """What is costed, on which cases, at whose prices."""
    place = f"{one_line(found.title)} ({one_line(found.suite)}, {found.split}): cost"
    return f"{place}\nWhat if: {one_line(found.basis, _LONGEST_BASIS)}" if found.basis else place


def cost_tables(found: Costed) -> Iterator[Table]:
    """Arms, trainings, and a table for each tuned arm; the first alone where no cost is known."""
    yield cost_table(found)
    if not any(arm.per_request for arm in found.arms):
        return
    if found.investments:
        yield investment_table(found)
    for spent in found.investments:
        pairs = [pair for pair in found.pay_backs if pair.tuned == spent.arm]
        if pairs:
            yield pay_back_table(found, spent, pairs)


def currency_of(found: Costed) -> str:
    """The one currency of all arms, or nothing where there are several or none."""
    currencies = {arm.currency for arm in found.arms if arm.currency}
    return currencies.pop() if len(currencies) == 1 else ""


def cost_table(found: Costed) -> Table:
    """Money per 1,000 requests and per 1,000 correct answers of every arm."""
    unit = currency_of(found) or "money"
    parts: list[tuple[str, _Cell]] = [
        (f"{unit} per 1,000 requests", lambda arm: _thousand(found, arm, arm.per_request)),
        ("95% interval", lambda arm: _span(arm, arm.per_request)),
    ]
    if _any_caching(found):
        parts.append(("without caching", lambda arm: _thousand(found, arm, arm.uncached)))
    if found.terms.error_cost:
        parts.append(("with errors", lambda arm: _with_errors(found, arm)))
    parts += [
        ("correct", lambda arm: percent(arm.correct)),
        (f"{unit} per 1,000 correct", lambda arm: _per_correct(found, arm)),
        ("95% interval", _per_correct_span),
    ]
    return Table(
        "What a request costs",
        (Column("arm", "left"), *(Column(name) for name, _ in parts)),
        tuple((one_line(arm.name), *(cell(arm) for _, cell in parts)) for arm in found.arms),
        tuple(cost_notes(found)),
    )


def _any_caching(found: Costed) -> bool:
    """Whether a cache changed what anything costs."""
    pairs = [(arm.per_request, arm.uncached) for arm in found.arms]
    return any(a and b and f"{a.estimate:.9g}" != f"{b.estimate:.9g}" for a, b in pairs)


def _money(found: Costed, arm: ArmCost, value: float) -> str:
    shown = amount(value * THOUSAND)
    return shown if currency_of(found) or not arm.currency else f"{shown} {arm.currency}"


def _thousand(found: Costed, arm: ArmCost, money: Money | None) -> str:
    if arm.free:
        return NOTHING
    return UNKNOWN if money is None else _money(found, arm, money.estimate)


def _with_errors(found: Costed, arm: ArmCost) -> str:
    money = arm.with_errors
    return UNKNOWN if money is None else _money(found, arm, money.estimate)


def _span(arm: ArmCost, money: Money | None) -> str:
    return NOTHING if arm.free or money is None else amount_span(money.interval, THOUSAND)


def _per_correct(found: Costed, arm: ArmCost) -> str:
    if arm.free:
        return NOTHING
    if arm.per_correct is None:
        return UNKNOWN
    return reached(arm.per_correct, lambda value: _money(found, arm, value))


def _per_correct_span(arm: ArmCost) -> str:
    if arm.per_correct is None:
        return NOTHING
    low, high = arm.per_correct.low, arm.per_correct.high
    return NOTHING if low is None or high is None else amount_span(Range(low, high), THOUSAND)


def investment_table(found: Costed) -> Table:
    """What tuning took, before the first request and for as long as the model stands."""
    terms, costs = found.terms, {arm.name: arm for arm in found.arms}
    parts: list[tuple[str, Callable[[Investment], str]]] = [
        ("training", lambda spent: _in_unit(found, spent.training, spent.currency))
    ]
    if terms.labelling:
        parts.append(("labels", lambda spent: amount(spent.labelling)))
    if terms.evaluation:
        parts.append(("evaluation", lambda spent: amount(spent.evaluation)))
    if len(parts) > 1:
        parts.append(("together", lambda spent: _in_unit(found, spent.total, spent.currency)))
    if any(costs[spent.arm].hosting for spent in found.investments):
        parts.append(("hosting a month", lambda spent: _hosting(found, costs[spent.arm])))
    if found.lifetimes:
        parts.append(("of use for", lambda spent: _life(found.lifetime(spent.arm))))
    if terms.volume and found.lifetimes:
        parts.append(("per 1,000 with all", lambda spent: _amortised(found, costs[spent.arm])))
    return Table(
        f"What tuning took{_in(found)}",
        (Column("arm", "left"), *(Column(name) for name, _ in parts)),
        tuple(
            (one_line(spent.arm), *(cell(spent) for _, cell in parts))
            for spent in found.investments
        ),
        tuple(investment_notes(found)),
    )


def _in(found: Costed) -> str:
    unit = currency_of(found)
    return f", in {unit}" if unit else ""


def _in_unit(found: Costed, value: float | None, currency: str) -> str:
    """An amount, with its currency where that is not the one of the heading."""
    if value is None:
        return UNKNOWN
    return (
        amount(value) if currency == currency_of(found) else f"{amount(value)} {currency}".rstrip()
    )


def _hosting(found: Costed, arm: ArmCost) -> str:
    if not arm.hosting:
        return NOTHING
    return _in_unit(found, arm.hosting * HOURS_PER_MONTH, arm.currency)


def _life(life: Lifetime | None) -> str:
    if life is None:
        return UNKNOWN
    return f"{months(life.months)} months" if life.months > 0 else "switched off"


def _amortised(found: Costed, arm: ArmCost) -> str:
    life = found.lifetime(arm.name)
    if life is None or life.per_request is None:
        return UNKNOWN
    return _in_unit(found, life.per_request * THOUSAND, arm.currency)


def pay_back_table(found: Costed, spent: Investment, pairs: Sequence[PayBack]) -> Table:
    """When a tuned arm has paid its training back, by the arm that it replaces."""
    volume = found.terms.volume
    saves = "saves per 1,000" + (", errors counted" if found.terms.error_cost else "")
    parts: list[tuple[str, Callable[[PayBack], str]]] = [
        (saves, _gain),
        (
            "95% interval",
            lambda pair: signed_span(pair.gain.interval, THOUSAND) if pair.gain else NOTHING,
        ),
    ]
    if any(pair.from_volume for pair in pairs):
        parts.append(("hosting paid from, requests a month", _from_volume))
    if volume or not all(pair.hosting for pair in pairs):
        parts += [("pays back after, requests", _requests), ("95% interval", _requests_span)]
    if volume:
        parts.append((f"months, at {requests(volume)} a month", _months))
    if volume and found.lifetime(spent.arm):
        parts.append(("in time", lambda pair: pair.in_time or UNKNOWN))
    return Table(
        f"When {one_line(spent.arm)} pays back, by the arm that it replaces{_in(found)}",
        (Column("instead of", "left"), *(Column(name) for name, _ in parts)),
        tuple((one_line(pair.prompted), *(cell(pair) for _, cell in parts)) for pair in pairs),
        tuple(pay_back_notes(found, spent, pairs)),
    )


def _gain(pair: PayBack) -> str:
    return UNKNOWN if pair.gain is None else signed(pair.gain.estimate * THOUSAND)


def _from_volume(pair: PayBack) -> str:
    if pair.from_volume is not None:
        return reached(pair.from_volume, requests)
    return UNKNOWN if pair.gain is None or pair.hosting > 0 else NOTHING


def _requests(pair: PayBack) -> str:
    if pair.requests is not None:
        return reached(pair.requests, requests)
    return NOTHING if pair.hosting and not pair.unknown else UNKNOWN


def _requests_span(pair: PayBack) -> str:
    return NOTHING if pair.requests is None else reached_span(pair.requests, requests)


def _months(pair: PayBack) -> str:
    return UNKNOWN if pair.months is None else reached(pair.months, months)
