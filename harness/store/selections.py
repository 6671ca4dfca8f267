"""baselines/SUITE/selection.toml: which arm was selected, on which split and by which rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import tomli_w

from harness.errors import DataError, Problem
from harness.store.atomic import write_text
from harness.store.toml import line_of, read_text, read_toml_or_none
from harness.values.baseline import Selection

SELECTION_FILE = "selection.toml"

_FIRST_LINE = "# Which arm carries the claim on the test split. Written by `harness select`.\n"


def read_selection(folder: Path) -> Selection | None:
    """The selection of a folder; None where none was made.

    Raises:
        DataError: with all problems of selection.toml.
    """
    path = folder / SELECTION_FILE
    selection = read_toml_or_none(path, Selection)
    if selection is not None and selection.arm not in selection.arms:
        line = line_of(read_text(path, []) or "", ("arm",))
        message = f"arm = {selection.arm!r}: it is none of those that were tried"
        known = ", ".join(selection.arms) or "none"
        hint = f"arms: {known}; or choose again with `harness select`"
        raise DataError([Problem(file=str(path), line=line, message=message, hint=hint)])
    return selection


def write_selection(folder: Path, selection: Selection) -> None:
    """Write selection.toml, atomically."""
    values: dict[str, Any] = msgspec.to_builtins(selection)
    write_text(folder / SELECTION_FILE, _FIRST_LINE + tomli_w.dumps(values))
