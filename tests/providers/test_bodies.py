"""What of a server's body can be kept."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from harness.providers.bodies import DEEPEST, storable
from harness.values.reply import Answer, assistant
from harness.values.request import Message


def nested(levels: int) -> list[Any]:
    """Lists and objects by turns, `levels` of them."""
    value: list[Any] = []
    for level in range(levels - 1):
        value = [{"x": value}] if level % 2 and level < levels - 2 else [value]
    return value


def test_what_has_an_end_is_kept() -> None:
    """Texts of any make, parts and logprobs of a usual depth pass as they stand."""
    parts = Message("assistant", [{"type": "text", "text": "x"}])
    for answer in (Answer(assistant("[" * 500)), Answer(parts, logprobs=[{"token": "x"}])):
        assert storable(answer) is answer


@pytest.mark.parametrize("place", ["content", "logprobs"])
def test_what_is_too_deep_is_refused(place: str) -> None:
    """Either untyped part may be deep, through lists and objects alike."""
    deep = nested(2 * DEEPEST)
    parts = Message("assistant", [{"type": "x", "inner": deep}])
    answer = Answer(parts) if place == "content" else Answer(assistant("x"), logprobs=deep)
    with pytest.raises(msgspec.ValidationError, match="deeper than 64"):
        storable(answer)
