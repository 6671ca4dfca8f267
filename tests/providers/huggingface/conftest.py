"""Tiny models, built once; everything here needs the extra 'tune'."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from .tiny import TEMPLATE, save_adapter, save_model

if not (find_spec("torch") and find_spec("transformers") and find_spec("peft")):
    collect_ignore_glob = ["test_*.py"]


@dataclass(frozen=True)
class Models:
    """Folders: a base without and with a chat template, an adapter of the base, the two merged."""

    base: str
    chatty: str
    adapter: str
    merged: str
    root: Path


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    """Built once for all tests."""
    root = tmp_path_factory.mktemp("models")
    base = save_model(root / "base")
    chatty = save_model(root / "chatty", template=TEMPLATE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what peft calls of transformers is called otherwise now
        adapter = save_adapter(base, root / "adapter", root / "merged")
    return Models(str(base), str(chatty), str(adapter), str(root / "merged"), root)
