"""Leak reports that were made before: results/leaks/SUITE/KEY.json, in and out.

Comparing takes seconds where there are many rows, and a replay only milliseconds. A report is kept
under a digest of everything that it depends on; the folder may be deleted at any time.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from harness.errors import DataError
from harness.store.atomic import write_atomic
from harness.store.cases import CaseFile
from harness.values.digest import digest_all, digest_bytes
from harness.values.leaks import LeakReport

LEAKS_FOLDER = "leaks"
_NO_GROUP = "\0"


def report_path(results: Path, suite: str, key: str) -> Path:
    """Where the report of a key is kept."""
    return results / LEAKS_FOLDER / suite / f"{key}.json"


def kept_report(path: Path) -> LeakReport | None:
    """The report of a file; None where there is no file, or a broken one."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=LeakReport)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def keep_report(path: Path, report: LeakReport) -> None:
    """Keep a report, atomically; where nothing can be written it is made again next time."""
    try:
        write_atomic(path, [msgspec.json.encode(report), b"\n"])
    except DataError:
        return


def cases_digest(cases: CaseFile) -> str:
    """Over ids, inputs and groups: of the file where it is a local one, which is fast."""
    path = Path(cases.location)
    if path.is_file():
        return digest_all([cases.inputs_digest, digest_bytes(path.read_bytes())])
    groups = (case.group or _NO_GROUP for case in cases)
    return digest_all([cases.inputs_digest, digest_all(groups)])
