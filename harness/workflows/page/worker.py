"""A program that packs parts of a page: a source on standard input, the parts in an open file out.

    python -m harness.workflows.page.worker SUITE FILE MESSAGES

FILE and MESSAGES are numbers of open files; `processes.py` starts it and listens.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

import msgspec

from harness.errors import DataError, HarnessError
from harness.reports.page.grid import packed_part
from harness.reports.page.parts import GridPart, PackedPart
from harness.store.settings import read_settings
from harness.store.suite import read_suite
from harness.workflows.page.counting import counted_cases
from harness.workflows.page.grid import GridReader
from harness.workflows.page.messages import Counted, Finished, PartMessage, failed
from harness.workflows.page.source import GridSource

_encode_message = msgspec.json.Encoder().encode
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[list[int], GridSource]).decode


def main(words: list[str]) -> int:
    """Pack what is asked for; 0 if all went well, or an error of the harness was told."""
    suite, file, messages = Path(words[0]), int(words[1]), int(words[2])
    gc.disable()  # millions of small values, none of them in a circle, would be gone through often
    with os.fdopen(messages, "wb", buffering=0) as said, os.fdopen(file, "wb") as packed:

        def say(message: PartMessage) -> None:
            said.write(_encode_message(message) + b"\n")

        try:
            _pack(suite, packed, say)
        except BrokenPipeError:  # nobody waits for the page any more
            return 0
        except HarnessError as error:
            say(failed(error))
        except OSError as error:
            say(failed(DataError(f"a part of the page cannot be packed ({error.strerror})")))
    return 0


def _pack(suite: Path, packed: IO[bytes], say: Callable[[PartMessage], None]) -> None:
    opened = read_suite(suite, read_settings(suite))
    job = sys.stdin.buffer.read()
    if not job:  # there is nothing to pack after all
        return
    numbers, source = _decode(job)
    wanted = [case for number in numbers for case in source.part(number)]
    with GridReader(opened, source, wanted) as reader:
        for number in numbers:
            cases = reader.read(source.part(number))
            counted = counted_cases(cases, lambda count: say(Counted(count)))
            say(_written(packed, packed_part(source.arms, counted, number)))


def _written(packed: IO[bytes], part: PackedPart) -> Finished:
    """Write the blocks of a part, and behind them what the page must know of it."""
    start = packed.tell()
    while True:
        try:
            packed.write(next(part).encode("ascii"))
        except StopIteration as ended:
            found: GridPart = ended.value
            break
    tables = packed.tell()
    packed.write(_encode(found))
    packed.flush()
    return Finished(start, tables, packed.tell())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
