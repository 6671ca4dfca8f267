"""An arm and what is assumed in, whose price its tokens are paid at out."""

from __future__ import annotations

from typing import NamedTuple

from harness.analysis.cost.prices import batched
from harness.errors import DataError, UsageError
from harness.store.prices.named import named_price
from harness.store.scenarios import scenario_problem
from harness.store.settings import SETTINGS_FILE
from harness.values.price import Price
from harness.values.run import ArmInfo
from harness.values.scenario import Scenario, TrainingPrice
from harness.workflows.cost.question import Question

PLACES = '[prices."{}"] in harness.toml, or PROVIDER/MODEL as in openai/gpt-4.1-mini'


class Quote(NamedTuple):
    """A price, and the name of the model whose it is.

    `assumed` says that it is not that of the model which answered. `training` is what a scenario
    says of it. `unknown` says why there is no price, and what to do.
    """

    model: str
    price: Price | None
    assumed: bool = False
    training: TrainingPrice | None = None
    unknown: str = ""


def quote(asked: Question, name: str, about: ArmInfo, own: Price | None) -> Quote:
    """The price of an arm's requests; `own` is that of the model that answered, where known.

    Raises:
        UsageError: nobody knows the price that the arm is to be given.
        DataError: nobody knows a price that the scenario names.
    """
    what_if = asked.what_if
    if about.kind == "classical":
        return Quote(about.model, None)
    if name in what_if.models:
        return Quote(what_if.models[name], _named(asked, name), assumed=True)
    if what_if.scenario is not None:
        return _of_scenario(asked, what_if.scenario, about)
    if own is None:
        reason = (
            f'no price of {about.model} is known; declare [prices."{about.model}"] in '
            "harness.toml, or assume another with --what-if"
        )
        return Quote(about.model, None, unknown=reason)
    return Quote(about.model, own)


def in_batches(found: Quote) -> Quote:
    """The same for requests that are sent as batches."""
    if found.price is None:
        return found
    price = batched(found.price)
    reason = (
        ""
        if price
        else f"no batch price of {found.model} is known; declare batch, the factor on its prices, "
        f'in [prices."{found.model}"] of harness.toml'
    )
    return found._replace(price=price, unknown=reason)


def _named(asked: Question, arm: str) -> Price:
    model = asked.what_if.models[arm]
    price = named_price(model, asked.suite.settings, asked.today)
    if price is None:
        raise UsageError(
            f"--what-if {arm}={model}: no price of {model!r} is known: it may be "
            f"{PLACES.format(model)}"
        )
    return price


def _of_scenario(asked: Question, scenario: Scenario, about: ArmInfo) -> Quote:
    tuned = about.kind == "fine_tuned" and scenario.tuned is not None
    key, model = ("tuned", scenario.tuned or "") if tuned else ("prompted", scenario.prompted)
    settings = asked.suite.settings
    price = named_price(model, settings, asked.today)
    path, name = settings.root / SETTINGS_FILE, asked.what_if.name
    if price is None:
        message, hint = f" = {model!r}: no such price is known", f"it may be {PLACES.format(model)}"
        raise DataError([scenario_problem(path, None, (name, key), message, hint)])
    if about.kind == "fine_tuned" and price.by_token and not tuned:
        message = f" has no price of a tuned model, which need not cost what {model} does"
        hint = f'write tuned = "PROVIDER/ft:MODEL", or tuned = "{model}" if it does'
        raise DataError([scenario_problem(path, None, (name,), message, hint)])
    return Quote(model, price, assumed=True, training=scenario.training)
