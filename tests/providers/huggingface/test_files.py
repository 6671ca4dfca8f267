"""Digests and identities, without torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harness.errors import DataError
from harness.providers.huggingface.files import display_name, identity
from harness.values.digest import digest_bytes
from harness.values.endpoint import HuggingFaceSpec

MODEL = {"config.json": "{}", "model.safetensors": "weights", "tokenizer.json": "words"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files with the names of a model's."""
    return write(tmp_path / "mine", MODEL)


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    """Files with the names of an adapter's."""
    files = {"adapter_config.json": "{}", "adapter_model.safetensors": "lora"}
    return write(tmp_path / "lora", files)


def write(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def test_identity_names_all_that_changes_the_answers(folder: Path, adapter: Path) -> None:
    """Weights, adapter and its configuration, device, precision, batch and context."""
    spec = HuggingFaceSpec(path=str(folder), adapter=str(adapter), batch=3, context=64)
    found = identity(spec, "mine")
    assert found.adapter == digest_bytes(b"lora")
    assert set(found.settings) == {
        *("weights", "adapter_config", "device", "dtype", "batch", "context")
    }
    assert len(found.settings["weights"]) == 12
    assert (found.settings["batch"], found.settings["device"]) == (3, "auto")


@pytest.mark.parametrize("name", MODEL)
def test_a_changed_file_is_another_model(folder: Path, name: str) -> None:
    """Configuration, weights and tokenizer all count; a README does not."""
    spec = HuggingFaceSpec(path=str(folder))
    before = identity(spec, "m")
    (folder / "README.md").write_text("anything")
    assert identity(spec, "m") == before
    (folder / name).write_text("something else")
    assert identity(spec, "m") != before


@pytest.mark.parametrize("changed", [{"batch": 1}, {"dtype": "bfloat16"}, {"device": "cpu"}])
def test_settings_that_change_the_last_digit(folder: Path, changed: dict[str, Any]) -> None:
    """What was recorded is asked again under other ones; limits of the lane change nothing."""
    spec = HuggingFaceSpec(path=str(folder))
    assert identity(msgspec.structs.replace(spec, **changed), "m") != identity(spec, "m")
    assert identity(msgspec.structs.replace(spec, deadline=1.0), "m") == identity(spec, "m")


def test_the_folders_name_does_not_count(folder: Path, tmp_path: Path) -> None:
    """A model may move; replies name it without the way to it."""
    before = identity(HuggingFaceSpec(path=str(folder)), "m")
    moved = folder.rename(tmp_path / "moved")
    assert identity(HuggingFaceSpec(path=str(moved)), "m") == before
    assert display_name(HuggingFaceSpec(path=str(moved))) == "moved"


def test_a_gguf_is_known_by_its_file_alone(folder: Path) -> None:
    """As the packaged model is, of which nothing is read."""
    (folder / "tiny.gguf").write_bytes(b"GGUF")
    spec = HuggingFaceSpec(path=str(folder), gguf="tiny.gguf")
    digest = digest_bytes(b"GGUF")
    assert identity(spec, "m") == identity(HuggingFaceSpec(), "m", packaged=digest)
    assert identity(spec, "m").settings["weights"] == digest[:12]


def test_a_gguf_that_is_not_there(folder: Path) -> None:
    """It is named with its folder."""
    with pytest.raises(DataError, match=r"other\.gguf: there is no such GGUF file"):
        identity(HuggingFaceSpec(path=str(folder), gguf="other.gguf"), "m")


def test_an_arms_own_adapter_is_kept(folder: Path) -> None:
    """The endpoint says then that it has another."""
    assert identity(HuggingFaceSpec(path=str(folder)), "m", "a" * 24).adapter == "a" * 24


def test_replaying_needs_no_torch() -> None:
    """Neither the identity nor the endpoint's own module loads it."""
    script = (
        "import sys, harness.providers.huggingface.files, harness.providers.huggingface.endpoint\n"
        "sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
