"""An arm and what is assumed in, whose price its tokens are paid at out."""

from __future__ import annotations

from typing import NamedTuple

from harness.analysis.cost.prices import batched
from harness.errors import UsageError
from harness.store.prices.named import named_price
from harness.values.price import Price
from harness.values.run import ArmInfo
from harness.values.scenario import Scenario, TrainingPrice
from harness.workflows.cost.question import Question
from harness.workflows.cost.scenario_checks import PLACES, refuse_faulty


class Quote(NamedTuple):
    """A price, and the name of the model whose it is.

    `assumed` says that it is not that of the model which answered. `scenario` is the name of the
    one that says so, empty where none does, and `training` what it says of training. `unknown` says
    why there is no price, and what to do.
    """

    model: str
    price: Price | None
    assumed: bool = False
    scenario: str = ""
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
    tuned, name = about.kind == "fine_tuned", asked.what_if.name
    settings = asked.suite.settings
    refuse_faulty(settings, {name: scenario}, asked.today, tuned=tuned)
    model = (scenario.tuned if tuned else None) or scenario.prompted
    price = named_price(model, settings, asked.today)
    return Quote(model, price, assumed=True, scenario=name, training=scenario.training)
