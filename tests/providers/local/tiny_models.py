"""Random models of two layers, made here: real architectures, small enough to train in a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
PIECES = ["<pad>", "</s>", "<s>", "<unk>", *BYTES, "▁", "\n", *map(chr, range(33, 127)), "st", "ar"]
"""A vocabulary as SentencePiece makes them: any text can be said, if need be byte by byte."""

_HEADS, _KV_HEADS, _HEAD = 4, 2, 16


def _config(architecture: str) -> Any:
    import transformers

    kinds = {"gemma3": "Gemma3TextConfig", "llama": "LlamaConfig", "qwen2": "Qwen2Config"}
    sliding = {"sliding_window": 64, "query_pre_attn_scalar": _HEAD}
    return getattr(transformers, kinds[architecture])(
        vocab_size=len(PIECES),
        hidden_size=64,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=_HEADS,
        num_key_value_heads=_KV_HEADS,
        head_dim=_HEAD,
        max_position_embeddings=256,
        rms_norm_eps=1e-6,
        tie_word_embeddings=True,
        initializer_range=0.1,
        bos_token_id=2,
        eos_token_id=1,
        pad_token_id=0,
        **(sliding if architecture == "gemma3" else {}),
    )


def tiny_model(architecture: str = "llama") -> Any:
    """A model of two layers with random weights, always the same ones."""
    import torch
    from transformers import AutoModelForCausalLM

    torch.manual_seed(7)
    return AutoModelForCausalLM.from_config(_config(architecture), dtype=torch.float32).eval()


def write_tiny_gguf(model: Any, architecture: str, path: Path) -> None:
    """The model as llama.cpp's converter would write it, in 32-bit floats."""
    import gguf

    writer = gguf.GGUFWriter(path, architecture)
    config = model.config
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_KV_HEADS)
    writer.add_key_length(_HEAD)
    writer.add_value_length(_HEAD)
    writer.add_rope_dimension_count(_HEAD)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(len(PIECES))
    theta = {"gemma3": 1e6}.get(architecture, 1e4)
    writer.add_rope_freq_base(theta)
    if architecture == "gemma3":
        writer.add_sliding_window(config.sliding_window)
    _add_vocabulary(writer)
    for name, values in _tensors(model, architecture):
        writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_vocabulary(writer: Any) -> None:
    import gguf

    kinds = {"<pad>": 3, "</s>": 3, "<s>": 3, "<unk>": 2} | dict.fromkeys(BYTES, 6)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(PIECES)
    writer.add_token_scores([-float(number) for number in range(len(PIECES))])
    writer.add_token_types([gguf.TokenType(kinds.get(piece, 1)) for piece in PIECES])
    writer.add_bos_token_id(2)
    writer.add_eos_token_id(1)
    writer.add_unk_token_id(3)
    writer.add_pad_token_id(0)
    writer.add_add_bos_token(value=True)
    writer.add_add_space_prefix(value=False)


def _tensors(model: Any, architecture: str) -> Iterator[tuple[str, Any]]:
    import gguf

    number = {name: key for key, name in gguf.MODEL_ARCH_NAMES.items()}[architecture]
    names = gguf.get_tensor_name_map(number, model.config.num_hidden_layers)
    for name, weight in model.state_dict().items():
        if name == "lm_head.weight":  # it is the embedding's
            continue
        values = weight.numpy()
        if architecture == "gemma3" and name.endswith("norm.weight"):
            values = values + 1
        if architecture == "llama" and ("q_proj" in name or "k_proj" in name):
            heads = _HEADS if "q_proj" in name else _KV_HEADS
            pairs = values.reshape(heads, 2, _HEAD // 2, -1)
            values = pairs.swapaxes(1, 2).reshape(values.shape).copy()
        yield names.get_name(name, try_suffixes=(".weight", ".bias")), values
