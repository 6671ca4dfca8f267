"""PEFT adapters in GGUF form: what llama.cpp computes with them is what PEFT computes."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tiny_models import tiny_model, write_tiny_gguf

from harness.errors import DataError
from harness.providers.local.adapter import AdapterFacts, adapter_facts, write_gguf_adapter
from harness.providers.local.lora import with_lora
from harness.providers.local.recipe import Settings
from harness.providers.local.server import LocalServer
from harness.values.endpoint import LocalSpec

pytest.importorskip("peft")

PROMPT = [2, 70, 300, 281, 312, 299, 260, 301, 350]


def peft_folder(model: Any, folder: Path) -> Any:
    """The model with random LoRA layers, which are also saved; large enough to be seen."""
    import torch

    tuned = with_lora(model, Settings(rank=4, alpha=6.0), seed=3)
    for name, weight in tuned.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.2)
    tuned.save_pretrained(folder, save_embedding_layers=False)
    return tuned.eval()


def served(gguf: Path, adapter: Path, scales: tuple[float, ...]) -> list[dict[int, float]]:
    """For each scale the most probable tokens after PROMPT and their log-probabilities."""
    found = []
    with LocalServer(LocalSpec(gguf=str(gguf), context=256, threads=1), [adapter]) as server:
        place = urlsplit(server.base_url)
        connection = HTTPConnection(place.hostname or "", place.port)
        headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}
        for scale in scales:
            asked = {
                "prompt": PROMPT,
                "n_predict": 1,
                "n_probs": 8,
                "temperature": 0,
                "logit_bias": [[300, 100]],  # half a character would have no probabilities
                "lora": [{"id": 0, "scale": scale}],
            }
            connection.request("POST", "/completion", json.dumps(asked), headers)
            answer = json.loads(connection.getresponse().read())
            top = answer["completion_probabilities"][0]["top_logprobs"]
            found.append({entry["id"]: entry["logprob"] for entry in top})
        connection.close()
    return found


@pytest.mark.model
@pytest.mark.parametrize("architecture", ["llama", "gemma3", "qwen2"])
def test_llama_cpp_computes_what_peft_computes(architecture: str, tmp_path: Path) -> None:
    """With the adapter and without, log-probabilities agree to what 16-bit floats allow."""
    import torch

    model, gguf, adapter = tiny_model(architecture), tmp_path / "m.gguf", tmp_path / "a.gguf"
    write_tiny_gguf(model, architecture, gguf)
    tuned = peft_folder(model, tmp_path / "peft")
    write_gguf_adapter(tmp_path / "peft", gguf, adapter)
    with torch.inference_mode():
        with_adapter = tuned(torch.tensor([PROMPT])).logits[0, -1].log_softmax(-1)
        with tuned.disable_adapter():
            without = tuned(torch.tensor([PROMPT])).logits[0, -1].log_softmax(-1)
    both = served(gguf, adapter, (1.0, 0.0))
    for seen, expected in zip(both, (with_adapter, without), strict=True):
        assert len(seen) == 8
        assert all(abs(expected[token].item() - value) < 0.01 for token, value in seen.items())
    assert (with_adapter - without).abs().max() > 0.1


def test_an_adapter_says_what_it_is(tiny_gguf: Path, tmp_path: Path) -> None:
    """Architecture, rank, alpha and layers (seven in each of two blocks) are read back."""
    peft_folder(tiny_model(), tmp_path)
    write_gguf_adapter(tmp_path, tiny_gguf, tmp_path / "a.gguf")
    assert adapter_facts(tmp_path / "a.gguf") == AdapterFacts("llama", 4, 6.0, 14)
    assert not list(tmp_path.glob(".*"))


def test_a_model_is_no_adapter(tiny_gguf: Path) -> None:
    """A GGUF file of weights is refused by name."""
    with pytest.raises(DataError, match="is no LoRA adapter: its type is"):
        adapter_facts(tiny_gguf)


def test_an_adapter_of_another_base_is_refused(tmp_path: Path, tiny_gguf: Path) -> None:
    """Layers of another size are named, with both sizes; no file appears."""
    from transformers import AutoModelForCausalLM

    config = tiny_model().config
    config.intermediate_size = 128
    peft_folder(AutoModelForCausalLM.from_config(config), tmp_path)
    with pytest.raises(DataError, match=r"ffn_down.weight has 128 inputs, tiny.gguf has 96"):
        write_gguf_adapter(tmp_path, tiny_gguf, tmp_path / "a.gguf")
    assert not (tmp_path / "a.gguf").exists()


def test_an_unknown_architecture_is_refused(tmp_path: Path) -> None:
    """Its weights may be ordered otherwise, which nobody would notice but in the answers."""
    import gguf

    writer = gguf.GGUFWriter(tmp_path / "base.gguf", "falcon")
    writer.add_block_count(2)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    peft_folder(tiny_model(), tmp_path)
    with pytest.raises(DataError, match="architecture 'falcon' cannot be converted"):
        write_gguf_adapter(tmp_path, tmp_path / "base.gguf", tmp_path / "a.gguf")


@pytest.mark.parametrize("key", ["use_dora", "use_rslora", "modules_to_save"])
def test_kinds_that_llama_cpp_does_not_know_are_refused(
    key: str, tmp_path: Path, tiny_gguf: Path
) -> None:
    """DoRA and the like would be applied as if they were plain LoRA."""
    peft_folder(tiny_model(), tmp_path)
    config = json.loads((tmp_path / "adapter_config.json").read_bytes())
    (tmp_path / "adapter_config.json").write_text(json.dumps(config | {key: ["lm_head"]}))
    with pytest.raises(DataError, match=f"{key} is set"):
        write_gguf_adapter(tmp_path, tiny_gguf, tmp_path / "a.gguf")


def test_a_folder_without_an_adapter_is_named(tmp_path: Path, tiny_gguf: Path) -> None:
    """The missing file stands in the error."""
    with pytest.raises(DataError, match=r"adapter_config.json: cannot be read"):
        write_gguf_adapter(tmp_path, tiny_gguf, tmp_path / "a.gguf")
