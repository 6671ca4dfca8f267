"""Bodies of servers: what may be wrong with one, and which of its contents can be kept. Pure."""

from __future__ import annotations

from typing import Any

import msgspec

from harness.values.reply import Answer

UNREADABLE: tuple[type[Exception], ...] = (ValueError, RecursionError, OverflowError)
"""What decoding may raise for bytes of any make: ValueError is also msgspec's own DecodeError, the
UnicodeDecodeError of a text that is no UTF-8, and an integer of too many digits."""

LARGEST_BODY = 64 << 20
"""Bytes of one answer, far above what any model says: more is a fault or an attack."""

DEEPEST = 64
"""Levels of lists and objects in what is kept as it stands: deeper could not be written again."""


def storable(answer: Answer) -> Answer:
    """The answer as it stands. Raises msgspec.ValidationError when its untyped parts are too deep.

    These are parts of content and logprobs: all else has a type, hence an end.
    """
    for kept in (answer.message.content, answer.logprobs):
        if kept is not None and not isinstance(kept, str):
            _check_depth(kept, DEEPEST)
    return answer


def _check_depth(value: Any, levels: int) -> None:
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return
    if not levels:
        raise msgspec.ValidationError(f"the answer nests deeper than {DEEPEST} levels")
    for inner in value:
        _check_depth(inner, levels - 1)
