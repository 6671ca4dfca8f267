"""A LocalSpec in, a counter of its model's tokens out: from the GGUF's own vocabulary, no server.

Counts what llama.cpp's /tokenize counts, of SentencePiece vocabularies (Gemma, Llama 2, Mistral).
The model itself adds one token at the beginning of a prompt, which is not counted here.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness.providers.local.header import read_header
from harness.providers.local.model import gguf_name, gguf_path
from harness.text.pieces import piece_counter
from harness.text.tokens import TokenCounter
from harness.values.endpoint import LocalSpec

SENTENCE_PIECE = "llama"
"""What GGUF calls the tokenizer of SentencePiece vocabularies that join pairs."""

_LISTS = frozenset(f"tokenizer.ggml.{name}" for name in ("tokens", "token_type", "scores"))
# llama_token_type: unknown, control and user-defined pieces are found as they stand in a text.
_FOUND_WHOLE = frozenset({2, 3, 4})


def token_counter(spec: LocalSpec) -> TokenCounter:
    """How many tokens a text has for the model of `spec`, without the one that begins a prompt.

    Reading the vocabulary takes half a second; it is kept for the life of the process.

    Raises:
        DataError: the GGUF file cannot be read.
        MissingExtraError: the packaged model is not installed.
        UsageError: its tokenizer is of another kind.
    """
    return _counter(gguf_path(spec), gguf_name(spec))


@lru_cache(maxsize=4)
def _counter(path: Path, name: str) -> TokenCounter:
    metadata = read_header(path, _LISTS).keys
    kind = metadata.get("tokenizer.ggml.model")
    if kind != SENTENCE_PIECE:
        raise UsageError(
            f"tokens of {name} cannot be counted: its tokenizer is {kind!r} and only "
            f"{SENTENCE_PIECE!r} can be read; count with o200k_base for a rough number"
        )
    return _pieces(metadata)


def _pieces(metadata: dict[str, Any]) -> TokenCounter:
    pieces = metadata["tokenizer.ggml.tokens"]
    types = metadata["tokenizer.ggml.token_type"]
    scores = dict(zip(pieces, metadata["tokenizer.ggml.scores"], strict=True))
    special = [piece for piece, kind in zip(pieces, types, strict=True) if kind in _FOUND_WHOLE]
    blank_first = bool(metadata.get("tokenizer.ggml.add_space_prefix", True))
    return piece_counter(scores, special, blank_first=blank_first)
