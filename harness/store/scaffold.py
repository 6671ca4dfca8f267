"""A new suite's name in, a folder that runs out."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from harness.errors import DataError, UsageError
from harness.store.atomic import write_text
from harness.store.schema import write_schemas
from harness.store.settings import SETTINGS_FILE, SUITES_FOLDER
from harness.values.suite import NAME_PATTERN

_TEMPLATE = Path(__file__).parent / "new_suite"
_DEMO = "demo"
_HEADER = "#:schema schemas/harness.schema.json\n"


def new_suite(root: Path, name: str) -> list[Path]:
    """Write suites/NAME, the schemas for the editor, and the endpoint that the example asks.

    An existing harness.toml is kept; `[endpoints.demo]` is added to its end if it is not there.

    Raises:
        UsageError: the name is not allowed, or the suite exists.
        DataError: harness.toml is broken, or nothing can be written.
    """
    if not re.fullmatch(NAME_PATTERN, name):
        raise UsageError(f"{name!r} is no name for a suite: use a-z, 0-9 and _")
    folder = root / SUITES_FOLDER / name
    if folder.exists():
        raise UsageError(f"{folder} exists already")
    settings = _settings_with_demo(root / SETTINGS_FILE)
    sources = sorted(path for path in _TEMPLATE.rglob("*") if path.is_file())
    written = []
    for source in sources:
        relative = source.relative_to(_TEMPLATE)
        if relative.name != SETTINGS_FILE:
            text = source.read_text(encoding="utf-8").replace("@NAME@", name)
            write_text(folder / relative, text)
            written.append(folder / relative)
    written += write_schemas(root / "schemas")
    if settings is not None:
        write_text(root / SETTINGS_FILE, settings)
        written.append(root / SETTINGS_FILE)
    return written


def _settings_with_demo(path: Path) -> str | None:
    """harness.toml with the example's endpoint; None when it is there already."""
    demo = (_TEMPLATE / SETTINGS_FILE).read_text(encoding="utf-8")
    if not path.exists():
        return _HEADER + demo
    text = path.read_text(encoding="utf-8")
    try:
        declared = tomllib.loads(text).get("endpoints", {})
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{path}: broken TOML: {error}") from error
    if _DEMO in declared:
        return None
    longer = text.rstrip("\n") + "\n" + demo
    try:
        tomllib.loads(longer)
    except tomllib.TOMLDecodeError as error:
        message = f"{path}: [endpoints.demo] cannot be added at its end ({error}): use [tables]"
        raise DataError(message) from error
    return longer
