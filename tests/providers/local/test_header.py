"""GGUF headers read without the gguf library, against files that the library wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import DataError
from harness.providers.local.header import read_header

pytest.importorskip("gguf")


def test_a_header_says_what_the_library_says(tiny_gguf: Path) -> None:
    """Numbers, texts and shapes are equal; the vocabulary is passed over."""
    from gguf import GGUFReader

    header, reader = read_header(tiny_gguf), GGUFReader(tiny_gguf)
    assert header.architecture == "llama"
    assert header.number("block_count") == 2
    assert header.keys["tokenizer.ggml.tokens"] is None
    for name, value in header.keys.items():
        field = reader.get_field(name)
        assert field is not None
        assert value is None or value == field.contents()
    shapes = {str(tensor.name): tuple(map(int, tensor.shape)) for tensor in reader.tensors}
    assert header.tensors == shapes


@pytest.mark.parametrize("length", [10, 100, 1000, 5000])
def test_a_file_cut_short_is_an_error_with_its_name(
    length: int, tiny_gguf: Path, tmp_path: Path
) -> None:
    """Wherever it was cut: never a crash, never half a header."""
    path = tmp_path / "cut.gguf"
    path.write_bytes(tiny_gguf.read_bytes()[:length])
    with pytest.raises(DataError, match=r"cut.gguf: its GGUF header cannot be read"):
        read_header(path)
