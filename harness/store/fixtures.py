"""Fixtures: recorded replies of one arm in git, a projection of journals.

One JSON line per split, case and replicate, sorted in that order; no header, so that no key and no
machine can get into one. Deterministic failures of a provider (filtered, bad_request) are replies
too; infrastructure failures of our own runs are never recorded, those of imported logs are: nobody
can ask again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import msgspec

from harness.errors import DataError, Problem
from harness.store.atomic import write_atomic
from harness.store.cases import CaseFile
from harness.store.lock import locked
from harness.values.case import ALL_SPLITS, Split
from harness.values.record import Record
from harness.values.reply import Answer, Failure, Reply
from harness.values.request import KEY_VERSION, Recall, Replicate, Request

LOCK_FILE = ".lock"
RECORDED_FAILURES = frozenset({"filtered", "bad_request"})


class Origin(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a reply came from: the model as the server named it, the server, the UTC day."""

    model: str
    server: str
    date: str


class FixtureLine(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One recorded reply."""

    split: Split
    case: str
    replicate: Replicate = Replicate()
    input_digest: str
    key: str
    key_version: int = KEY_VERSION
    shots: tuple[str, ...] = ()
    origin: Origin
    reply: Reply


class _Address(msgspec.Struct):
    """The part of a line that the index needs; decoding the rest is left for the look-up."""

    split: Split
    case: str
    input_digest: str
    key: str
    origin: Origin
    replicate: Replicate = Replicate()


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(FixtureLine).decode
_decode_address = msgspec.json.Decoder(_Address).decode

LineKey = tuple[Split, str, Replicate]


def fixture_path(folder: Path, arm: str) -> Path:
    """The file of one arm."""
    return folder / f"{arm}.jsonl"


def read_fixtures(path: Path) -> Iterator[tuple[int, FixtureLine]]:
    """All lines of a file with their numbers.

    Raises:
        DataError: the file is absent or a line is broken.
    """
    for number, line in _lines(path):
        yield number, _decoded(path, number, line, _decode)


class FixtureIndex:
    """Recorded replies of one split by case and replicate; their text is decoded on look-up.

    A recording answers a request of the same place, input and key. Of a frozen arm the key does not
    count, so that editing a template cannot lose what nobody can record again. The place counts,
    because a server may answer equal questions differently, and each case keeps its own answer.
    `days` and `servers` are of the split's lines.

    Raises:
        DataError: the file is absent or a line is broken, of this split or another.
    """

    def __init__(self, path: Path, *, split: Split, frozen: bool) -> None:
        self.days: set[str] = set()
        self.servers: set[str] = set()
        self._path = path
        self._frozen = frozen
        self._lines: dict[tuple[str, Replicate], tuple[str, str, bytes]] = {}
        for number, line in _lines(path):
            address = _decoded(path, number, line, _decode_address)
            if address.split != split:
                continue
            place = (address.case, address.replicate)
            self._lines[place] = (address.input_digest, address.key, line)
            self.days.add(address.origin.date)
            self.servers.add(address.origin.server)

    def __len__(self) -> int:
        return len(self._lines)

    def lookup(self, request: Request) -> Reply | None:
        """The recorded reply to a request, or None."""
        return None if request.recall is None else self.find(request.recall)

    def find(self, recall: Recall) -> Reply | None:
        """The recorded reply at a place, if it answers what is asked there."""
        found = self._lines.get((recall.case, recall.replicate))
        if found is None:
            return None
        input_digest, recorded_key, line = found
        if input_digest != recall.input_digest or not (self._frozen or recorded_key == recall.key):
            return None
        return self._reply(line)

    def _reply(self, line: bytes) -> Reply:
        try:
            return _decode(line).reply
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            message = f"a reply cannot be read: {error}"
            raise DataError([Problem(file=str(self._path), message=message)]) from error


def fixtures_locked(folder: Path) -> AbstractContextManager[None]:
    """Hold a suite's fixtures alone, from reading a file until its new text is in place.

    Waits for whoever else holds them. `project` takes this lock itself: within it, it never ends.

    Raises:
        DataError: the folder cannot be written or locked (on entering).
    """
    return locked(folder / LOCK_FILE)


def project(
    path: Path,
    records: Iterable[Record],
    *,
    split: Split,
    cases: Mapping[Split, CaseFile],
    origin: Callable[[str], Origin],
) -> int:
    """Merge the replies of one arm into its file, atomically; return how many lines are new.

    An answer whose key already stands there keeps its origin. `origin` makes the origin of
    a new line from the model's name in its reply. Another process that records the same suite
    waits until this one is through.
    """
    made = (_line(record, split, origin) for record in records)
    return add_fixtures(path, [line for line in made if line is not None], cases)


def add_fixtures(path: Path, new: Iterable[FixtureLine], cases: Mapping[Split, CaseFile]) -> int:
    """Merge lines into the file of one arm, atomically; return how many were not there."""
    with fixtures_locked(path.parent):
        lines = {_line_key(line): line for _, line in read_fixtures(path)} if path.exists() else {}
        added = _merge(lines, new)
        write_fixtures(path, lines.values(), cases)
    return added


def _merge(lines: dict[LineKey, FixtureLine], new: Iterable[FixtureLine]) -> int:
    """Put new lines to the others; return how many were not there in this form."""
    added = 0
    for line in new:
        old = lines.get(_line_key(line))
        if old is None or old.key != line.key or isinstance(old.reply, Failure):
            lines[_line_key(line)] = line
            added += 1
    return added


def write_fixtures(
    path: Path, lines: Iterable[FixtureLine], cases: Mapping[Split, CaseFile]
) -> None:
    """Write lines sorted by split, case order and replicate; atomically."""
    positions = {s: {id_: i for i, id_ in enumerate(c.ids)} for s, c in cases.items()}

    def order(line: FixtureLine) -> Any:
        place = positions.get(line.split, {}).get(line.case, 1 << 60)
        return ALL_SPLITS.index(line.split), place, line.case, line.replicate

    write_atomic(path, (_encode(line) + b"\n" for line in sorted(lines, key=order)))


def _line(record: Record, split: Split, origin: Callable[[str], Origin]) -> FixtureLine | None:
    exchange = record.exchanges[-1] if record.exchanges else None
    if exchange is None:
        return None
    reply = exchange.reply
    if isinstance(reply, Failure) and reply.kind not in RECORDED_FAILURES:
        return None
    return FixtureLine(
        split=split,
        case=record.case,
        replicate=record.replicate,
        input_digest=record.input_digest,
        key=exchange.key,
        shots=record.shots,
        origin=origin(reply.model if isinstance(reply, Answer) else ""),
        reply=reply,
    )


def _line_key(line: FixtureLine) -> LineKey:
    return line.split, line.case, line.replicate


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with path.open("rb") as file:
            yield from ((n, line) for n, line in enumerate(file, 1) if line.strip())
    except OSError as error:
        raise DataError(
            [Problem(file=str(path), message=f"cannot be read ({error.strerror})")]
        ) from error


def _decoded(path: Path, number: int, line: bytes, decode: Callable[[bytes], Any]) -> Any:
    try:
        return decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        problem = Problem(file=str(path), line=number, message=f"no fixture line: {error}")
        raise DataError([problem]) from error
