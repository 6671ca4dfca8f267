"""A new suite's name in, a folder that runs out."""

from __future__ import annotations

import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.errors import DataError, Problem, UsageError
from harness.store.atomic import write_text
from harness.store.schema import write_schemas
from harness.store.settings import SETTINGS_FILE, SUITES_FOLDER, read_settings
from harness.store.toml import read_text
from harness.values.table import NAME_PATTERN

_TEMPLATE = Path(__file__).parent / "new_suite"
_DEMO = "demo"
_HEADER = "#:schema schemas/harness.schema.json\n"


def new_suite(start: Path, name: str) -> list[Path]:
    """Write suites/NAME, the schemas for the editor, and the endpoint that the example asks.

    All of it goes to the root of the repository around `start`. An existing harness.toml is kept;
    `[endpoints.demo]` is added to its end if it is not there. The suite's folder appears last and
    whole, or not at all.

    Raises:
        UsageError: the name is not allowed, or the suite exists.
        DataError: harness.toml is broken, or nothing can be written.
    """
    if not re.fullmatch(NAME_PATTERN, name):
        raise UsageError(f"{name!r} is no name for a suite: use a-z, 0-9 and _")
    root = read_settings(start).root
    folder = root / SUITES_FOLDER / name
    if folder.exists():
        raise UsageError(f"{folder} exists already")
    settings = _settings_with_demo(root / SETTINGS_FILE)
    with appearing(folder) as hidden:
        suite_files = _write_suite(hidden, name)
        others = write_schemas(root / "schemas")
        if settings is not None:
            write_text(root / SETTINGS_FILE, settings)
            others.append(root / SETTINGS_FILE)
    return [*(folder / relative for relative in suite_files), *others]


@contextmanager
def appearing(folder: Path) -> Iterator[Path]:
    """A hidden folder to write in, which gets its name when all is written and else vanishes.

    Raises:
        DataError: the disk does not take it.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        hidden = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            yield hidden
            hidden.chmod(0o755)
            hidden.rename(folder)
        finally:
            shutil.rmtree(hidden, ignore_errors=True)
    except OSError as error:
        raise DataError(f"{folder}: cannot be written ({error.strerror})") from error


def _write_suite(folder: Path, name: str) -> list[Path]:
    """Write the files of the example; return their paths within the folder."""
    sources = sorted(path for path in _TEMPLATE.rglob("*") if path.is_file())
    written = []
    for source in sources:
        relative = source.relative_to(_TEMPLATE)
        if relative.name != SETTINGS_FILE:
            text = source.read_text(encoding="utf-8").replace("@NAME@", name)
            write_text(folder / relative, text)
            written.append(relative)
    return written


def _settings_with_demo(path: Path) -> str | None:
    """harness.toml with the example's endpoint; None when it is there already."""
    demo = (_TEMPLATE / SETTINGS_FILE).read_text(encoding="utf-8")
    if not path.exists():
        return _HEADER + demo
    problems: list[Problem] = []
    text = read_text(path, problems)
    if text is None:
        raise DataError(problems)
    if _DEMO in tomllib.loads(text).get("endpoints", {}):  # read before: it is TOML
        return None
    longer = text.rstrip("\n") + "\n" + demo
    try:
        tomllib.loads(longer)
    except tomllib.TOMLDecodeError as error:
        message = f"{path}: [endpoints.demo] cannot be added at its end ({error}): use [tables]"
        raise DataError(message) from error
    return longer
