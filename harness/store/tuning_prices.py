"""The packaged table of tuning prices in, prices and shutdown dates by model out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from harness.errors import DataError, Problem
from harness.store.toml import read_toml
from harness.text.tokens import base_of
from harness.values.tuning_price import TuningPrice, TuningPrices

PACKAGED = Path(__file__).with_name("prices") / "tuning.toml"

_DATE = re.compile(r"-[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


@lru_cache(maxsize=8)
def read_tuning_prices(path: Path = PACKAGED) -> Mapping[str, TuningPrice]:
    """Prices by the full name of the base model, each with its day and source.

    Raises:
        DataError: with all problems of the file.
    """
    problems: list[Problem] = []
    table = read_toml(path, TuningPrices, problems)
    if problems or table is None:
        raise DataError(problems)
    return table.models


def price_of(model: str, prices: Mapping[str, TuningPrice]) -> TuningPrice | None:
    """The price of a base model or of one tuned from it; None where it is unknown.

    A name without a date is the model of the table that differs from it by the date alone.
    """
    name = base_of(model)
    if name in prices:
        return prices[name]
    dated = [price for known, price in prices.items() if _DATE.sub("", known) == name]
    return dated[0] if len(dated) == 1 else None


def shutdown_of(model: str, prices: Mapping[str, TuningPrice]) -> str | None:
    """The day (ISO 8601) on which a model stops answering: a tuned one ends with its base."""
    price = price_of(model, prices)
    return price.shutdown if price else None
