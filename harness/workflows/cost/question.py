"""What is asked about the money of a suite's arms, checked to mean something."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from harness.analysis.cost.terms import Terms
from harness.errors import UsageError
from harness.store.suite import Suite
from harness.workflows.cost.what_if import WhatIf

MOST = 1e12
"""Money, requests a month or months: more was meant otherwise, and is no plan."""

LEAST = 1e-6
"""Requests a month or months: likewise."""


class Question(NamedTuple):
    """The suite, what is assumed, and the day on which prices and last days are looked up."""

    suite: Suite
    terms: Terms
    today: date
    what_if: WhatIf = WhatIf()


def checked(terms: Terms) -> Terms:
    """The same terms. Raises UsageError for a number that cannot mean anything."""
    amounts = {
        "error cost": terms.error_cost,
        "labelling": terms.labelling,
        "evaluation": terms.evaluation,
    }
    for name, value in amounts.items():
        if not 0 <= value <= MOST:
            raise UsageError(f"{name} is an amount of money from 0 to {MOST:g}, not {value:g}")
    for name, number in (("volume", terms.volume), ("horizon", terms.horizon)):
        if number is not None and not LEAST <= number <= MOST:
            unit = "requests a month" if name == "volume" else "months"
            raise UsageError(
                f"{name} is a number of {unit} from {LEAST:g} to {MOST:g}, not {number:g}"
            )
    return terms
