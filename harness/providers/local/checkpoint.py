"""The one checkpoint of a training, replaced after each epoch: tensors and numbers in and out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from harness.errors import DataError, Problem


def save_checkpoint(path: Path, recipe: str, content: dict[str, Any]) -> None:
    """Write `content` for the training with the digest `recipe`: wholly, or not at all.

    Raises:
        DataError: the disk is full or the folder cannot be written; the old file stands.
    """
    import torch

    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            torch.save({"recipe": recipe, **content}, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except (OSError, RuntimeError) as error:  # torch's writer wraps a full disk in RuntimeError
        part.unlink(missing_ok=True)
        message = f"the checkpoint cannot be written ({error})"
        raise DataError([Problem(file=str(path), message=message)]) from error


def load_checkpoint(path: Path, recipe: str) -> dict[str, Any] | None:
    """What was saved for the training with the digest `recipe`.

    None where there is no file, or another training's, or one that cannot be read: then the
    training begins anew, which costs time and is never wrong.
    """
    import pickle

    import torch

    try:
        content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError, KeyError, pickle.UnpicklingError):
        return None
    return content if isinstance(content, dict) and content.get("recipe") == recipe else None
