"""The arms of a suite in, what their models cost out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime

from harness.errors import UsageError
from harness.store.prices.find import price_key, price_of_model
from harness.store.suite import Suite
from harness.text.wording import listing
from harness.values.arm import ResolvedArm
from harness.values.price import Price


def arm_price(suite: Suite, arm: ResolvedArm, day: date | None = None) -> Price | None:
    """What the model of an arm costs on a day (today), None where it is unknown.

    A model that any arm's training has made is a tuned one, whatever it is called: a deployment
    may bear the name of a base. A classical arm has no model that could cost something.

    Raises:
        DataError: a packaged table of prices is broken.
    """
    if arm.classical:
        return None
    return price_of_model(
        arm.model,
        suite.settings,
        endpoint=arm.endpoint,
        day=day or datetime.now(UTC).date(),
        base=_base(suite, arm),
    )


def prices_of(
    suite: Suite, arms: Iterable[ResolvedArm], recorded: Mapping[str, tuple[str, ...]]
) -> dict[str, Price]:
    """The known prices of a run by ENDPOINT/MODEL, those of the last day of their replies.

    `recorded` are the days (ISO 8601) on which the replies of an arm were recorded; an arm without
    any is asked today. So the same recordings cost the same on every day. A name that stands for
    models of several prices, as a base and one that was tuned from it, has none.
    """
    by_model: dict[str, list[ResolvedArm]] = {}
    for arm in arms:
        by_model.setdefault(price_key(arm.endpoint, arm.model), []).append(arm)
    found = {}
    for key, same in by_model.items():
        day = _last_day(same, recorded)
        prices = {arm_price(suite, arm, day) for arm in same}
        found[key] = prices.pop() if len(prices) == 1 else None
    return {key: price for key, price in found.items() if price is not None}


def budget_prices(
    suite: Suite, arms: Iterable[ResolvedArm], currency: str | None = None
) -> dict[str, Price]:
    """The prices, by name, of arms that a budget of money is to hold; `currency` is the budget's.

    Raises:
        UsageError: one is unknown, which is never nothing, or they are in other currencies.
    """
    prices = {arm.name: (arm.model, arm_price(suite, arm)) for arm in arms}
    unknown = sorted({model for model, price in prices.values() if price is None})
    if unknown:
        raise UsageError(
            f"a budget of money needs a price for {', '.join(unknown)}: add "
            f'[prices."{unknown[0]}"] with input and output (money per million tokens) or '
            "per_hour, and with as_of and source, to harness.toml"
        )
    known = {name: price for name, (_, price) in prices.items() if price is not None}
    currencies = sorted({price.currency for price in known.values()})
    if len({*currencies, currency or currencies[0]} if currencies else ()) > 1:
        raise UsageError(
            f"a budget of money is in one currency{f' ({currency})' if currency else ''}, and "
            f"these arms are priced in {listing(currencies)}: set a budget in the currency of the "
            "prices, choose arms with --arm, or set a budget of tokens"
        )
    return known


def _last_day(arms: Iterable[ResolvedArm], recorded: Mapping[str, tuple[str, ...]]) -> date | None:
    """The last of the days on which all were recorded; None where one is asked now."""
    days = [max(recorded.get(arm.name, ()), default="") for arm in arms]
    return None if "" in days else date.fromisoformat(max(days))


def _base(suite: Suite, arm: ResolvedArm) -> str:
    """The model that this arm's was tuned from; empty where it was not."""
    own = suite.trainings.get(arm.training or "")
    if own is not None:
        return own.base
    for other in suite.arms.values():
        if (other.endpoint, other.model) == (arm.endpoint, arm.model):
            training = suite.trainings.get(other.training or "")
            if training is not None and training.model == arm.model:
                return training.base
    return ""
