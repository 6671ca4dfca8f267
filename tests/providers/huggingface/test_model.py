"""Loading: what is wrong with a folder or an adapter is said, and nothing is left changed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from harness.errors import DataError, UsageError
from harness.providers.huggingface.model import load
from harness.values.endpoint import HuggingFaceSpec

from .conftest import Models
from .tiny import CONTEXT, save_model


def copy(source: str, target: Path, leave_out: str = "") -> Path:
    """A folder without one of its files."""
    return shutil.copytree(source, target, ignore=shutil.ignore_patterns(leave_out))


def rename_base(adapter: Path, base: str) -> None:
    """Write another base model into an adapter's configuration."""
    path = adapter / "adapter_config.json"
    config = json.loads(path.read_text())
    path.write_text(json.dumps({**config, "base_model_name_or_path": base}))


def test_what_is_loaded(models: Models, capfd: pytest.CaptureFixture[str]) -> None:
    """Name without folders, the smaller context, the end tokens; silence on both streams."""
    loaded = load(HuggingFaceSpec(path=models.base, adapter=models.adapter))
    assert loaded.name == "base+adapter"
    assert loaded.context == CONTEXT
    assert loaded.ends == {loaded.tokenizer.eos_token_id}
    assert loaded.device in {"cpu", "cuda", "mps"}
    assert capfd.readouterr() == ("", "")


def test_settings_of_the_process_come_back(models: Models) -> None:
    """The Hub may be asked again by whoever wants to."""
    import tqdm
    from huggingface_hub import constants
    from transformers.utils import logging

    def seen() -> list[object]:
        return [constants.HF_HUB_OFFLINE, logging.get_verbosity(), tqdm.tqdm.__init__]

    before = seen()
    load(HuggingFaceSpec(path=models.base))
    assert seen() == before


def test_the_folders_own_sampling_does_not_count(models: Models, tmp_path: Path) -> None:
    """generation_config.json tells the end tokens, and nothing else."""
    folder = copy(models.base, tmp_path / "warm")
    own = {"do_sample": True, "temperature": 0.6, "repetition_penalty": 3.0, "eos_token_id": [2, 9]}
    (folder / "generation_config.json").write_text(json.dumps(own))
    loaded = load(HuggingFaceSpec(path=str(folder)))
    assert loaded.ends == {2, 9}
    assert loaded.model.generation_config.repetition_penalty is None


@pytest.mark.parametrize("left_out", ["tokenizer*", "model.safetensors", "config.json"])
def test_a_folder_that_lacks_a_part(models: Models, tmp_path: Path, left_out: str) -> None:
    """The folder is named, whatever the library says."""
    folder = copy(models.base, tmp_path / "half", left_out)
    with pytest.raises(DataError) as caught:
        load(HuggingFaceSpec(path=str(folder)))
    assert caught.value.problems[0].file == str(folder)


def test_missing_weights_are_not_made_up(models: Models, tmp_path: Path) -> None:
    """A configuration of more layers than there are weights for is an error."""
    folder = copy(models.base, tmp_path / "deep")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 3}))
    with pytest.raises(DataError, match=r"weights are missing, such as model\.layers\.2\."):
        load(HuggingFaceSpec(path=str(folder)))


@pytest.mark.parametrize("shape", [{"hidden": 64}, {"layers": 1}, {"layers": 3}])
def test_an_adapter_for_another_shape(
    models: Models, tmp_path: Path, shape: dict[str, int]
) -> None:
    """Wider, shallower or deeper: the error says so and names the base in its configuration."""
    other = save_model(tmp_path / "other", **shape)
    adapter = copy(models.adapter, tmp_path / "adapter")
    rename_base(adapter, "somebody/else")
    with pytest.raises(DataError, match="made for another base model than other") as caught:
        load(HuggingFaceSpec(path=str(other), adapter=str(adapter)))
    assert "'somebody/else'" in caught.value.problems[0].hint


def test_an_adapter_for_other_weights_of_the_same_shape(models: Models) -> None:
    """Found where the base that the adapter names is still at hand."""
    with pytest.raises(DataError, match="made for another base model than merged"):
        load(HuggingFaceSpec(path=models.merged, adapter=models.adapter))


def test_an_adapter_in_place_of_a_model(models: Models) -> None:
    """The mistake is recognised; PEFT folders have no config.json."""
    with pytest.raises(DataError, match="is the folder of an adapter") as caught:
        load(HuggingFaceSpec(path=models.adapter))
    assert "as `adapter`" in caught.value.problems[0].hint


def test_a_model_in_place_of_an_adapter(models: Models) -> None:
    """The file that is missing is named."""
    with pytest.raises(DataError, match=r"has no adapter_config\.json"):
        load(HuggingFaceSpec(path=models.base, adapter=models.merged))


def test_a_device_that_is_not_there(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not replaced by another in silence."""
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UsageError, match="'cuda' is not there"):
        load(HuggingFaceSpec(path=models.base, device="cuda"))
