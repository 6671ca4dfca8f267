"""What a GGUF file says of itself, without loading it: keys, and the shape of each tensor.

The `gguf` library takes half a minute for a vocabulary of 262,144 words, because it keeps them;
here long lists are passed over. Layout: docs/gguf.md of ggml-org/ggml, versions 2 and 3.
"""

from __future__ import annotations

import math
import mmap
import struct
from collections.abc import Collection
from pathlib import Path
from typing import Any

import msgspec

from harness.errors import DataError, Problem
from harness.providers.local.model import readable_gguf

_SCALARS = {
    0: "B",
    1: "b",
    2: "H",
    3: "h",
    4: "I",
    5: "i",
    6: "f",
    7: "?",
    10: "Q",
    11: "q",
    12: "d",
}
_STRING, _LIST = 8, 9
_LONGEST_LIST = 256
_VERSIONS = (2, 3)


class Header(msgspec.Struct, frozen=True):
    """Keys with their values (long lists are None), and tensors with their shape.

    A shape is (inputs, outputs) for a linear layer: the fastest running dimension stands first.
    """

    keys: dict[str, Any]
    tensors: dict[str, tuple[int, ...]]

    @property
    def architecture(self) -> str:
        """As llama.cpp names it: gemma3, llama, qwen2."""
        return str(self.keys.get("general.architecture", ""))

    def number(self, name: str) -> int:
        """An integer key of the architecture, such as block_count; 0 where it is absent."""
        value = self.keys.get(f"{self.architecture}.{name}", 0)
        return value if isinstance(value, int) else 0

    @property
    def weights(self) -> int:
        """How many numbers all tensors hold."""
        return sum(math.prod(shape) for shape in self.tensors.values())


def read_header(path: str | Path, whole: Collection[str] = ()) -> Header:
    """The header of a GGUF file; long lists only of the keys named in `whole`.

    Raises:
        DataError: it cannot be read, is cut short, or is of another version.
    """
    place = readable_gguf(path)
    try:
        with place.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _Reader(data, whole).header()
    except (struct.error, UnicodeDecodeError, ValueError, KeyError, OverflowError) as error:
        message = f"its GGUF header cannot be read ({error})"
        raise DataError([Problem(file=str(path), message=message)]) from error


class _Reader:
    """A place in the bytes that moves on with each value read."""

    def __init__(self, data: mmap.mmap, whole: Collection[str]) -> None:
        self._data = data
        self._whole = whole
        self._at = 4

    def header(self) -> Header:
        version = self._number("I")
        if version not in _VERSIONS:
            raise ValueError(f"version {version}")
        tensors, keys = self._number("Q"), self._number("Q")
        values = {}
        for _ in range(keys):
            name = self._text()
            values[name] = self._value(self._number("I"), whole=name in self._whole)
        return Header(values, dict(self._tensor() for _ in range(tensors)))

    def _tensor(self) -> tuple[str, tuple[int, ...]]:
        name = self._text()
        shape = tuple(self._number("Q") for _ in range(self._number("I")))
        self._number("I")  # type
        self._number("Q")  # offset
        return name, shape

    def _number(self, code: str) -> Any:
        (value,) = struct.unpack_from(f"<{code}", self._data, self._at)
        self._at += struct.calcsize(f"<{code}")
        return value

    def _text(self) -> str:
        length = self._number("Q")
        start, self._at = self._at, self._at + length
        if self._at > len(self._data):
            raise ValueError("it ends early")
        return self._data[start : self._at].decode()

    def _value(self, kind: int, *, whole: bool) -> Any:
        if kind == _STRING:
            return self._text()
        if kind == _LIST:
            kind, count = self._number("I"), self._number("Q")
            return self._list(kind, count) if whole else self._short_list(kind, count)
        return self._number(_SCALARS[kind])

    def _list(self, kind: int, count: int) -> list[Any]:
        if kind in (_STRING, _LIST):
            return [self._value(kind, whole=True) for _ in range(count)]
        code = f"<{count}{_SCALARS[kind]}"
        values = struct.unpack_from(code, self._data, self._at)
        self._at += struct.calcsize(code)
        return list(values)

    def _short_list(self, kind: int, count: int) -> list[Any] | None:
        """The list, or None and the place after it."""
        if count <= _LONGEST_LIST:
            return self._list(kind, count)
        if kind == _STRING:
            for _ in range(count):
                self._skip_text()
        else:
            self._at += count * struct.calcsize(f"<{_SCALARS[kind]}")
        return None

    def _skip_text(self) -> None:
        (length,) = struct.unpack_from("<Q", self._data, self._at)
        self._at += 8 + length
