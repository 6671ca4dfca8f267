"""A tuned arm and a prompted one in, the volume and the time from which tuning pays out. Pure.

Sources (DOMAIN, "Break-even"): N* = K / (c_prompted - c_tuned) requests; at v requests a month
months* = K / (v * (c_prompted - c_tuned) - 720 * H) and the hosting alone is paid from 720 * H /
(c_prompted - c_tuned) requests a month. Where an error costs e, e * (accuracy of the tuned arm -
that of the prompted one) is added to the difference, case by case. All intervals are those of that
paired difference, carried through the formula.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from harness.analysis.comparison import MeanDifference
from harness.analysis.cost.arm import PricedArm, unseen_error
from harness.analysis.cost.mean import has_spread, paired_mean
from harness.analysis.cost.quotient import Quotient, divided
from harness.analysis.cost.terms import HOURS_PER_MONTH, Terms
from harness.analysis.difference import joint_groups

InTime = Literal["yes", "no", "cannot tell"]


class Investment(msgspec.Struct, frozen=True, kw_only=True):
    """What a tuned arm cost before its first request: K is `total`, None where it is unknown."""

    arm: str
    training: float | None
    labelling: float
    evaluation: float
    total: float | None
    currency: str
    basis: str


class PayBack(msgspec.Struct, frozen=True, kw_only=True):
    """A tuned arm against one that is not.

    `gain` is what a request saves, errors counted: prompted minus tuned. `hosting` is what the
    tuned one costs per hour more. `requests` is N* where nothing is hosted; with hosting it depends
    on the volume, and is that at the volume which was given. `months` need a volume. `from_volume`
    is in requests a month, None where nothing is hosted. `in_time` says whether the months are over
    before the horizon and the last day of the model. `unknown` says why there are no numbers.
    """

    tuned: str
    prompted: str
    gain: MeanDifference | None = None
    hosting: float = 0.0
    requests: Quotient | None = None
    months: Quotient | None = None
    from_volume: Quotient | None = None
    in_time: InTime | None = None
    unknown: str = ""


def investment(arm: PricedArm, terms: Terms) -> Investment:
    """K of a tuned arm: its training, and what was spent on labels and on evaluation."""
    spending = arm.spending
    training = spending.training if spending else None
    basis = spending.basis if spending else "nothing is known of its training"
    currency = spending.currency if spending else ""
    total = None if training is None else training + terms.labelling + terms.evaluation
    if total is not None and arm.currency and currency not in ("", arm.currency):
        total = None
        basis += f"; that is in {currency}, and requests are paid in {arm.currency}"
    return Investment(
        arm=arm.name,
        training=training,
        labelling=terms.labelling,
        evaluation=terms.evaluation,
        total=total,
        currency=currency or arm.currency,
        basis=basis,
    )


def pay_back(
    tuned: PricedArm,
    prompted: PricedArm,
    spent: Investment,
    terms: Terms,
    months_left: float | None = None,
) -> PayBack:
    """When tuning pays against a prompted arm on the same cases.

    `months_left` is until the horizon or the last day of the tuned model, None where neither is
    known.
    """
    pair = PayBack(tuned=tuned.name, prompted=prompted.name)
    before, after = tuned.burden(terms.error_cost), prompted.burden(terms.error_cost)
    if before is None or after is None:
        lacking = [arm.name for arm in (tuned, prompted) if arm.costs is None]
        return _unknown(pair, f"what a request to {' and '.join(lacking)} costs")
    currencies = sorted({arm.currency for arm in (tuned, prompted) if arm.currency})
    if len(currencies) > 1:
        return _unknown(pair, f"a rate between {' and '.join(currencies)}")
    groups = joint_groups(tuned.side, prompted.side)
    unseen = unseen_error(terms, tuned.correct - prompted.correct)
    gain = paired_mean(before, after, groups, unseen=unseen)
    if gain is None:
        return _unknown(pair, "a case that both arms answered")
    hosting = tuned.hosting - prompted.hosting
    if not has_spread(before, after, groups):
        pair = msgspec.structs.replace(pair, gain=gain, hosting=hosting)
        return _unknown(pair, "what it saves on more than one case or group")
    found = msgspec.structs.replace(
        pair,
        gain=gain,
        hosting=hosting,
        from_volume=_over(HOURS_PER_MONTH * hosting, gain) if hosting > 0 else None,
        unknown="" if spent.total is not None else "what its training cost",
    )
    return found if spent.total is None else _paid(found, gain, spent.total, terms, months_left)


def _unknown(pair: PayBack, what: str) -> PayBack:
    return msgspec.structs.replace(pair, unknown=what)


def _paid(
    found: PayBack, gain: MeanDifference, total: float, terms: Terms, months_left: float | None
) -> PayBack:
    standing = HOURS_PER_MONTH * found.hosting
    if terms.volume is None:
        requests = None if standing else _over(total, gain)
        return msgspec.structs.replace(found, requests=requests)
    months = _over(total, gain, scale=terms.volume, less=standing)
    return msgspec.structs.replace(
        found,
        requests=_times(months, terms.volume),
        months=months,
        in_time=None if months_left is None else in_time(months, months_left),
    )


def in_time(months: Quotient, left: float) -> InTime:
    """Whether the time to pay back is over within the months that are left."""
    if months.never or left <= 0:
        return "no"
    ends = (months.estimate, months.estimate) if months.low is None else (months.low, months.high)
    low, high = ends
    if low is not None and low > left:
        return "no"
    return "yes" if high is not None and high <= left else "cannot tell"


def _over(
    amount: float, gain: MeanDifference, *, scale: float = 1.0, less: float = 0.0
) -> Quotient:
    """The amount over scale * gain - less, with the interval of the gain."""
    interval = gain.interval
    return divided(
        amount,
        scale * gain.estimate - less,
        None if interval is None else scale * interval.low - less,
        None if interval is None else scale * interval.high - less,
    )


def _times(quotient: Quotient, factor: float) -> Quotient:
    ends = (quotient.estimate, quotient.low, quotient.high)
    return Quotient(*(None if end is None else end * factor for end in ends))
