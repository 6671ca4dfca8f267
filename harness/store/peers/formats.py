"""Files and folders of other tools in, their logs out; a format not named is read off the bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from harness.errors import DataError, Problem, UsageError
from harness.store.peers.inspect import read_inspect
from harness.store.peers.lm_eval import read_lm_eval
from harness.store.peers.openai_evals import read_openai_evals
from harness.store.peers.promptfoo import read_promptfoo
from harness.store.peers.reading import BROKEN
from harness.store.peers.table import read_table
from harness.store.rows import open_binary, suffix_of
from harness.values.imported import ImportedLog

READERS: Mapping[str, Callable[[str], list[ImportedLog]]] = {
    "inspect": read_inspect,
    "lm-eval": read_lm_eval,
    "promptfoo": read_promptfoo,
    "openai-evals": read_openai_evals,
    "csv": read_table,
}
_TABLES = (".csv", ".tsv", ".xlsx", ".parquet")
_START = 1 << 20
_KEY = re.compile(rb'"((?:[^"\\]|\\.)*)"\s*:')


class _FirstLine(msgspec.Struct):
    """What the first line of a JSONL file is told apart by."""

    spec: Any = None
    run_id: Any = None
    doc_id: Any = None
    reply: Any = None
    error: Any = None


def read_logs(locations: Sequence[str], named: str | None = None) -> tuple[ImportedLog, ...]:
    """The logs of files and of folders, whose files that are logs are read in the order of names.

    Raises:
        UsageError: a folder holds no logs.
        DataError: with everything that is wrong with any of the files.
    """
    logs: list[ImportedLog] = []
    problems: list[Problem] = []
    for location in locations:
        for file in _files(location, named):
            try:
                logs += READERS[named or format_of(file)](file)
            except DataError as error:
                problems += error.problems or (Problem(file=file, message=str(error)),)
    if problems:
        raise DataError(problems)
    return tuple(logs)


def format_of(location: str) -> str:
    """The format of a file: by its name where that says it, else by its first bytes.

    Raises:
        DataError: it is empty, cannot be opened, or is of none of the formats.
    """
    if suffix_of(location) in _TABLES:
        return "csv"
    with open_binary(location) as file:
        start = file.read(_START)
    found = _format_of_bytes(start.removeprefix(b"\xef\xbb\xbf").lstrip())
    if found is None:
        message = "is of no known format" if start.strip() else "is empty"
        hint = f"say which with --format: {', '.join(READERS)}"
        raise DataError([Problem(file=location, message=message, hint=hint)])
    return found


def _format_of_bytes(start: bytes) -> str | None:
    if start.startswith(b"PK\x03\x04"):
        return "inspect"
    first = _first_line(start)
    if first is not None:
        if first.spec is not None or first.run_id is not None:
            return "openai-evals"
        if first.doc_id is not None:
            return "lm-eval"
        if first.reply is not None:
            return "csv"
    keys = set(_KEY.findall(start[:4096]))
    if {b"status", b"eval"} <= keys:
        return "inspect"
    by_key = {b"results": "promptfoo", b"evalId": "promptfoo", b"doc_id": "lm-eval"}
    return next((name for key, name in by_key.items() if key in keys), None)


def _first_line(start: bytes) -> _FirstLine | None:
    line = start.partition(b"\n")[0]
    try:
        return msgspec.json.decode(line, type=_FirstLine)
    except BROKEN:
        return None


def _files(location: str, named: str | None) -> list[str]:
    folder = Path(location)
    if not folder.is_dir():
        return [location]
    inside = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file())
    found = [str(folder / path) for path in inside if _is_log(path, named)]
    if not found:
        raise UsageError(f"{location} holds no logs: .eval, .json, .jsonl, .csv, .tsv, .parquet")
    return found


def _is_log(path: Path, named: str | None) -> bool:
    """Whether a file of a folder is meant; summaries that stand beside samples are not."""
    if path.name.startswith("results_") or any(part.startswith(".") for part in path.parts):
        return False
    if named == "lm-eval":
        return path.name.startswith("samples_")
    return path.suffix in (".eval", ".json", ".jsonl", *_TABLES)
