"""Bytes in, inert blocks of a page out: deflated, in base64, read by `bytes.js`. Pure.

A block is a <script> of a type that browsers do not run. Base64 holds nothing that could end it.
"""

from __future__ import annotations

import binascii
import json
import re
import zlib
from typing import Any

import msgspec

TYPE = "application/octet-stream"
_LEVEL = 4  # 6 takes twice the time for five percent

_SURROGATE = re.compile("[\ud800-\udfff]")
_encode = msgspec.json.Encoder().encode


class Block(msgspec.Struct, frozen=True):
    """What a block holds before it is packed; `id` is how the page finds it."""

    id: str
    content: bytes


def block_html(block: Block) -> str:
    """One block: raw deflate (RFC 1951), base64, one line."""
    deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    content = deflate.compress(block.content) + deflate.flush()
    text = binascii.b2a_base64(content, newline=False).decode("ascii")
    return f'<script type="{TYPE}" id="{block.id}">{text}</script>\n'


def unpacked(text: str) -> bytes:
    """The content of a block from the text between its tags."""
    return zlib.decompress(binascii.a2b_base64(text), -zlib.MAX_WBITS)


def json_bytes(value: Any) -> bytes:
    """JSON of anything with texts; lone surrogates, which UTF-8 cannot hold, become escapes."""
    try:
        return _encode(value)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(value), separators=(",", ":")).encode("ascii")


def spaced_json(value: Any) -> str:
    """JSON to read: a blank after each comma and colon, all letters as they are.

    Only lone surrogates are escapes, so that the text can be cut out and used as JSON.
    """
    text = json.dumps(value, ensure_ascii=False)
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def json_text(value: Any) -> str:
    """`json_bytes` as text."""
    return json_bytes(value).decode()
