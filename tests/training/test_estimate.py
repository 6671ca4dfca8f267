"""What a tuning takes: OpenAI's rule for epochs, billed tokens, money, time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.store.prices.tuned import read_tuning_prices, tuning_price_of
from harness.training.estimate import default_epochs, estimate
from harness.values.tuning_price import TuningPrice

UNPRICED = TuningPrice(as_of="2026-11-21", source="nobody", input=1.0)


@pytest.mark.parametrize(
    ("rows", "epochs"),
    [(0, 3), (1, 25), (4, 25), (5, 20), (33, 3), (34, 3), (8333, 3), (8334, 2), (25_001, 1)],
)
def test_epochs_follow_the_cookbook(rows: int, epochs: int) -> None:
    """The numbers of its rule, at and beside its limits."""
    assert default_epochs(rows) == epochs


@pytest.mark.parametrize(("model", "cost"), [("gpt-4o-mini", 0.40), ("gpt-4.1-mini", 0.67)])
def test_the_worked_example(model: str, cost: float) -> None:
    """500 rows of 89 tokens are 133,500 trained tokens in 3 epochs: $0.40 and $0.67."""
    price = tuning_price_of(model, read_tuning_prices())
    found = estimate([89] * 500, vocabulary="o200k_base", price=price)
    assert found.tokens * found.epochs == 133_500
    assert found.spent is not None
    assert round(found.spent.amount, 2) == cost
    assert found.spent.as_of == "2026-11-21"


def test_a_second_hand_price_says_so() -> None:
    """The source of the training price goes before that of the row."""
    price = tuning_price_of("gpt-4.1-mini", read_tuning_prices())
    found = estimate([89], vocabulary="o200k_base", price=price)
    assert found.spent is not None
    assert found.spent.source.startswith("second-hand")


@pytest.mark.parametrize("price", [None, UNPRICED])
def test_what_is_unknown_is_never_nought(price: TuningPrice | None) -> None:
    """No price and no rate: neither money nor time."""
    found = estimate([89] * 500, vocabulary="o200k_base", price=price)
    assert (found.spent, found.seconds) == (None, None)


@given(st.lists(st.integers(0, 9_000), max_size=50), st.integers(1, 5_000), st.integers(1, 9))
def test_cut_rows_are_billed_up_to_the_limit(lengths: list[int], limit: int, epochs: int) -> None:
    """The sum of min(limit, length); a rate makes it seconds."""
    found = estimate(lengths, vocabulary="local", epochs=epochs, limit=limit, rate=100.0)
    assert found.tokens == sum(min(limit, length) for length in lengths)
    assert found.truncated == len([length for length in lengths if length > limit])
    assert found.seconds == pytest.approx(found.tokens * epochs / 100)
    assert found.tokens <= estimate(lengths, vocabulary="local").tokens
