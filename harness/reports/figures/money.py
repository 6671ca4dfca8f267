"""Money in, the texts of axes, labels and cells out. Pure."""

from __future__ import annotations

import math

REQUESTS = 1_000


def amount(value: float, currency: str = "") -> str:
    """Three digits of a sum: '0.0808 USD', '12.3 USD', '4,500 USD'; what is not 0 is never '0'."""
    if value == 0:
        return f"0 {currency}".rstrip()
    whole = math.floor(math.log10(abs(value)))
    digits = max(0, 2 - whole)
    shown = f"{value:,.{digits}f}"
    if "." in shown:
        shown = shown.rstrip("0").rstrip(".")
    return f"{shown} {currency}".rstrip()


def requests(value: float) -> str:
    """A number of requests, to three digits: '2,760', '45,100', '7.5M'."""
    if value <= 0:
        return "0"
    if value >= 1e6:  # noqa: PLR2004 - millions
        return f"{_three(value / 1e6):g}M" if value < 1e9 else f"{_three(value / 1e9):g}B"  # noqa: PLR2004
    return f"{_three(value):,.0f}" if value >= 1 else f"{_three(value):g}"


def _three(value: float) -> float:
    digits = 2 - math.floor(math.log10(value))
    return round(value, digits)
