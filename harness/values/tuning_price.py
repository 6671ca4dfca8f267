"""What tuning a hosted model costs, what asking the tuned one costs, and when it ends. Pure."""

from __future__ import annotations

from harness.values.price import Currency, Factor
from harness.values.table import Table, Text
from harness.values.training import Day, NotNegative


class TuningPrice(Table, frozen=True, kw_only=True):
    """Money per million tokens. None is unknown, never free.

    `training` is per trained token (rows x epochs); `input`, `cached` and `output` are those of the
    tuned model, `batch` the factor on them for tokens that are sent as a batch, `hosting` the price
    per hour of each deployment, asked or not. `training_source` stands where the price of training
    has a source of its own. `shutdown` is the day on which the model and all that were tuned from
    it stop answering.
    """

    as_of: Day
    source: Text
    training: NotNegative | None = None
    training_source: str = ""
    input: NotNegative | None = None
    cached: NotNegative | None = None
    output: NotNegative | None = None
    batch: Factor | None = None
    hosting: NotNegative | None = None
    shutdown: Day | None = None
    shutdown_source: str = ""
    currency: Currency = "USD"


class TuningPrices(Table, frozen=True, kw_only=True):
    """A table of prices by the full name of the model that is tuned."""

    models: dict[str, TuningPrice] = {}
