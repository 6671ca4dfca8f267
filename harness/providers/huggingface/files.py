"""Which files are the model: a HuggingFaceSpec in; checked paths, digests, ModelIdentity out.

Needs neither torch nor transformers, so that recordings are replayed without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from harness.errors import DataError, Problem
from harness.providers.weights import file_digest
from harness.values.digest import digest_all
from harness.values.endpoint import HuggingFaceSpec
from harness.values.request import ModelIdentity

SHORT = 12
CONFIG = "config.json"
ADAPTER_CONFIG = "adapter_config.json"
ADAPTER_WEIGHTS = ("adapter_model.safetensors", "adapter_model.bin")

WEIGHTS = ("model*.safetensors", "pytorch_model*.bin")
_ANSWERING = (
    CONFIG,
    "generation_config.json",
    *WEIGHTS,
    "tokenizer*",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.*",
    "merges.txt",
    "*.model",
    "chat_template*",
)
"""What decides an answer; optimizer states and the notes of a trainer do not."""

_WHAT_TO_NAME = "name the folder that holds config.json, the weights and the tokenizer"


def identity(
    spec: HuggingFaceSpec, model_name: str, adapter: str | None = None, packaged: str = ""
) -> ModelIdentity:
    """Which weights answer and the settings that change what they say.

    `adapter` is the digest that an arm asks for; without one it is that of the endpoint's adapter.
    `packaged` is the digest of the packaged model, for a spec without a path. A device `auto` stays
    `auto` here, so that a recording made on a GPU is replayed where there is none.

    Raises:
        DataError: a file cannot be read.
    """
    settings: dict[str, Any] = {
        "weights": (packaged if spec.path is None else weights_digest(spec))[:SHORT],
        "device": spec.device,
        "dtype": spec.dtype,
        "batch": spec.batch,
        "context": spec.context,
    }
    if spec.adapter is not None:
        folder = adapter_folder(spec.adapter)
        settings["adapter_config"] = _of_file(folder / ADAPTER_CONFIG)[:SHORT]
    return ModelIdentity(model_name, adapter or adapter_digest(spec.adapter), settings)


def weights_digest(spec: HuggingFaceSpec) -> str:
    """Over config, weights and tokenizer of the model, or over its GGUF file alone."""
    folder = model_folder(spec)
    return _digest(folder, _ANSWERING) if spec.gguf is None else _of_file(folder / spec.gguf)


def base_weights(folder: Path) -> str:
    """The digest of a model's weights alone, to tell two bases apart. Raises DataError."""
    return _digest(folder, WEIGHTS)


def adapter_digest(adapter: str | None) -> str | None:
    """Of the weights of a PEFT adapter's folder; None without an adapter. Raises DataError."""
    return None if adapter is None else _of_file(adapter_weights(adapter_folder(adapter)))


def _digest(folder: Path, patterns: Sequence[str]) -> str:
    """One digest of all files of these patterns, by name."""
    files = sorted({path for pattern in patterns for path in folder.glob(pattern)})
    pairs = ((path.name, _of_file(path)) for path in files if path.is_file())
    return digest_all(part for pair in pairs for part in pair)


def _of_file(path: Path) -> str:
    try:
        return file_digest(path)
    except OSError as error:
        raise _unreadable(path, error) from error


def model_folder(spec: HuggingFaceSpec) -> Path:
    """The folder of the model, with what a model must have in it. Raises DataError."""
    folder = Path(spec.path or "").expanduser()
    if not folder.is_dir():
        raise wrong(folder, "there is no such folder", _WHAT_TO_NAME)
    if spec.gguf is not None:
        if not (folder / spec.gguf).is_file():
            raise wrong(folder / spec.gguf, "there is no such GGUF file")
        return folder
    if not (folder / CONFIG).is_file():
        if (folder / ADAPTER_CONFIG).is_file():
            hint = "name it as `adapter`, and its base model as `path`"
            raise wrong(folder, "is the folder of an adapter, not of a model", hint)
        raise wrong(folder, f"has no {CONFIG}", _WHAT_TO_NAME)
    if not any(path for pattern in WEIGHTS for path in folder.glob(pattern)):
        raise wrong(folder, f"has no weights ({' or '.join(WEIGHTS)})", _WHAT_TO_NAME)
    return folder


def adapter_folder(adapter: str) -> Path:
    """The folder of a PEFT adapter, with its configuration in it. Raises DataError."""
    folder = Path(adapter).expanduser()
    if not folder.is_dir():
        raise wrong(folder, "there is no such folder of an adapter")
    if not (folder / ADAPTER_CONFIG).is_file():
        hint = f"name the folder that PEFT wrote, with {ADAPTER_CONFIG} and {ADAPTER_WEIGHTS[0]}"
        raise wrong(folder, f"has no {ADAPTER_CONFIG}", hint)
    adapter_weights(folder)
    return folder


def adapter_weights(folder: Path) -> Path:
    """The weights in a PEFT folder. Raises DataError."""
    for name in ADAPTER_WEIGHTS:
        if (folder / name).is_file():
            return folder / name
    raise wrong(folder, f"has no {ADAPTER_WEIGHTS[0]}")


def adapter_base(folder: Path) -> str:
    """The base model as an adapter's configuration names it; may be empty. Raises DataError."""
    path = folder / ADAPTER_CONFIG
    try:
        config = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except OSError as error:
        raise _unreadable(path, error) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise wrong(path, f"cannot be read: {error}") from error
    return str(config.get("base_model_name_or_path") or "")


def display_name(spec: HuggingFaceSpec) -> str:
    """How replies name what was loaded: names of folders and files, never the way to them."""
    folder = Path(spec.path or "").expanduser()
    base = folder.resolve().name if spec.gguf is None else Path(spec.gguf).stem
    return base if spec.adapter is None else f"{base}+{Path(spec.adapter).resolve().name}"


def wrong(path: Path, message: str, hint: str = "") -> DataError:
    """The error of one file or folder."""
    return DataError([Problem(file=str(path), message=message, hint=hint)])


def _unreadable(path: Path, error: OSError) -> DataError:
    return wrong(path, f"cannot be read: {error.strerror}")
