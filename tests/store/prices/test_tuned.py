"""The packaged table of tuning prices: complete, dated, and what it says of a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import DataError
from harness.store.prices.tuned import (
    AZURE,
    read_tuning_prices,
    shutdown_of,
    tuned_price,
    tuning_price_of,
)
from harness.values.tuning_price import TuningPrice

PRICES = read_tuning_prices()


def test_every_row_has_a_day_a_source_and_a_shutdown() -> None:
    """Tuned models cost more to ask than their cached input, and all of these end."""
    assert len(PRICES) == 5
    for price in PRICES.values():
        assert price.as_of == "2026-11-21"
        assert price.source
        assert price.shutdown
        assert price.cached < price.input < price.output


@pytest.mark.parametrize(
    ("model", "day"),
    [
        ("gpt-4o-mini-2024-07-18", "2027-01-14"),
        ("ft:gpt-4o-mini-2024-07-18:org::id", "2027-01-14"),
        ("ft:gpt-4.1-nano-2025-04-14:org:name:id", "2026-10-23"),
        ("gpt-4.1", "2027-01-14"),
        ("gpt-4o-2099-01-01", None),
        ("gpt-6-luna", None),
        ("ft:", None),
    ],
)
def test_a_tuned_model_ends_with_its_base(model: str, day: str | None) -> None:
    """A name without a date is the dated one; of an unknown model nothing is known."""
    assert shutdown_of(model, PRICES) == day


def test_an_ambiguous_name_has_no_price() -> None:
    """Two dates of one model may cost differently."""
    one = TuningPrice(as_of="2026-11-21", source="test", training=1.0)
    two = TuningPrice(as_of="2026-11-21", source="test", training=2.0)
    assert tuning_price_of("m", {"m-2025-01-01": one, "m-2026-01-01": two}) is None
    assert tuning_price_of("m", {"m-2025-01-01": one}) == one


def test_a_row_without_a_source_is_refused(tmp_path: Path) -> None:
    """The message names the line and the key."""
    path = tmp_path / "prices.toml"
    path.write_text('[models.m]\nas_of = "2026-11-21"\ntraining = 3\n')
    with pytest.raises(DataError, match=r"prices\.toml:1: .*source"):
        read_tuning_prices(path)


def test_every_row_of_azure_has_a_day_a_source_and_hosting() -> None:
    """Tokens cost what the base's do; the fee of a deployment stands beside them."""
    rows = read_tuning_prices(AZURE)
    assert len(rows) == 3
    for row in rows.values():
        assert (row.as_of, row.hosting, row.training) == ("2026-03-01", 1.7, None)
        assert row.source
        assert row.cached < row.input < row.output


def test_a_row_without_a_day_is_refused(tmp_path: Path) -> None:
    """A price of no day is no price."""
    path = tmp_path / "prices.toml"
    path.write_text('[models.m]\nsource = "a page"\ninput = 3\n')
    with pytest.raises(DataError, match=r"prices\.toml:1: models\.m\.as_of is missing"):
        read_tuning_prices(path)


def test_what_no_table_has_is_unknown() -> None:
    """Of a provider without a table, or a model without a row, nothing is known."""
    assert tuned_price("gpt-4.1-mini", "mistral") is None
    assert tuned_price("gpt-6-luna", "openai") is None
