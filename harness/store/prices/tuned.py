"""The packaged tables of tuning prices in, prices and shutdown dates by model out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from harness.errors import DataError, Problem
from harness.store.toml import read_toml
from harness.text.tokens import base_of
from harness.values.price import Price
from harness.values.tuning_price import TuningPrice, TuningPrices

PACKAGED = Path(__file__).with_name("openai.toml")
AZURE = Path(__file__).with_name("azure.toml")

_TABLES: Mapping[str, Path] = {"openai": PACKAGED, "azure": AZURE}
_DATE = re.compile(r"-[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_AZURE_MARK = ".ft-"


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


def tuning_price_of(model: str, prices: Mapping[str, TuningPrice]) -> TuningPrice | None:
    """The price of a base model or of one tuned from it; None where it is unknown.

    A name without a date is the model of the table that differs from it by the date alone.
    """
    name = tuned_from(model)
    if name in prices:
        return prices[name]
    dated = [price for known, price in prices.items() if _DATE.sub("", known) == name]
    return dated[0] if len(dated) == 1 else None


def shutdown_of(model: str, prices: Mapping[str, TuningPrice]) -> str | None:
    """The day (ISO 8601) on which a model stops answering: a tuned one ends with its base."""
    price = tuning_price_of(model, prices)
    return price.shutdown if price else None


def tuned_from(model: str) -> str:
    """The base that a tuned model's name says, at OpenAI or Azure; any other name as it is."""
    return base_of(model).split(_AZURE_MARK)[0]


def names_tuned(model: str) -> bool:
    """Whether a model's name says that it was tuned, as OpenAI's and Azure's names do."""
    return model.startswith("ft:") or _AZURE_MARK in model


def tuned_price(model: str, provider: str) -> Price | None:
    """What a model tuned from `model` costs to ask at 'openai' or 'azure'; None where unknown.

    `model` is the base or the tuned model's own name, if that names the base.
    """
    table = _TABLES.get(provider)
    row = tuning_price_of(model, read_tuning_prices(table)) if table else None
    if row is None or row.input is None or row.output is None:
        return None
    return Price(
        as_of=row.as_of,
        source=row.source,
        currency=row.currency,
        input=row.input,
        output=row.output,
        cached=row.cached,
        batch=row.batch,
        hosting=row.hosting,
    )
