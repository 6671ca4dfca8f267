"""What arms cost in, from which volume on tuning is cheaper out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.analysis.advice.advice import Advice
from harness.analysis.cost.costed import Costed
from harness.analysis.cost.pay_back import PayBack
from harness.analysis.cost.quotient import Quotient
from harness.analysis.interval import MIN_CLUSTERS
from harness.text.wording import listing

_MILLION = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Volume:
    """What arms cost at the prices of their models, and in each scenario of harness.toml."""

    suite: str
    own: Costed
    scenarios: Sequence[Costed] = ()


def volume_advice(seen: Volume) -> list[Advice]:
    """For every tuned arm against the prompted ones; nothing where nothing was tuned."""
    found = []
    for spent in seen.own.investments:
        pairs = _pairs(seen.own, spent.arm)
        if pairs:
            found += _arm(seen, pairs)
    return found


def _pairs(costs: Costed, tuned: str) -> list[PayBack]:
    """A tuned arm against every prompted one."""
    prompted = {arm.name for arm in costs.arms if arm.kind in ("zero_shot", "few_shot")}
    return [pair for pair in costs.pay_backs if pair.tuned == tuned and pair.prompted in prompted]


def _arm(seen: Volume, pairs: Sequence[PayBack]) -> list[Advice]:
    suite = seen.suite
    tuned = pairs[0].tuned
    known = [pair for pair in pairs if not pair.unknown and _asked(pair) is not None]
    if not known:
        return [_unknown(seen, pairs)]
    if seen.own.clusters < min(MIN_CLUSTERS, seen.own.cases):
        return [_too_few(seen, known)]
    sure = [pair for pair in known if _ends(pair)]
    never = [pair for pair in known if _is_never(pair)]
    rest = [pair for pair in known if pair not in sure and pair not in never]
    found = []
    if sure:
        against = listing(pair.prompted for pair in sure)
        found.append(
            Advice(
                rule="pays-back",
                status="fine",
                says=f"{tuned} is cheaper than {against} once the requests below are exceeded.",
                evidence=(_sentence(sure),),
                next_step=f"harness cost {suite} --volume N (your requests a month)",
            )
        )
    if never:
        against = listing(pair.prompted for pair in never)
        found.append(
            Advice(
                rule="never-pays-back",
                status="fine",
                says=f"{tuned} is never cheaper than {against}: a request costs no less. Use it "
                "for its answers, or not at all.",
                evidence=(_sentence(never),),
            )
        )
    if rest:
        against = listing(pair.prompted for pair in rest)
        found.append(
            Advice(
                rule="pay-back-unclear",
                status="cannot_tell",
                says=f"Whether {tuned} is ever cheaper than {against}: what a request saves cannot "
                "be told from nothing.",
                evidence=(_sentence(rest),),
                next_step=f"harness cost {suite}",
            )
        )
    return found


def _too_few(seen: Volume, pairs: Sequence[PayBack]) -> Advice:
    """An interval of few groups is rough, here as everywhere."""
    against = listing(pair.prompted for pair in pairs)
    return Advice(
        rule="pay-back-unclear",
        status="cannot_tell",
        says=f"Whether {pairs[0].tuned} is ever cheaper than {against}: too few groups, "
        f"{seen.own.clusters:,} in all, to decide anything.",
        evidence=(_sentence(pairs),),
        next_step="add groups of cases",
    )


def _unknown(seen: Volume, pairs: Sequence[PayBack]) -> Advice:
    tuned = pairs[0].tuned
    unpriced = dict.fromkeys(arm.model for arm in seen.own.arms if arm.unknown and not arm.free)
    lacking = (
        f"what a request to {listing(unpriced)} costs"
        if unpriced
        else listing(dict.fromkeys(pair.unknown or "what it saves" for pair in pairs))
    )
    prices = [f'[prices."{model}"]' for model in unpriced]
    step = f"harness cost {seen.suite}"
    return Advice(
        rule="price-unknown",
        status="cannot_tell",
        says=f"When {tuned} pays back cannot be told: it is not known {lacking}.",
        evidence=tuple(_scenario(costs, tuned) for costs in seen.scenarios),
        next_step=f"give {listing(prices)} in harness.toml, then {step}"
        if prices
        else f"{step} says what to add",
    )


def _scenario(costs: Costed, tuned: str) -> str:
    """What would be at the prices of others: the tokens are those that were recorded."""
    lines = [_line(pair) for pair in _pairs(costs, tuned) if _asked(pair) is not None]
    said = "; ".join(lines) or "unknown"
    return f'As if "{costs.basis}": {said}.'


def _asked(pair: PayBack) -> Quotient | None:
    """Requests to pay back, or, where something is hosted, the requests a month to cover that."""
    return pair.requests if pair.requests is not None else pair.from_volume


def _ends(pair: PayBack) -> bool:
    """Whether a number is known up to which it has paid: the interval has an end, or no width."""
    asked = _asked(pair)
    return asked is not None and asked.estimate is not None and not asked.unbounded


def _is_never(pair: PayBack) -> bool:
    asked = _asked(pair)
    return asked is not None and asked.never


def _sentence(pairs: Sequence[PayBack]) -> str:
    hosted = any(pair.requests is None and pair.from_volume is not None for pair in pairs)
    what = "Worth its hosting" if hosted else "Pays back after"
    return f"{what}: {'; '.join(map(_line, pairs))}."


def _line(pair: PayBack) -> str:
    """As '1,908 requests [1,902, 1,913] against few_shot', or 'from … requests a month …'."""
    asked = _asked(pair)
    if asked is None or asked.never:
        return f"never against {pair.prompted}"
    start, unit = ("", "") if pair.requests is not None else ("from ", " a month")
    if asked.unbounded:
        least = f"{start}at least {_number(asked.low)} requests{unit}"
        return f"{least}, or never, against {pair.prompted}"
    span = "" if asked.low is None else f" [{_number(asked.low)}, {_number(asked.high)}]"
    return f"{start}{_number(asked.estimate)} requests{unit}{span} against {pair.prompted}"


def _number(value: float | None) -> str:
    """A number of requests; millions are not counted one by one."""
    count = value or 0.0
    return f"{count / _MILLION:,.2f}M" if count >= _MILLION else f"{count:,.0f}"
