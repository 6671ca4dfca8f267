"""The tables of a training file's statistics."""

from __future__ import annotations

from functools import partial

import pytest

from harness.reports.data_stats import estimate_table, money, stats_tables
from harness.training.estimate import estimate
from harness.training.stats import gather
from harness.values.example import Example, Turn
from harness.values.training import Spent
from harness.values.tuning_price import TuningPrice

PRICE = TuningPrice(as_of="2026-11-21", source="a list", training=5.0)
CHAT = Example(messages=(Turn("user", "hello"), Turn("assistant", "yes")))


def test_a_chat_file_has_five_tables() -> None:
    """Lengths, shapes, roles, labels, and what tuning takes."""
    taken = partial(estimate, vocabulary="letters", limit=20)
    stats = gather("f", [("chat", CHAT)] * 4, len, limit=20, estimate=taken)
    titles = [table.title for table in stats_tables(stats)]
    assert titles == [
        "Lengths of 4 rows",
        "Rows by shape",
        "Messages by role",
        "Rows by label",
        "What tuning takes",
    ]
    lengths = stats_tables(stats)[0]
    assert lengths.rows[2] == ("tokens learned", "3", "3", "3", "3", "3", "3", "12")
    assert "4 rows longer than 20 tokens." in lengths.notes


def test_the_estimate_is_money_with_its_day_or_unknown() -> None:
    """133,500 tokens at 5 dollars a million."""
    known = estimate_table(estimate([89] * 500, vocabulary="v", price=PRICE, rate=100))
    cells = dict(known.rows)
    assert cells["trained tokens"] == "133,500"
    assert (cells["cost"], cells["time"]) == ("$0.67", "22:15")
    assert known.notes == ("Price of 2026-11-21; source: a list.",)
    unknown = dict(estimate_table(estimate([89], vocabulary="v")).rows)
    assert (unknown["cost"], unknown["time"]) == ("unknown", "unknown")


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (0.4, "USD", "$0.40"),
        (0.001, "USD", "<$0.01"),
        (0, "USD", "$0.00"),
        (1234.5, "EUR", "1,234.50 EUR"),
    ],
)
def test_money(amount: float, currency: str, shown: str) -> None:
    """Cents, never rounded to nothing."""
    assert money(Spent(amount=amount, as_of="2026-11-21", source="s", currency=currency)) == shown
