"""Loading a Hugging Face model: a HuggingFaceSpec in, model and tokenizer in memory out.

Nothing is downloaded and no code of the model's folder is run.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partialmethod
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

from harness.errors import DataError, HarnessError, MissingExtraError, UsageError
from harness.providers.huggingface.files import (
    adapter_base,
    adapter_folder,
    base_weights,
    display_name,
    model_folder,
    wrong,
)
from harness.values.endpoint import HuggingFaceSpec

FEATURE = "a Hugging Face model in process"
_SHOWN = 300  # characters of a library's message
_LOADING = threading.Lock()


@dataclass(frozen=True)
class Loaded:
    """A model that answers: its tokenizer, its limits and the tokens that end an answer."""

    model: Any
    tokenizer: Any
    name: str
    server: str
    device: str
    context: int
    ends: frozenset[int]
    pad: int


def check_packages(spec: HuggingFaceSpec) -> None:
    """Whether all is installed that loading needs. Raises MissingExtraError."""
    needed = ["torch", "transformers"]
    needed += ["peft"] if spec.adapter is not None else []
    needed += ["gguf"] if spec.gguf is not None else []
    if any(find_spec(name) is None for name in needed):
        raise MissingExtraError(FEATURE, "tune")


def load(spec: HuggingFaceSpec) -> Loaded:
    """Model, adapter and tokenizer, on their device.

    Raises:
        DataError: a file cannot be read, or the adapter was made for another base.
        UsageError: the device is not there.
        MissingExtraError: a package is not installed.
    """
    check_packages(spec)
    folder = model_folder(spec)
    import torch
    import transformers

    device = _device(spec, torch)
    with _quiet_and_offline():
        tokenizer = _tokenizer(spec, folder, transformers)
        model = _model(spec, folder, transformers, getattr(torch, spec.dtype))
        ends = _ends(model, tokenizer)
        # What its folder says about drawing tokens (a temperature, a penalty) would hold wherever
        # a request says nothing.
        model.generation_config = type(model.generation_config)()
        if spec.adapter is not None:
            model = _with_adapter(spec, model, adapter_folder(spec.adapter))
        model = _placed(model.eval(), device, folder)
    config = model.config.get_text_config()
    return Loaded(
        model=model,
        tokenizer=tokenizer,
        name=display_name(spec),
        server=f"transformers {transformers.__version__}, torch {torch.__version__}",
        device=device,
        context=min(spec.context, getattr(config, "max_position_embeddings", None) or spec.context),
        ends=ends,
        pad=_first(tokenizer.pad_token_id, *sorted(ends), 0),
    )


def _device(spec: HuggingFaceSpec, torch: Any) -> str:
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if spec.device == "auto":
        return next((name for name, found in there.items() if found), "cpu")
    if not there.get(spec.device, True):
        raise UsageError(
            f"device = {spec.device!r} is not there: torch finds no such GPU; write 'auto' or 'cpu'"
        )
    return spec.device


@contextmanager
def _quiet_and_offline() -> Iterator[None]:
    """No progress bars, no notes on stderr, no look at the Hub; all as before afterwards.

    One model at a time, because these are settings of the whole process.
    """
    from huggingface_hub import constants
    from transformers import utils

    logging: Any = utils.logging
    bar: Any = import_module("tqdm").tqdm  # the reader of GGUF files knows no other switch
    with _LOADING, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        offline, verbosity, draw = constants.HF_HUB_OFFLINE, logging.get_verbosity(), bar.__init__
        constants.HF_HUB_OFFLINE = True
        logging.set_verbosity_error()
        bar.__init__ = partialmethod(draw, disable=True)
        try:
            yield
        finally:
            constants.HF_HUB_OFFLINE = offline
            logging.set_verbosity(verbosity)
            bar.__init__ = draw


@contextmanager
def _told(folder: Path, message: str, hint: str = "") -> Iterator[None]:
    """Whatever a library raises over files becomes a DataError that names them."""
    try:
        yield
    except HarnessError:
        raise
    except Exception as error:  # transformers and peft raise anything over a bad file
        said = f"{type(error).__name__}: {' '.join(str(error).split())}"[:_SHOWN]
        raise wrong(folder, f"{message}: {said}", hint) from error


def _tokenizer(spec: HuggingFaceSpec, folder: Path, transformers: Any) -> Any:
    with _told(folder, "its tokenizer cannot be loaded"):
        return transformers.AutoTokenizer.from_pretrained(folder, **_source(spec))


def _model(spec: HuggingFaceSpec, folder: Path, transformers: Any, dtype: Any) -> Any:
    with _told(folder, "the model cannot be loaded"):
        model, info = transformers.AutoModelForCausalLM.from_pretrained(
            folder, dtype=dtype, output_loading_info=True, **_source(spec)
        )
    if missing := sorted(info["missing_keys"]):
        # They would be filled with random numbers.
        raise wrong(folder, f"{len(missing)} weights are missing, such as {missing[0]}")
    return model


def _source(spec: HuggingFaceSpec) -> dict[str, Any]:
    """What every loader is told; remote code is refused rather than asked about on a terminal."""
    options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    return options if spec.gguf is None else {**options, "gguf_file": spec.gguf}


def _ends(model: Any, tokenizer: Any) -> frozenset[int]:
    """The tokens that end an answer: what generation_config.json says, and the tokenizer's."""
    stated = model.generation_config.eos_token_id
    ends = stated if isinstance(stated, list) else [stated]
    return frozenset(end for end in (*ends, tokenizer.eos_token_id) if end is not None)


def _with_adapter(spec: HuggingFaceSpec, model: Any, folder: Path) -> Any:
    """The model wearing its adapter. Raises DataError where the two do not belong together."""
    from peft import PeftModel

    base = adapter_base(folder)
    made_for = f"it was made for another base model than {display_name(_bare(spec))}"
    hint = f"its configuration names {base!r}" if base else ""
    if _is_another(spec, base):
        raise wrong(folder, made_for, hint)
    with _told(folder, f"the adapter does not fit; perhaps {made_for}", hint):
        worn = PeftModel.from_pretrained(model, str(folder), local_files_only=True)
        astray = _astray(worn, folder)
    if astray:
        raise wrong(folder, f"{made_for}: they differ in {astray[0]}", hint)
    return worn


def _bare(spec: HuggingFaceSpec) -> HuggingFaceSpec:
    return msgspec.structs.replace(spec, adapter=None)


def _is_another(spec: HuggingFaceSpec, base: str) -> bool:
    """Whether the base that an adapter names is at hand, and has other weights.

    Elsewhere the names of folders say nothing: only shapes can tell then.
    """
    if spec.gguf is not None or not base or not Path(base).is_absolute():
        return False
    try:
        named = model_folder(HuggingFaceSpec(path=base))
    except DataError:
        return False
    return base_weights(named) != base_weights(model_folder(spec))


def _astray(worn: Any, folder: Path) -> list[str]:
    """Weights of an adapter that the model has no place for, and places that got none.

    PEFT itself only warns, and leaves a place at its random beginning.
    """
    from peft.utils import get_peft_model_state_dict, load_peft_weights

    wanted = set(get_peft_model_state_dict(worn, save_embedding_layers=False))
    found = set(load_peft_weights(str(folder), device="cpu", local_files_only=True))
    placeless = {name for name in found - wanted if ".lora_" in name}
    return sorted((wanted - found) | placeless)


def _placed(model: Any, device: str, folder: Path) -> Any:
    with _told(folder, f"the model cannot be put on {device}"):
        return model.to(device)


def _first(*found: int | None) -> int:
    return next(value for value in found if value is not None)
