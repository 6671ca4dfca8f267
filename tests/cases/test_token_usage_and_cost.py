"""Real usage blocks and bills (case 19): tokens by shape, our price of them, what was billed."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from harness.providers.usage import SHAPES, normalise
from harness.store.prices.catalogue import catalogue_price
from harness.values.price import cost
from harness.values.reply import Usage

FOLDER = "19_token_usage_and_cost"
THEN = date(2026, 8, 21)
"""The day of the prices that the case's own amounts were made with."""

NO_TEXT = ("audio", "image")
CHANGED = "gpt-5.6-sol"
"""Its list price was corrected in the catalogue after the case was made."""

FREE = "google/gemini-2.0-flash-exp:free"
"""0 for the case; a model without any price is unknown to us, and never free."""


@pytest.fixture(scope="module")
def rows(cases_folder: Path) -> list[dict[str, Any]]:
    return list(map(json.loads, (cases_folder / FOLDER / "usages.jsonl").read_text().splitlines()))


@pytest.fixture(scope="module")
def expected(cases_folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((cases_folder / FOLDER / "expected.json").read_text())
    return found


def used(row: dict[str, Any]) -> Usage:
    return normalise(row["shape"], row["usage"])


def listed(row: dict[str, Any]) -> float | None:
    """What the case says that the tokens cost; None where it has no price."""
    parts = row["expected_input_price_usd"], row["expected_output_price_usd"]
    return None if None in parts else math.fsum(map(float, parts))


def ours(row: dict[str, Any], day: date) -> float | None:
    price = catalogue_price(row["provider"], row["model"], day)
    return None if price is None else cost(used(row), price)


def same(left: float | None, right: float | None) -> bool:
    return left is not None and right is not None and math.isclose(left, right, abs_tol=1e-9)


@pytest.mark.cases
@pytest.mark.parametrize("shape", SHAPES)
def test_tokens_of_every_shape(rows, expected, shape: str) -> None:
    """Input and output sum to the published figures; 1,555 rows, 61 of them with cache reads."""
    mine = [used(row) for row in rows if row["shape"] == shape]
    wanted = expected["by_shape"][shape]
    assert len(mine) == wanted["rows"]
    assert sum(usage.input for usage in mine) == wanted["input_tokens"]
    assert sum(usage.output for usage in mine) == wanted["output_tokens"]
    assert len(rows) == expected["rows"]
    assert sum(used(row).cached > 0 for row in rows) == expected["rows_with_cache_read_tokens"]


@pytest.mark.cases
def test_text_costs_what_the_case_says(rows) -> None:
    """1,006 of 1,020 rows of text alone; audio and images have prices that we do not read."""
    text = [
        row
        for row in rows
        if listed(row) is not None
        and not any(word in key for key in row["expected_usage"] for word in NO_TEXT)
    ]
    differ = [row["model"] for row in text if not same(ours(row, THEN), listed(row))]
    assert (len(text), len(differ)) == (1020, 14)
    assert set(differ) == {CHANGED, FREE}


@pytest.mark.cases
def test_anthropic_to_the_digit(rows, expected) -> None:
    """All 226 rows, caches included, sum to the published 6.76000345 USD."""
    total = math.fsum(
        ours(row, THEN) or math.nan for row in rows if row["shape"] == "anthropic_messages"
    )
    published = float(expected["by_shape"]["anthropic_messages"]["total_price_usd"])
    assert total == pytest.approx(published, rel=1e-12)


@pytest.mark.cases
def test_bills(rows, expected) -> None:
    """The bill is tokens x price on 31 of 36 rows; on the other five it is something else."""
    billed = [row for row in rows if "provider_billed_cost_usd" in row and listed(row) is not None]
    assert len(billed) == expected["rows_with_provider_billed_cost_and_price"]
    plain = [row for row in billed if same(listed(row), row["provider_billed_cost_usd"])]
    assert len(plain) == expected["of_which_equal_to_computed"]
    for row in plain:
        assert same(ours(row, THEN), row["provider_billed_cost_usd"]), row["model"]
    others = [row for row in billed if row not in plain]
    free = [row for row in others if row["provider_billed_cost_usd"] == 0]
    assert (len(others), len(free)) == (5, 2)
    for row in others:
        assert not same(ours(row, THEN), row["provider_billed_cost_usd"])
