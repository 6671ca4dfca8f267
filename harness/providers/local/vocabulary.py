"""The head of a GGUF file in, its metadata out: plain values, read without loading any weights.

Format: github.com/ggml-org/ggml/blob/master/docs/gguf.md, versions 2 and 3, little endian.
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path
from typing import Any

from harness.errors import DataError, Problem

VERSIONS = (2, 3)

_NUMBERS = "BbHhIif?  Qqd"  # struct's letter of each type of value, by its number
_TEXT = 8
_ARRAY = 9


def read_metadata(path: Path) -> dict[str, Any]:
    """All keys and values before the tensors; arrays of numbers are tuples.

    Raises:
        DataError: the file is cut short, or of another version.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            return _metadata(data, path)
        except (struct.error, UnicodeDecodeError, IndexError) as error:
            message = f"its metadata cannot be read: {error}"
            raise DataError([Problem(file=str(path), message=message)]) from error


def _metadata(data: mmap.mmap, path: Path) -> dict[str, Any]:
    _, version, _, count = struct.unpack_from("<4sIQQ", data, 0)
    if version not in VERSIONS:
        message = f"is GGUF of version {version}; versions 2 and 3 can be read"
        raise DataError([Problem(file=str(path), message=message)])
    at = struct.calcsize("<4sIQQ")
    found: dict[str, Any] = {}
    for _ in range(count):
        key, at = _text(data, at)
        (kind,) = struct.unpack_from("<I", data, at)
        found[key], at = _value(data, at + 4, kind)
    return found


def _value(data: mmap.mmap, at: int, kind: int) -> tuple[Any, int]:
    if kind == _TEXT:
        return _text(data, at)
    if kind == _ARRAY:
        inner, length = struct.unpack_from("<IQ", data, at)
        return _array(data, at + 12, inner, length)
    letter = f"<{_NUMBERS[kind]}"
    return struct.unpack_from(letter, data, at)[0], at + struct.calcsize(letter)


def _array(data: mmap.mmap, at: int, kind: int, length: int) -> tuple[Any, int]:
    if kind not in (_TEXT, _ARRAY):
        letters = f"<{length}{_NUMBERS[kind]}"
        return struct.unpack_from(letters, data, at), at + struct.calcsize(letters)
    values = []
    for _ in range(length):
        value, at = _value(data, at, kind)
        values.append(value)
    return values, at


def _text(data: mmap.mmap, at: int) -> tuple[str, int]:
    (size,) = struct.unpack_from("<Q", data, at)
    end = at + 8 + size
    return data[at + 8 : end].decode(), end
