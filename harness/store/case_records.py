"""A journal in, the records of any case out, read from disk when they are asked for.

Only places are held in memory: about 20 bytes a record.
"""

from __future__ import annotations

import os
import re
from array import array
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import msgspec

from harness.errors import DataError, Problem
from harness.values.record import Record
from harness.values.request import Replicate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_decode = msgspec.json.Decoder(Record).decode


class _Place(msgspec.Struct):
    """Enough of a record to know whose it is."""

    case: str


_place = msgspec.json.Decoder(_Place).decode

_LEAD = re.compile(rb'\{"arm":"[^"\\]*","case":"([^"\\]*)"')
"""How the harness begins a line; whatever begins otherwise is decoded as a whole."""


class CaseRecords:
    """The records of a journal by case; of one that was asked again the last one counts.

    What is appended after it was opened is not seen.

    Raises:
        DataError: there is no journal, or a whole line is not a record.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise _problem(path, f"cannot be read ({error.strerror})") from error
        self._numbers: dict[str, int] = {}
        try:
            self._starts, self._order, self._bounds = self._scanned()
        except DataError:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def of(self, case: str) -> list[Record]:
        """The records of a case, of all arms, in the order of writing; empty where there is none.

        Raises:
            DataError: a line is not a record.
        """
        number = self._numbers.get(case)
        if number is None:
            return []
        last: dict[tuple[str, Replicate], Record] = {}
        for place in self._order[self._bounds[number] : self._bounds[number + 1]].tolist():
            record = self._read(place)
            last[record.arm, record.replicate] = record
        return list(last.values())

    def _scanned(self) -> tuple[array[int], NDArray[np.int64], list[int]]:
        cases, starts = array("I"), array("Q", [0])
        for number, line in enumerate(self._file, 1):
            if not line.endswith(b"\n"):
                break
            lead = _LEAD.match(line)
            try:
                case = lead[1].decode() if lead is not None else _place(line).case
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise _problem(self._path, f"no record: {error}", number) from error
            cases.append(self._numbers.setdefault(case, len(self._numbers)))
            starts.append(starts[-1] + len(line))
        return _by_case(cases, starts, len(self._numbers))

    def _read(self, place: int) -> Record:
        start = self._starts[place]
        line = os.pread(self._file.fileno(), self._starts[place + 1] - start, start)
        try:
            return _decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise _problem(self._path, f"no record: {error}", place + 1) from error


def _by_case(
    cases: array[int], starts: array[int], count: int
) -> tuple[array[int], NDArray[np.int64], list[int]]:
    """Where lines start, line numbers ordered by case, and where each case begins among those."""
    import numpy as np

    coded = np.array(cases, dtype=np.int64)
    order = np.argsort(coded, kind="stable")
    bounds = np.concatenate([[0], np.cumsum(np.bincount(coded, minlength=count))])
    return starts, order, bounds.astype(np.int64).tolist()


def _problem(path: Path, message: str, line: int = 0) -> DataError:
    return DataError([Problem(file=str(path), line=line, message=message)])
