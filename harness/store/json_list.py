"""A JSON file in, the texts of its rows out, not yet decoded.

The file is a list of rows, or holds one row a line although it is not called .jsonl.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

import msgspec

from harness.errors import DataError, Problem

Text = bytes | msgspec.Raw

_BOM = b"\xef\xbb\xbf"
_PLACE = re.compile(r"\(byte (\d+)\)")
_decode_list = msgspec.json.Decoder(list[msgspec.Raw]).decode


def json_items(location: str, file: IO[bytes]) -> Iterator[tuple[int, Text]]:
    """The rows with their number in the list (or their line), from 1.

    The whole file is in memory meanwhile.

    Raises:
        DataError: the file is not JSON, or is neither a list nor one row a line.
    """
    data = file.read().removeprefix(_BOM)
    if data.lstrip()[:1] == b"{":
        lines = [(n, line) for n, line in enumerate(data.split(b"\n"), 1) if line.strip()]
        if len(lines) > 1 and _is_json(lines[0][1]):
            return iter(lines)
    try:
        return iter(list(enumerate(_decode_list(data), 1)))
    except msgspec.ValidationError as error:
        hint = "write [{...}, {...}], or one object a line in a file called .jsonl"
        message = "is no list of rows"
        raise DataError([Problem(file=location, message=message, hint=hint)]) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError([_broken(location, data, str(error))]) from error


def _is_json(line: bytes) -> bool:
    try:
        msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _broken(location: str, data: bytes, message: str) -> Problem:
    """The problem of a file that is not JSON, at the line of the byte the decoder stopped at."""
    found = _PLACE.search(message)
    line = data.count(b"\n", 0, int(found[1])) + 1 if found else 0
    return Problem(file=location, line=line, message=f"cannot be read: {message}")
