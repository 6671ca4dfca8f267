"""Digests of values: equal values have equal digests on every machine. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import msgspec

DIGEST_BYTES = 12

_encode = msgspec.json.Encoder(order="sorted").encode


def digest(value: Any) -> str:
    """24 hex digits of BLAKE2b over the value's JSON with sorted keys.

    `value` is anything that msgspec can encode as JSON; struct fields left at their default are
    omitted where the struct says so, so that adding an optional field changes no digest.
    """
    return blake2b(_encode(value), digest_size=DIGEST_BYTES).hexdigest()


def digest_bytes(data: bytes) -> str:
    """The same digest over raw bytes."""
    return blake2b(data, digest_size=DIGEST_BYTES).hexdigest()


def digest_all(parts: Iterable[str]) -> str:
    """One digest of many digests or texts, in order, without holding them together in memory."""
    state = blake2b(digest_size=DIGEST_BYTES)
    for part in parts:
        encoded = part.encode()
        state.update(len(encoded).to_bytes(8, "big") + encoded)
    return state.hexdigest()
