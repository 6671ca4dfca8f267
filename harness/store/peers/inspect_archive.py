"""The bytes of an Inspect log in, its header and samples out: an .eval archive or a JSON text.

Archives are compressed with zstd since inspect_ai 0.3.206, which the zip files of Python know only
from 3.14 on: their bytes are taken as they stand and unpacked here.
"""

from __future__ import annotations

import copy
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import IO

from harness.errors import DataError, MissingExtraError, Problem
from harness.store.peers.inspect_shapes import Log, Sample
from harness.store.peers.reading import BROKEN, broken, decoded
from harness.store.rows import open_binary

WHAT = "Inspect log"
MOST_BYTES = 256 * 1024 * 1024
"""What one sample may unpack to: real ones with all their events are of some megabytes."""

_ZSTD = 93  # the number of the method in APPNOTE.TXT of the zip format
_SAMPLE = re.compile(r"samples/.+_epoch_\d+\.json", re.DOTALL)  # an id may have slashes
_CHUNKED = re.compile(r"samples/.+_epoch_\d+/sample\.json", re.DOTALL)
_HEADERS = ("header.json", "_journal/start.json")


def read_archive(location: str) -> tuple[Log, list[Sample]]:
    """Header and samples of an .eval archive, read entry by entry; nothing is unpacked to disk.

    Raises:
        DataError: it is none, is damaged, names paths, or an entry unpacks to absurdly much.
    """
    try:
        with open_binary(location) as file, zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            _refuse_paths(location, names)
            header = next((name for name in _HEADERS if name in names), None)
            if header is None:
                raise broken(location, 0, ValueError(f"it has no {_HEADERS[0]}"), WHAT)
            log = read_header(location, _entry(location, archive, header))
            return log, list(_samples(location, archive, names))
    except (zipfile.BadZipFile, RuntimeError, OSError, zlib.error, EOFError) as error:
        raise broken(location, 0, error, f"{WHAT}, or is damaged") from error


def _samples(location: str, archive: zipfile.ZipFile, names: list[str]) -> Iterator[Sample]:
    for number, name in enumerate(filter(_SAMPLE.fullmatch, names), 1):
        try:
            yield decoded(_entry(location, archive, name), Sample)
        except BROKEN as error:
            raise broken(f"{location}!{name}", number, error, "sample of an Inspect log") from error


def _refuse_paths(location: str, names: list[str]) -> None:
    for name in names:
        if name.startswith("/") or "\\" in name or ".." in name.split("/"):
            raise broken(location, 0, ValueError(f"it has an entry called {name!r}"), WHAT)
        if _CHUNKED.fullmatch(name):
            hint = "import the log that it was converted from"  # evals write none themselves
            message = "holds samples in chunks, which are not read"
            raise DataError([Problem(file=location, message=message, hint=hint)])


def _entry(location: str, archive: zipfile.ZipFile, name: str) -> bytes:
    """The bytes of an entry, as long as they are not absurdly many."""
    with _opened(archive, archive.getinfo(name)) as entry:
        data = entry.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        message = f"the entry {name!r} unpacks to more than {MOST_BYTES >> 20} MiB"
        raise DataError([Problem(file=location, message=message)])
    return data


def _opened(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> AbstractContextManager[IO[bytes]]:
    """An entry, unpacked as it is read.

    Raises:
        MissingExtraError: it is compressed with zstd, and PyArrow is not installed.
    """
    if info.compress_type != _ZSTD:
        return archive.open(info.filename)
    try:
        import pyarrow as pa
    except ImportError as error:
        raise MissingExtraError("reading an .eval archive of this version", "parquet") from error
    packed = copy.copy(info)
    packed.compress_type, packed.file_size = zipfile.ZIP_STORED, info.compress_size
    packed.CRC = None  # type: ignore[assignment]  # it is of the unpacked bytes; zstd has its own
    stream: AbstractContextManager[IO[bytes]] = pa.CompressedInputStream(
        archive.open(packed), "zstd"
    )
    return stream


def read_header(location: str, data: bytes) -> Log:
    """The header of a log, or all of a .json log.

    Raises:
        DataError: it is none.
    """
    try:
        return decoded(data, Log)
    except BROKEN as error:
        raise broken(location, 0, error, WHAT) from error
