"""Amounts of money, requests and months in, what a reader sees out. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable

from harness.analysis.cost.quotient import Quotient
from harness.analysis.resample import Range
from harness.text.wording import NOTHING

NEVER = "never"
CANNOT_TELL = "cannot tell"

_Text = Callable[[float], str]

_MILLION = 1e6
_WHOLE = 1.0
_FOUR_DECIMALS = 0.01
_FEW = 10.0
_SHORT_MONTH = 0.05


def amount(value: float) -> str:
    """Money: two decimals from 1 on, four below, and two digits of what is below a hundredth."""
    return f"{value + 0.0:,.{_decimals(value)}f}"


def signed(value: float) -> str:
    """An amount with its sign."""
    return f"+{amount(value)}" if value > 0 else amount(value)


def _decimals(value: float) -> int:
    size = abs(value)
    if size >= _WHOLE or size == 0:
        return 2
    return 4 if size >= _FOUR_DECIMALS else 1 - math.floor(math.log10(size))


def requests(value: float) -> str:
    """A number of requests: '72,162', '22.2 million'."""
    if value >= _MILLION:
        return f"{value / _MILLION:,.1f} million"
    return f"{value:,.1f}" if 0 < value < _FEW else f"{value:,.0f}"


def months(value: float) -> str:
    """Months: '3.2', '<0.1', '1,200'."""
    if 0 < value < _SHORT_MONTH:
        return "<0.1"
    return f"{value:,.1f}" if value < _FEW * _FEW else f"{value:,.0f}"


def reached(found: Quotient, text: _Text) -> str:
    """When something is reached: a number, '≥ X' where the interval has no end, or 'never'."""
    if found.never:
        return NEVER
    if found.unbounded:
        return f"≥ {text(found.low)}" if found.low else CANNOT_TELL
    return NEVER if found.estimate is None else text(found.estimate)


def reached_span(found: Quotient, text: _Text) -> str:
    """From where to where; a dash where there are not two ends."""
    if found.low is None or found.high is None:
        return NOTHING
    return f"{text(found.low)}{NOTHING}{text(found.high)}"


def amount_span(interval: Range | None, factor: float = 1.0) -> str:
    """The interval of an amount, both ends with the decimals of the larger one."""
    if interval is None:
        return NOTHING
    low, high = interval.low * factor, interval.high * factor
    decimals = _decimals(high)
    return f"{low + 0.0:,.{decimals}f}{NOTHING}{high:,.{decimals}f}"


def signed_span(interval: Range | None, factor: float = 1.0) -> str:
    """The interval of a difference: '[-0.0012, +0.0300]'."""
    if interval is None:
        return NOTHING
    low, high = interval.low * factor, interval.high * factor
    decimals = _decimals(max(abs(low), abs(high)))
    return f"[{low:+,.{decimals}f}, {high:+,.{decimals}f}]"
