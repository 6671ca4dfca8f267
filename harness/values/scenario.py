"""[scenarios.NAME] of harness.toml: whose prices the same tokens might be paid at. Pure."""

from __future__ import annotations

from harness.values.price import Amount, Currency
from harness.values.table import Table, Text
from harness.values.training import Day


class TrainingPrice(Table, frozen=True, kw_only=True):
    """What a training costs: an `amount` in all, or money `per_million` trained tokens."""

    as_of: Day
    source: Text
    currency: Currency = "USD"
    per_million: Amount | None = None
    amount: Amount | None = None


class Scenario(Table, frozen=True, kw_only=True):
    """Prices that arms are costed at instead of those of the models that answered.

    `title` says in words what it is; without one its name has to do.
    `prompted` and `tuned` (by default the same) name a price: of [prices], or PROVIDER/MODEL of a
    hosted model, which is PROVIDER/ft:MODEL for one tuned from it. Without `training` a training
    costs what that provider's dated table says, or the hours that it took at `per_hour`. With
    `batch` all requests are sent as batches.
    """

    prompted: Text
    title: Text | None = None
    tuned: Text | None = None
    training: TrainingPrice | None = None
    batch: bool = False
