"""Values of strangers in, values that UTF-8 can hold out: lone surrogates become `?`. Pure."""

from __future__ import annotations

from typing import Any


def encodable(value: Any) -> Any:
    """The same text, or the same JSON value, with every lone surrogate replaced."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {encodable(key): encodable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encodable(item) for item in value]
    return value
