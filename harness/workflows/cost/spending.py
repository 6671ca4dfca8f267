"""A training and the price of its model in, what was spent on it out, with how that is known."""

from __future__ import annotations

from harness.analysis.cost.arm import Spending
from harness.store.prices.named import named_tuning
from harness.store.prices.tuned import read_tuning_prices, tuning_price_of
from harness.store.scenarios import MOST_IN_ALL
from harness.values.price import PER_MILLION, SECONDS_PER_HOUR, Currency
from harness.values.scenario import TrainingPrice
from harness.values.training import Spent, Training
from harness.values.tuning_price import TuningPrice
from harness.workflows.cost.quotes import Quote

OPENAI = "openai"


def spending_of(training: Training | None, found: Quote) -> Spending:
    """What a training cost, or would cost at the price that is assumed.

    What the record of the training says was paid goes first at the prices that were paid, and is
    nothing to go by where others are assumed.
    """
    if training is None:
        return _unknown("there is no record of its training")
    if found.training is not None:
        return _declared(found.training, training)
    if not found.assumed and training.spent is not None:
        return _recorded(training.spent)
    if found.price is not None and found.price.per_hour is not None:
        return _by_the_hour(training, found.price.per_hour, found.price.currency)
    row = _row(training, found)
    if row is None or row.training is None:
        return _unknown(f"no price of training {found.model} is known; {_step(found)}")
    source = row.training_source or row.source
    return _by_token(training, row.training, row.currency, f"{source}, as of {row.as_of}")


def _step(found: Quote) -> str:
    if not found.assumed:
        return "write what was paid as [spent] into the record of the training"
    where = f"[scenarios.{found.scenario or 'NAME'}.training]"
    return f"what was paid is no price there: write amount or per_million as {where}"


def _recorded(spent: Spent) -> Spending:
    if spent.amount > MOST_IN_ALL:
        return _unknown(f"its record says {spent.amount:g}, which no training costs")
    basis = f"as its record says ({spent.source}, as of {spent.as_of})"
    return Spending(training=spent.amount, basis=basis, currency=spent.currency)


def _row(training: Training, found: Quote) -> TuningPrice | None:
    if found.assumed:
        return named_tuning(found.model)
    hosted = training.provider == OPENAI
    return tuning_price_of(training.base, read_tuning_prices()) if hosted else None


def _declared(price: TrainingPrice, training: Training) -> Spending:
    source = f"{price.source}, as of {price.as_of}"
    if price.per_million is not None:
        return _by_token(training, price.per_million, price.currency, source)
    return Spending(training=price.amount, basis=source, currency=price.currency)


def _by_token(training: Training, per_million: float, currency: Currency, source: str) -> Spending:
    tokens = training.trained_tokens
    if tokens is None:
        return _unknown("its record has no trained_tokens, which are paid for")
    basis = f"{tokens:,} trained tokens at {per_million:.2f} {currency} per million ({source})"
    return Spending(training=tokens * per_million / PER_MILLION, basis=basis, currency=currency)


def _by_the_hour(training: Training, per_hour: float, currency: Currency) -> Spending:
    if training.seconds is None:
        return _unknown("its record has no seconds, which a machine is paid by")
    hours = training.seconds / SECONDS_PER_HOUR
    basis = f"{training.seconds / 60:,.1f} minutes of training at {per_hour:g} {currency} per hour"
    return Spending(training=hours * per_hour, basis=basis, currency=currency)


def _unknown(reason: str) -> Spending:
    return Spending(training=None, basis=reason)
