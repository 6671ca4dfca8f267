"""Arms and their prices in, what they cost out: cells of a table and the sentences under it. Pure.

What is unknown is the word 'unknown' and a warning, never 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from harness.analysis.columns import UsageKnown
from harness.analysis.spend import Spent, spent, unknown_answers
from harness.reports.notes import arms_by_text
from harness.reports.standing import Standing
from harness.reports.wording import UNKNOWN, one_line
from harness.text.wording import NOTHING, counted, listing
from harness.values.price import Price, Tier
from harness.values.run import RunInfo

REQUESTS = 1_000
HEADINGS = ("cost", f"per {REQUESTS:,} requests", "per correct answer")

_LONGEST_SOURCE = 160
_SIGNIFICANT = 3


class Bill(msgspec.Struct, frozen=True):
    """What an arm that asks a model cost; `spent` is None without a price, or where it is unknown.

    `unpaid` counts the answers without the 'usage' or 'latency' that their price needs.
    """

    line: Standing
    price: Price | None
    spent: Spent | None
    unpaid: Mapping[str, int]

    @property
    def is_due(self) -> bool:
        """Whether anything was answered, so that there is a cost to be known."""
        usage = bytes(self.line.columns.usage)
        return len(usage) > usage.count(UsageKnown.NONE)


def bills_of(info: RunInfo, lines: Sequence[Standing]) -> list[Bill]:
    """One per arm that asks a model; a classical arm has none."""
    return [
        _bill(line, info.price_of(line.name)) for line in lines if line.info.kind != "classical"
    ]


def is_priced(bills: Sequence[Bill]) -> bool:
    """Whether any price is known, so that money has a place in a table."""
    return any(bill.price is not None for bill in bills)


def cost_cells(bill: Bill | None) -> tuple[str, str, str]:
    """Total, per 1,000 requests and per correct answer; None is an arm that asks no model."""
    if bill is None or not bill.is_due:
        return NOTHING, NOTHING, NOTHING
    if bill.price is None or bill.spent is None:
        return UNKNOWN, UNKNOWN, UNKNOWN
    currency, mark = bill.price.currency, "~" if bill.spent.estimated else ""
    amounts = (bill.spent.total, bill.spent.each * REQUESTS, bill.spent.per_correct)
    first, second, third = (
        NOTHING if amount is None else f"{mark}{money(amount, currency)}" for amount in amounts
    )
    return first, second, third


def cost_json(bill: Bill | None) -> dict[str, Any] | None:
    """Cost and price as numbers; null without a price, and null amounts where it is unknown."""
    if bill is None or bill.price is None:
        return None
    known = bill.spent
    return {
        "currency": bill.price.currency,
        "total": known.total if known else None,
        "per_1k": known.each * REQUESTS if known else None,
        "per_correct": known.per_correct if known else None,
        "estimated": known.estimated if known else None,
        "price": msgspec.to_builtins(bill.price),
    }


def cost_warnings(bills: Sequence[Bill]) -> list[str]:
    """Whose cost is unknown and why, and what is not comparable; none in a run without prices."""
    if not is_priced(bills):
        return []
    unpriced = arms_by_text(
        (bill.line.name, one_line(bill.line.info.model))
        for bill in bills
        if bill.price is None and bill.is_due
    )
    unpaid = [bill for bill in bills if bill.price is not None and bill.unpaid]
    currencies = sorted({bill.price.currency for bill in bills if bill.price is not None})
    mixed = [f"costs in {listing(currencies)} are not comparable."] if len(currencies) > 1 else []
    return [
        *(
            f"the cost of {listing(names)} is {UNKNOWN}: there is no price of {model} "
            "([prices] in harness.toml)."
            for model, names in unpriced.items()
        ),
        *(
            f"the cost of {bill.line.name} is {UNKNOWN}: {counted(count, 'reply')} came "
            f"without {what}."
            for bill in unpaid
            for what, count in bill.unpaid.items()
        ),
        *mixed,
    ]


def cost_notes(bills: Sequence[Bill]) -> list[str]:
    """What the costs are of: prices with their days and sources, and what is not in them."""
    if not bills:
        return []
    if not is_priced(bills):
        return [f"Cost is {UNKNOWN}: no model of this run has a price ([prices] in harness.toml)."]
    prices = {bill.line.name: bill.price for bill in bills if bill.price is not None}
    texts = arms_by_text((name, price_text(price)) for name, price in prices.items())
    return [
        *(f"Price of {listing(names)}: {text}." for text, names in texts.items()),
        "Cost is that of all answers at these prices; what failed attempts cost is unknown.",
    ]


def price_text(price: Price) -> str:
    """'0.4 in, 0.1 cached, 1.6 out USD per million tokens; as of 2026-11-09 (a list)'."""
    parts = []
    if price.by_token:
        parts.append(f"{_amounts(price)} {price.currency} per million tokens")
    parts += [f"above {tier.above:,} input tokens {_amounts(tier)}" for tier in price.tiers]
    if price.per_hour is not None:
        parts.append(f"{price.per_hour:g} {price.currency} per hour of answering")
    if price.hosting is not None:
        hosting = f"hosting at {price.hosting:g} {price.currency} per hour is not in the cost"
        parts.append(hosting)
    source = one_line(price.source, _LONGEST_SOURCE)
    return f"{'; '.join(parts)}; as of {price.as_of} ({source})"


def _amounts(price: Price | Tier) -> str:
    amounts = {
        "in": price.input,
        "cached": price.cached,
        "cache write": price.cache_write,
        "out": price.output,
    }
    return ", ".join(f"{amount:g} {what}" for what, amount in amounts.items() if amount is not None)


def money(amount: float, currency: str) -> str:
    """Cents from 1 on, three significant digits below: '12.34 USD', '0.0808 USD'."""
    if abs(amount) >= 1 or amount == 0:
        return f"{amount + 0.0:,.2f} {currency}".rstrip()
    digits = _SIGNIFICANT - 1 - math.floor(math.log10(abs(amount)))
    return f"{amount:.{digits}f} {currency}".rstrip()


def _bill(line: Standing, price: Price | None) -> Bill:
    if price is None:
        return Bill(line, None, None, {})
    return Bill(line, price, spent(line.columns, price), unknown_answers(line.columns, price))
