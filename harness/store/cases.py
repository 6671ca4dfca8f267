"""The cases of one split: a file in, an indexed sequence out whose text stays on disk.

A local JSONL file in the harness's own shape is read where it stands; every other format is
written once, row by row, to an unnamed temporary file of that shape.
"""

from __future__ import annotations

import os
import tempfile
import weakref
from array import array
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import IO, Any

import msgspec

from harness.errors import DataError, Problem
from harness.store.rows import (
    LINE_ERRORS,
    MAX_LINE,
    Row,
    is_url,
    open_binary,
    oversized,
    read_rows,
    refuse_deep,
    unreadable,
)
from harness.store.suite_problems import FileProblems
from harness.values.case import UNLABELLED, Case, Split
from harness.values.digest import DIGEST_BYTES, digest
from harness.values.suite import Columns

MAX_STRATA = 1000
_BOM = b"\xef\xbb\xbf"

_decode = msgspec.json.Decoder(Case).decode
_encode = msgspec.json.Encoder(enc_hook=str).encode  # a time stamp of pandas becomes text
_encode_sorted = msgspec.json.Encoder(order="sorted").encode


class CaseFile:
    """An indexed split (`harness.values.case.Cases`): about 120 bytes of memory per case."""

    def __init__(self, split: Split, location: str, file: IO[bytes]) -> None:
        self.split = split
        self.location = location
        self.ids: list[str] = []
        self.lines = array("I")
        self.strata = array("I")
        self.inputs_digest = ""
        self.expected_digest = ""
        self.common_inputs: frozenset[str] = frozenset()
        self._file = file
        weakref.finalize(self, file.close)
        self._offsets = array("Q")
        self._lengths = array("I")

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, index: int) -> Case:
        data = os.pread(self._file.fileno(), self._lengths[index], self._offsets[index])
        return _decode(data)

    def __iter__(self) -> Iterator[Case]:
        return (self[i] for i in range(len(self)))

    def index(self, problems: FileProblems, lines: Sequence[int] | None = None) -> None:
        """Read the whole file once: offsets, ids, digests, strata, and what is wrong with it.

        `lines` gives the line of each row in the file the user wrote, where that is another one.
        """
        seen = _Seen()
        offset = 0
        self._file.seek(0)
        for row, raw in enumerate(self._file):
            start, offset = offset, offset + len(raw)
            line = lines[row] if lines else row + 1
            text = raw.removeprefix(_BOM) if row == 0 else raw
            if not text.strip():
                continue
            case = self._decode_row(text, line, problems)
            if case is not None and seen.add(self, case, line, problems):
                self._offsets.append(start + len(raw) - len(text))
                self._lengths.append(len(text))
        self.inputs_digest, self.expected_digest = seen.digests()
        self.common_inputs = frozenset(seen.common or ())
        if not self.ids and not problems.count:
            problems.add(Problem(file=self.location, message="the split has no cases"))

    def _decode_row(self, text: bytes, line: int, problems: FileProblems) -> Case | None:
        if len(text) > MAX_LINE:
            problems.add(oversized(self.location, line, len(text)))
            return None
        try:
            case = _decode(text)
            refuse_deep(text, [case.input, case.expected])
        except LINE_ERRORS as error:
            problems.add(unreadable(self.location, line, error))
            return None
        if not case.id or not case.input:
            message = "a case needs an id and at least one input"
            problems.add(Problem(file=self.location, line=line, message=message))
            return None
        return case


class _Seen:
    """What the index pass accumulates and the finished index no longer needs."""

    def __init__(self) -> None:
        self.common: set[str] | None = None
        self._ids: set[str] = set()
        self._codes: dict[bytes, int] = {}
        self._inputs = blake2b(digest_size=DIGEST_BYTES)
        self._expected = blake2b(digest_size=DIGEST_BYTES)

    def add(self, file: CaseFile, case: Case, line: int, problems: FileProblems) -> bool:
        if case.id in self._ids:
            earlier = 0 if problems.full else file.lines[file.ids.index(case.id)]
            message = f"the id {case.id!r} stands already in line {earlier}"
            problems.add(Problem(file=file.location, line=line, message=message))
            return False
        self._ids.add(case.id)
        if self.common is None:
            self.common = set(case.input)
        else:
            self.common.intersection_update(case.input)
        self._inputs.update(_encode_sorted([case.id, case.input]))
        self._expected.update(_encode_sorted([case.id, case.expected]))
        file.ids.append(case.id)
        file.lines.append(line)
        file.strata.append(self._stratum(case))
        return True

    def _stratum(self, case: Case) -> int:
        """Equal for equal expected values and tags; beyond MAX_STRATA all the rest share one."""
        if len(self._codes) >= MAX_STRATA:
            return self._codes.get(_encode_sorted([case.expected, case.tags]), MAX_STRATA)
        return self._codes.setdefault(_encode_sorted([case.expected, case.tags]), len(self._codes))

    def digests(self) -> tuple[str, str]:
        return self._inputs.hexdigest(), self._expected.hexdigest()


def read_cases(
    split: Split, location: str, columns: Columns | None, problems: list[Problem]
) -> CaseFile | None:
    """Index the cases at a path or URL; what is wrong is added to `problems`.

    Of the faults of single lines the first 100 are, and the number of the others.
    """
    faults = FileProblems(location, problems)
    try:
        return _indexed(split, location, columns, faults)
    except DataError as error:
        problems.extend(error.problems)
    except OSError as error:
        message = f"cannot be copied for reading ({error.strerror})"
        problems.append(Problem(file=location, message=message))
    finally:
        faults.close()
    return None


def _indexed(
    split: Split, location: str, columns: Columns | None, problems: FileProblems
) -> CaseFile:
    labelled = split != UNLABELLED
    if labelled and columns is None and location.endswith(".jsonl") and not is_url(location):
        cases = CaseFile(split, location, open_binary(location))
        cases.index(problems)
        return cases
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the cases do
    cases = CaseFile(split, location, spool)
    rows = read_rows(location) if labelled else _unlabelled_rows(location, columns)
    cases.index(problems, _spool(spool, rows, location, columns, problems))
    return cases


def _unlabelled_rows(location: str, columns: Columns | None) -> Iterator[Row]:
    """Rows of inputs alone: what nobody knows is expected is null."""
    name = (columns and columns.expected) or "expected"
    return ((line, {name: None, **row}) for line, row in read_rows(location))


def _spool(
    spool: IO[bytes],
    rows: Iterable[Row],
    location: str,
    columns: Columns | None,
    problems: FileProblems,
) -> array[int]:
    """Write all rows as JSONL in the harness's own shape; return the line each came from."""
    lines = array("I")
    for line, row in rows:
        try:
            case = _mapped(row, columns) if columns else _own_columns(row)
        except KeyError as error:
            message = f"there is no column {error.args[0]!r} (columns: {', '.join(map(str, row))})"
            problems.add(Problem(file=location, line=line, message=message))
            if not lines:
                break  # a missing column is missing in every row: say it once
            continue
        lines.append(line)
        spool.write(_encode(case) + b"\n")
    spool.flush()
    return lines


def _mapped(row: dict[str, Any], columns: Columns) -> dict[str, Any]:
    if not columns.input:
        raise KeyError("columns.input")
    values = {name: row[column] for name, column in columns.input.items()}
    case = {
        "id": str(row[columns.id]) if columns.id else _id(row, values),
        "input": values,
        "expected": row[columns.expected or "expected"],
    }
    if columns.group:
        case["group"] = str(row[columns.group])
    if columns.tags:
        case["tags"] = {name: str(row[column]) for name, column in columns.tags.items()}
    return case


def _own_columns(row: dict[str, Any]) -> dict[str, Any]:
    """Flat columns `input.x` and `tags.x` beside `id`, `expected` and `group`; nested ones too."""
    if "input" in row:
        return row
    values = {k.removeprefix("input."): v for k, v in row.items() if k.startswith("input.")}
    if not values:
        raise KeyError("input")
    case = {"id": _id(row, values), "input": values, "expected": row["expected"]}
    tags = {k.removeprefix("tags."): str(v) for k, v in row.items() if k.startswith("tags.")}
    return (
        case
        | ({"tags": tags} if tags else {})
        | ({"group": str(row["group"])} if row.get("group") else {})
    )


def _id(row: dict[str, Any], values: dict[str, Any]) -> str:
    """The row's own id, or the digest of its inputs where it has none."""
    own = row.get("id")
    return digest(values) if own is None or own == "" else str(own)
