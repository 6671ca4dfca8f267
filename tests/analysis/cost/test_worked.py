"""The worked table of the project's sources, to the digit; and what hosting takes."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from harness.values.price import Price

from .arms import (
    MINI_4O,
    MINI_4O_TUNED,
    MINI_41,
    MINI_41_AZURE,
    MINI_41_TUNED,
    TRAINED_TOKENS,
    worked,
)


class Row(NamedTuple):
    """What the table prints for a model, and the prices it follows from."""

    prompted: Price
    tuned: Price
    training: float
    k: float
    per_thousand: dict[str, float]
    requests: tuple[str, str, str]
    cached: float
    cached_requests: str


TABLE = {
    "4o-mini": Row(
        MINI_4O,
        MINI_4O_TUNED,
        3.00,
        0.40,
        {"tuned": 0.0303, "zero_shot": 0.0359, "shots_8": 0.1211, "shots_20": 0.2489},
        ("72,162", "4,413", "1,833"),
        0.1336,
        "3,875",
    ),
    "4.1-mini": Row(
        MINI_41,
        MINI_41_TUNED,
        5.00,
        0.67,
        {"tuned": 0.0808, "zero_shot": 0.0956, "shots_8": 0.3228, "shots_20": 0.6636},
        ("45,101", "2,758", "1,145"),
        0.2028,
        "5,471",
    ),
}


def per_thousand(found, arm: str) -> float:
    return found.arm(arm).per_request.estimate * 1_000


def rounded_to(digits: int):
    """Four of the printed numbers are ties (0.03585 is .0359): half a unit of the last digit."""

    def approx(number: float):
        return pytest.approx(number, abs=0.5 * 10**-digits + 1e-12)

    return approx


def requests(found) -> list[str]:
    return [f"{each.requests.estimate:,.0f}" for each in found.pay_backs]


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)
def test_the_worked_table(row: Row):
    """Each cell: K, money per 1,000 and break-even, with the prompt of 20 shots cached as well."""
    found = worked(row.prompted, row.tuned, row.training)
    money = rounded_to(4)
    assert TRAINED_TOKENS == 133_500
    assert found.investments[0].total == rounded_to(2)(row.k)
    for arm, printed in row.per_thousand.items():
        assert per_thousand(found, arm) == money(printed)
    assert requests(found) == list(row.requests)
    cached = worked(row.prompted, row.tuned, row.training, cached=True)
    assert per_thousand(cached, "shots_20") == money(row.cached)
    assert requests(cached) == [*row.requests[:2], row.cached_requests]


def test_what_comes_from_a_cache_costs_its_full_price_without_one():
    """The uncached column of the cached arm is the column of the arm that caches nothing."""
    plain = worked(MINI_41, MINI_41_TUNED, 5.0).arm("shots_20")
    cached = worked(MINI_41, MINI_41_TUNED, 5.0, cached=True).arm("shots_20")
    assert cached.uncached.estimate == pytest.approx(plain.per_request.estimate, rel=1e-12)
    assert cached.per_request.estimate < plain.per_request.estimate


def test_hosting_on_azure_takes_millions_of_requests_a_month():
    """At the base rate plus 1.70 an hour: 22M against zero-shot, 2 to 7.5M against 20 shots."""
    plain = worked(MINI_41, MINI_41_AZURE, 5.0)
    cached = worked(MINI_41, MINI_41_AZURE, 5.0, cached=True)
    zero, _, shots = (each.from_volume.estimate for each in plain.pay_backs)
    assert f"{zero / 1e6:.0f}" == "22"
    assert f"{shots / 1e6:.0f}" == "2"
    assert f"{cached.pay_backs[2].from_volume.estimate / 1e6:.1f}" == "7.5"
    assert [each.requests for each in plain.pay_backs] == [None] * 3


def test_all_requests_alike_have_no_interval():
    """Nothing varies, so that nothing can be judged; the numbers stand by themselves."""
    found = worked(MINI_4O, MINI_4O_TUNED, 3.0)
    assert all(each.requests.low is None for each in found.pay_backs)
    assert all(arm.per_request.interval is None for arm in found.arms)
