"""Arms with prices in, everything about their money out, as one value. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from harness.analysis.cost.arm import ArmCost, Ending, PricedArm, arm_cost
from harness.analysis.cost.pay_back import Investment, PayBack, investment, pay_back
from harness.analysis.cost.terms import DAYS_PER_MONTH, HOURS_PER_MONTH, Terms
from harness.values.case import Split


class Lifetime(msgspec.Struct, frozen=True, kw_only=True):
    """How long a tuned model is of use: until its last day or the horizon, whichever is first.

    `months` may be 0 or less for a model that is switched off. `per_request` is what a request
    costs with training and hosting spread over all requests of that time; None without a volume.
    """

    arm: str
    months: float
    ending: Ending | None
    per_request: float | None


class Costed(msgspec.Struct, frozen=True, kw_only=True):
    """What arms cost on the same cases, and when tuning pays.

    `scenario` is the name of the one whose prices these are, `basis` says in words what is assumed:
    both are empty at the prices of the models that answered. `clusters` is the number of
    independent cases or groups. `pay_backs` hold every tuned arm against every
    other kind of arm, in their order; `lifetimes` those tuned arms of which an end is known.
    """

    suite: str
    title: str
    split: Split
    scenario: str
    basis: str
    cases: int
    clusters: int
    terms: Terms
    arms: tuple[ArmCost, ...]
    investments: tuple[Investment, ...]
    pay_backs: tuple[PayBack, ...]
    lifetimes: tuple[Lifetime, ...]
    notes: tuple[str, ...] = ()

    def arm(self, name: str) -> ArmCost:
        """An arm by its name."""
        return next(arm for arm in self.arms if arm.name == name)

    def lifetime(self, arm: str) -> Lifetime | None:
        """That of a tuned arm; None where no end is known."""
        return next((found for found in self.lifetimes if found.arm == arm), None)


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a result says of itself; see Costed."""

    suite: str
    title: str
    split: Split
    scenario: str = ""
    basis: str = ""
    notes: tuple[str, ...] = ()


def costed(about: About, arms: Sequence[PricedArm], terms: Terms, today: date) -> Costed:
    """Everything about the money of some arms; all sides hold the same cases in the same order."""
    tuned = [arm for arm in arms if arm.kind == "fine_tuned"]
    others = [arm for arm in arms if arm.kind != "fine_tuned"]
    spent = {arm.name: investment(arm, terms) for arm in tuned}
    costs = {arm.name: arm_cost(arm, terms) for arm in arms}
    lives = {
        arm.name: _lifetime(costs[arm.name], spent[arm.name], arm, terms, today) for arm in tuned
    }
    first = arms[0].side
    return Costed(
        suite=about.suite,
        title=about.title,
        split=about.split,
        scenario=about.scenario,
        basis=about.basis,
        cases=len(first),
        clusters=len(first) if first.groups is None else len(set(first.groups.tolist())),
        terms=terms,
        arms=tuple(costs.values()),
        investments=tuple(spent.values()),
        pay_backs=tuple(
            pay_back(arm, other, spent[arm.name], terms, _months(lives[arm.name]))
            for arm in tuned
            for other in others
        ),
        lifetimes=tuple(life for life in lives.values() if life is not None),
        notes=about.notes,
    )


def _months(life: Lifetime | None) -> float | None:
    return None if life is None else life.months


def _lifetime(
    cost: ArmCost, spent: Investment, arm: PricedArm, terms: Terms, today: date
) -> Lifetime | None:
    """None where neither a horizon was given nor a last day is known."""
    ends = [] if terms.horizon is None else [terms.horizon]
    if arm.ending is not None:
        ends.append((arm.ending.day - today).days / DAYS_PER_MONTH)
    if not ends:
        return None
    months = min(ends)
    return Lifetime(
        arm=arm.name,
        months=months,
        ending=arm.ending if months < (terms.horizon or float("inf")) else None,
        per_request=_amortised(cost, spent, terms, months),
    )


def _amortised(cost: ArmCost, spent: Investment, terms: Terms, months: float) -> float | None:
    mean, total, volume = cost.per_request, spent.total, terms.volume
    if mean is None or total is None or volume is None or months <= 0:
        return None
    return mean.estimate + HOURS_PER_MONTH * cost.hosting / volume + total / (volume * months)
