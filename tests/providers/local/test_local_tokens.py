"""The embedded model's tokens without its server: what llama.cpp itself counts."""

from __future__ import annotations

import json
import struct
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from harness.errors import DataError, UsageError
from harness.providers.local.header import read_header
from harness.providers.local.server import LocalServer
from harness.providers.local.tokens import token_counter
from harness.values.endpoint import LocalSpec

SENTENCES = (
    "The battery lasts for nine hours, which is 2 more than promised.",
    "A batata sai crocante; o cesto, porém, é difícil de lavar!",
    "El envío llegó tarde y la caja estaba rota… ¿qué hago ahora?",
    "Der Akku hält neun Stunden (laut Aufschrift: 7).",
    "電池は9時間もちます。",
    'def f(x):\n\treturn {"x":  x}  # <h1>two</h1>',
    "<start_of_turn>user\nHi <b>there</b><end_of_turn>\n",
    "😀🏳️‍🌈 \x00\x01 ᚠᛇᚻ ▁▁ > </p>",
    "",
    " " * 40 + "\n" * 40,
)
TEXTS = [f"{one}{other}" for one in SENTENCES[:5] for other in SENTENCES]


def _asked(server: LocalServer, texts: list[str]) -> list[int]:
    """What the server's own tokenizer counts."""
    place = urlsplit(server.base_url)
    key = {"Authorization": f"Bearer {server.key}"}
    counts = []
    for text in texts:
        with closing(HTTPConnection(place.hostname or "", place.port, timeout=30)) as connection:
            connection.request("POST", "/tokenize", json.dumps({"content": text}), key)
            counts.append(len(json.loads(connection.getresponse().read())["tokens"]))
    return counts


@pytest.mark.model
def test_counts_are_those_of_llama_cpp() -> None:
    """50 texts in five languages, with code, marks, special pieces and control characters."""
    count = token_counter(LocalSpec())
    with LocalServer(LocalSpec()) as server:
        assert [count(text) for text in TEXTS] == _asked(server, TEXTS)


def _text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def _texts(values: list[str]) -> bytes:
    return struct.pack("<IIQ", 9, 8, len(values)) + b"".join(map(_text, values))


def _numbers(kind: int, letter: str, values: list[float]) -> bytes:
    return struct.pack(f"<IIQ{len(values)}{letter}", 9, kind, len(values), *values)


def _gguf(path: Path, *, kind: str = "llama", version: int = 3) -> Path:
    """A GGUF file of metadata alone: the pieces a, b, ab and <s>."""
    pairs = {
        "tokenizer.ggml.model": struct.pack("<I", 8) + _text(kind),
        "tokenizer.ggml.tokens": _texts(["a", "b", "ab", "<s>"]),
        "tokenizer.ggml.scores": _numbers(6, "f", [-1, -2, -3, 0]),
        "tokenizer.ggml.token_type": _numbers(5, "i", [1, 1, 1, 3]),
        "tokenizer.ggml.add_space_prefix": struct.pack("<IB", 7, 0),
    }
    head = struct.pack("<4sIQQ", b"GGUF", version, 0, len(pairs))
    path.write_bytes(head + b"".join(_text(key) + value for key, value in pairs.items()))
    return path


def test_a_file_of_ones_own_is_read(tmp_path: Path) -> None:
    """Pieces, scores and types come from its metadata."""
    path = _gguf(tmp_path / "own.gguf")
    assert read_header(path).keys["tokenizer.ggml.token_type"] == [1, 1, 1, 3]
    assert token_counter(LocalSpec(gguf=str(path)))("abba<s>ab") == 5


def test_another_kind_of_tokenizer_is_refused(tmp_path: Path) -> None:
    """No number is better than a wrong one."""
    path = _gguf(tmp_path / "bpe.gguf", kind="gpt2")
    with pytest.raises(UsageError, match="bpe cannot be counted: its tokenizer is 'gpt2'"):
        token_counter(LocalSpec(gguf=str(path)))


@pytest.mark.parametrize("damage", ["version", "cut"])
def test_a_broken_file_is_named(tmp_path: Path, damage: str) -> None:
    """A version nobody knows, or metadata that ends early."""
    path = _gguf(tmp_path / "bad.gguf", version=1 if damage == "version" else 3)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DataError, match=r"bad\.gguf"):
        read_header(path)
