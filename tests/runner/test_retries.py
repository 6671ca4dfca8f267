"""When a failed attempt is made again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.runner.retries import LONGEST_DELAY_S, attempts_used, delay, exceeds
from harness.values.reply import RETRIED_KINDS

from .simulation import answer, failure

kinds = st.lists(st.sampled_from(sorted(RETRIED_KINDS)), max_size=2000)


@given(kinds, st.text(max_size=5))
def test_back_off_is_bounded(faults: list[str], key: str) -> None:
    """A quarter of a second to a minute, however many faults there were."""
    assert 0.25 <= delay(faults, key, failure("timeout")) <= LONGEST_DELAY_S


@given(kinds, st.floats(0, 1000))
def test_never_before_the_server_said(faults: list[str], wait: float) -> None:
    """Retry-After is the least; at the first 429 it is the whole."""
    waited = delay(faults, "key", failure("rate_limited", wait))
    assert waited >= wait
    if "rate_limited" not in faults:
        assert waited == wait


def test_attempts_used() -> None:
    """All faults but 429."""
    assert attempts_used(["rate_limited", "timeout", "rate_limited", "garbage"]) == 2


@pytest.mark.parametrize(
    ("reply", "is_so"),
    [
        (failure("rate_limited", 11.0), True),
        (failure("rate_limited", 10.0), False),
        (failure("rate_limited"), False),
        (failure("overloaded", 11.0), False),
        (answer(), False),
    ],
)
def test_exceeds(reply: object, is_so: bool) -> None:
    """Only a 429 that names a wait beyond the deadline."""
    assert exceeds(reply, 10.0) == is_so  # type: ignore[arg-type]
