"""A GGUF file in; a folder with the same model as transformers reads it at once, out.

transformers needs over a minute for the packaged model, nearly all of it to read the vocabulary
word by word, three times over; the folder loads in seconds. It is a cache: it may be deleted.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from harness.errors import DataError, Problem
from harness.providers.local.header import read_header
from harness.providers.local.model import file_digest

_FLOAT_BYTES = 4
_VOCABULARY_BYTES = 100_000_000


def cache_folder() -> Path:
    """Where unpacked models are kept: under XDG_CACHE_HOME, or .cache of the user's folder."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "prompted-vs-tuned" / "unpacked"


def unpacked(gguf: Path, cache: Path) -> Path:
    """The folder of the model in `cache`, named by the file's digest; made where it is absent.

    Weights become 32-bit floats: four bytes each on disk. Needs torch and transformers.

    Raises:
        DataError: the disk has no room, or transformers cannot read the model.
    """
    target = cache / file_digest(gguf)
    if target.is_dir():
        return target
    needed = read_header(gguf).weights * _FLOAT_BYTES + _VOCABULARY_BYTES
    require_room(cache, needed, "unpacking the model")
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        part = Path(folder) / "model"
        _save(gguf, part)
        try:
            part.rename(target)
        except OSError:  # another process was first, with the same content
            if not target.is_dir():
                raise
    return target


def require_room(folder: Path, needed: int, what: str) -> None:
    """Make the folder; raises DataError unless its disk has `needed` bytes free."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        message = f"cannot be made ({error.strerror})"
        raise DataError([Problem(file=str(folder), message=message)]) from error
    if free < needed:
        message = f"{what} needs {needed:,} bytes here, {free:,} are free"
        hint = "free some space, or name another folder"
        raise DataError([Problem(file=str(folder), message=message, hint=hint)])


def _save(gguf: Path, folder: Path) -> None:
    try:
        model, tokenizer = _loaded_slowly(gguf)
    except (ValueError, KeyError, OSError, NotImplementedError) as error:
        message = f"transformers cannot read this model ({error})"
        raise DataError([Problem(file=str(gguf), message=message)]) from error
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _loaded_slowly(gguf: Path) -> tuple[Any, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    place: dict[str, Any] = {"gguf_file": gguf.name, "local_files_only": True}
    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, **place)
    model: Any = AutoModelForCausalLM.from_pretrained(gguf.parent, dtype="float32", **place)
    # The weights are plain floats now, which the model does not say of itself.
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.hf_quantizer = None
    return model, tokenizer


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer of an unpacked model."""
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder, local_files_only=True)


def load_model(folder: Path) -> Any:
    """The model itself, in 32-bit floats, on the best device there is: cuda, mps or cpu."""
    import torch
    from transformers import AutoModelForCausalLM

    model: Any = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, local_files_only=True
    )
    return model.to(best_device())


def best_device() -> str:
    """cuda, mps or cpu."""
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def device_words() -> str:
    """The device as a record tells it: 'cpu, 2 threads' or a GPU's name."""
    import torch

    device = best_device()
    if device == "cuda":
        return f"cuda, {torch.cuda.get_device_name()}"
    return f"cpu, {torch.get_num_threads()} threads" if device == "cpu" else device
