"""How long a server asks to wait."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.providers.retry_after import retry_after

NOON = 1_792_670_400.0
DATE = "Thu, 22 Oct 2026 12:00:30 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9.0),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Mon, 01 Jan 2024 00:00:00 +99999999999999999999"}, None),
        ({"retry-after": DATE}, 30.0),
        ({"retry-after": "Thu, 22 Oct 2026 11:00:00 GMT"}, 0.0),
    ],
)
def test_reads_seconds_milliseconds_and_dates(
    headers: dict[str, str], seconds: float | None
) -> None:
    """Milliseconds come first, a date is relative to the clock, nonsense asks for nothing."""
    assert retry_after(headers, NOON) == seconds


def test_date_without_a_clock_is_ignored() -> None:
    """No clock, no reading of dates."""
    assert retry_after({"retry-after": DATE}) is None


@given(st.text(), st.text())
def test_never_negative_nor_infinite(one: str, other: str) -> None:
    """Whatever the headers hold, a wait is a finite number of seconds from 0 up."""
    found = retry_after({"retry-after": one, "retry-after-ms": other}, NOON)
    assert found is None or (math.isfinite(found) and found >= 0)
