"""LoRA adapters: a PEFT folder in, a GGUF file for llama.cpp out; and what such a file says.

An adapter holds two matrices for each layer: lora_a (rank, inputs) and lora_b (outputs, rank). The
layers have other names in llama.cpp, and for the architecture `llama` another order of the rows of
queries and keys, as its converter of whole models gives them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from harness.errors import DataError, MissingExtraError, Problem
from harness.providers.local.header import Header, read_header

if TYPE_CHECKING:
    import numpy as np

PLAIN = ("gemma", "gemma2", "gemma3", "qwen2", "qwen3")
"""Architectures whose linear layers stand in a GGUF file as transformers has them."""

PERMUTED = ("llama",)
"""Those whose query and key rows are reordered (Llama, Mistral, SmolLM and others)."""

_LAYER = re.compile(r"base_model\.model\.(?P<layer>.+)\.lora_(?P<half>[AB])\.weight")
_UNKNOWN_HERE = ("use_dora", "use_rslora", "alpha_pattern", "fan_in_fan_out", "modules_to_save")
_LINEAR = 2  # dimensions


class AdapterFacts(msgspec.Struct, frozen=True):
    """What a GGUF adapter says: its base's architecture, rank, alpha and how many layers it has."""

    architecture: str
    rank: int
    alpha: float
    tensors: int


def adapter_facts(path: str | Path) -> AdapterFacts:
    """Read a GGUF file's header. Raises DataError when it is no LoRA adapter."""
    header = read_header(path)
    ranks = [shape[-1] for name, shape in header.tensors.items() if name.endswith(".lora_a")]
    if header.keys.get("adapter.type") != "lora" or not ranks:
        kind = header.keys.get("general.type", "unknown")
        raise _wrong(path, f"is no LoRA adapter: its type is {kind!r}")
    alpha = float(header.keys.get("adapter.lora.alpha", 0.0))
    return AdapterFacts(header.architecture, max(ranks), alpha, len(ranks))


def write_gguf_adapter(peft_folder: Path, gguf_base: Path, target: Path) -> None:
    """Convert what PEFT saved into a file that llama.cpp can put on `gguf_base`; 16-bit floats.

    The file appears whole or not at all.

    Raises:
        DataError: the folder holds no LoRA adapter, one of a kind that llama.cpp does not know, or
            one whose layers do not fit the base model; or the disk is full.
        MissingExtraError: gguf or safetensors is not installed.
    """
    base = read_header(gguf_base)
    config = _config(peft_folder)
    halves = _halves(peft_folder)
    names = _names(peft_folder, base, {layer for layer, _ in halves})
    tensors = {
        f"{names[layer]}.weight.lora_{half.lower()}": _ordered(base, names[layer], half, values)
        for (layer, half), values in halves.items()
    }
    _check_fit(peft_folder, gguf_base, base, tensors)
    _write(base.architecture, float(config["lora_alpha"]), tensors, target)


def _config(folder: Path) -> dict[str, Any]:
    path = folder / "adapter_config.json"
    try:
        config = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.DecodeError) as error:
        raise _wrong(path, f"cannot be read ({error})") from error
    if config.get("peft_type") != "LORA":
        raise _wrong(path, f"is no LoRA adapter: its type is {config.get('peft_type')!r}")
    for name in _UNKNOWN_HERE:
        if config.get(name):
            raise _wrong(path, f"{name} is set: llama.cpp knows plain LoRA only", "train without")
    return config


def _halves(folder: Path) -> dict[tuple[str, str], np.ndarray[Any, Any]]:
    """(layer as transformers names it, "A" or "B") -> matrix."""
    try:
        from safetensors import SafetensorError, safe_open
    except ImportError as error:
        raise MissingExtraError("converting an adapter", "tune") from error
    path = folder / "adapter_model.safetensors"
    try:
        with safe_open(path, framework="np") as file:
            values = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no dict
    except (OSError, SafetensorError, TypeError) as error:
        raise _wrong(path, f"cannot be read ({error})") from error
    halves = {}
    for name, value in values.items():
        match = _LAYER.fullmatch(name)
        if match is None:
            raise _wrong(path, f"{name!r} is no half of a LoRA layer; llama.cpp knows only these")
        halves[match["layer"], match["half"]] = value
    return halves


def _names(folder: Path, base: Header, layers: set[str]) -> dict[str, str]:
    """Each layer's name in llama.cpp. Raises DataError."""
    try:
        import gguf
    except ImportError as error:
        raise MissingExtraError("converting an adapter", "tune") from error
    if base.architecture not in PLAIN + PERMUTED:
        known = ", ".join(PLAIN + PERMUTED)
        raise _wrong(
            folder,
            f"an adapter for the architecture {base.architecture!r} cannot be converted",
            f"known are {known}; others may order their weights otherwise",
        )
    numbers = {name: number for number, name in gguf.MODEL_ARCH_NAMES.items()}
    known_names = gguf.get_tensor_name_map(numbers[base.architecture], base.number("block_count"))
    names: dict[str, str] = {}
    for layer in sorted(layers):
        name = known_names.get_name(layer)
        if name is None:
            message = f"{base.architecture} has no layer {layer!r} of the adapter's"
            raise _wrong(folder, message, "the adapter belongs to another base model")
        names[layer] = name
    return names


def _ordered(
    base: Header, name: str, half: str, values: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """The rows in llama.cpp's order: those of lora_b for the queries and keys of `llama` differ."""
    heads = {
        "attn_q": base.number("attention.head_count"),
        "attn_k": base.number("attention.head_count_kv") or base.number("attention.head_count"),
    }
    count = heads.get(name.rpartition(".")[2])
    if half == "A" or base.architecture not in PERMUTED or not count:
        return values
    return permuted(values, count)


def permuted(rows: np.ndarray[Any, Any], heads: int) -> np.ndarray[Any, Any]:
    """Within each head, the first and second half of the rows interleaved. Shape is kept.

    transformers rotates halves of a head, llama.cpp's `llama` neighbouring pairs. Raises
    ValueError where the rows do not divide.
    """
    halves = rows.reshape(heads, 2, rows.shape[0] // heads // 2, *rows.shape[1:])
    return halves.swapaxes(1, 2).reshape(rows.shape)


def _check_fit(
    folder: Path, gguf: Path, base: Header, tensors: Mapping[str, np.ndarray[Any, Any]]
) -> None:
    """Raises DataError unless every layer of the base has the adapter's inputs and outputs."""
    for name, values in sorted(tensors.items()):
        layer, _, half = name.rpartition(".lora_")
        shape = base.tensors.get(layer, ())
        inputs_or_outputs = values.shape[1] if half == "a" else values.shape[0]
        expected = shape[0 if half == "a" else 1] if len(shape) == _LINEAR else None
        if expected != inputs_or_outputs:
            side = "inputs" if half == "a" else "outputs"
            raise _wrong(
                folder,
                f"the adapter's {layer} has {inputs_or_outputs} {side}, {gguf.name} has {expected}",
                "the adapter belongs to another base model",
            )


def _write(
    architecture: str, alpha: float, tensors: Mapping[str, np.ndarray[Any, Any]], target: Path
) -> None:
    import gguf
    import numpy as np

    part = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        writer = gguf.GGUFWriter(part, architecture)
        writer.add_type(gguf.GGUFType.ADAPTER)
        writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
        writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, alpha)
        for name, values in sorted(tensors.items()):
            writer.add_tensor(name, np.ascontiguousarray(values, dtype=np.float16))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        part.replace(target)
    except OSError as error:
        raise _wrong(target, f"cannot be written ({error.strerror or error})") from error
    finally:
        part.unlink(missing_ok=True)


def _wrong(path: str | Path, message: str, hint: str = "") -> DataError:
    return DataError([Problem(file=str(path), message=message, hint=hint)])
