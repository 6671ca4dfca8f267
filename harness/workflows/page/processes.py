"""Parts of a page packed by other processes: a suite's folder in, the parts out in their order.

A process is told by its standard input what to pack, and writes into a temporary file without a
name that this process has opened. When this process ends in whichever way, its ends of the pipes
are closed, and that ends the others.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from types import TracebackType
from typing import IO, Self, cast

import msgspec

import harness
from harness.errors import HarnessError
from harness.reports.page.parts import GridPart, PackedPart
from harness.workflows.page.messages import Counted, Failed, Finished, PartMessage
from harness.workflows.page.source import GridSource

PROGRAM = "harness.workflows.page.worker"
_PIECE = 1 << 20
_encode = msgspec.msgpack.Encoder().encode
_decode_message = msgspec.json.Decoder(PartMessage).decode
_decode_part = msgspec.msgpack.Decoder(GridPart).decode


class PartProcesses:
    """So many processes that open a suite and wait for what they are to pack.

    A context manager: what is still running at its end is killed. `told` is told of cases that are
    packed, by one thread at a time.
    """

    def __init__(self, suite: Path, count: int, told: Callable[[int], None]) -> None:
        lock = Lock()

        def told_in_turn(cases: int) -> None:
            with lock:
                told(cases)

        with ExitStack() as stack:
            self._processes = [
                stack.enter_context(_Process(suite, told_in_turn)) for _ in range(count)
            ]
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def parts(self, source: GridSource) -> Sequence[PackedPart]:
        """Begin to pack; the parts are to be taken in their order.

        A part raises, when it is taken:
            DataError: a journal is broken, or there is no room for the part.
            HarnessError: its process ended before it was done.
        """
        count = len(self._processes)
        for number, process in enumerate(self._processes):
            process.begin(source, range(number, source.parts, count))
        return [self._processes[number % count].part() for number in range(source.parts)]


class _Process:
    """One process, its file, and the thread that listens to it."""

    def __init__(self, suite: Path, told: Callable[[int], None]) -> None:
        self._told = told
        self._finished: SimpleQueue[Finished | Failed | None] = SimpleQueue()
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with this process
        heard, said = os.pipe()
        try:
            self._popen = _started(suite, self._file, said)
        except OSError as error:
            os.close(heard)
            self._file.close()
            raise HarnessError(f"a process that packs cases cannot start: {error}") from error
        finally:
            os.close(said)
        self._thread = Thread(target=self._listen, args=(heard,), name="packing", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._popen.kill()
        self._popen.wait()
        self._thread.join()
        self._file.close()

    def begin(self, source: GridSource, numbers: Sequence[int]) -> None:
        """Say what to pack."""
        job = _encode((list(numbers), source))
        try:
            with cast("IO[bytes]", self._popen.stdin) as stdin:
                stdin.write(job)
        except BrokenPipeError:  # it has failed, and says why when a part is taken
            return

    def part(self) -> PackedPart:
        """The next part of this process."""
        message = self._finished.get()
        if message is None:
            raise HarnessError(self._ended())
        if isinstance(message, Failed):
            raise message.error()
        at = message.start
        while at < message.tables:
            piece = os.pread(self._file.fileno(), min(_PIECE, message.tables - at), at)
            at += len(piece)
            yield piece.decode("ascii")
        return _decode_part(os.pread(self._file.fileno(), message.end - at, at))

    def _listen(self, heard: int) -> None:
        """Until the process closes its end, which it does at the latest when it dies."""
        with os.fdopen(heard, "rb") as messages:
            for line in messages:
                message = _decode_message(line)
                if isinstance(message, Counted):
                    self._told(message.cases)
                else:
                    self._finished.put(message)
        self._finished.put(None)

    def _ended(self) -> str:
        status = self._popen.wait()
        how = f"signal {-status}" if status < 0 else f"status {status}"
        return (
            f"a process that packs cases of the page ended with {how} before it was done. If the "
            "machine is short of memory, write the page of fewer arms at a time with --arm"
        )


def _started(suite: Path, file: IO[bytes], said: int) -> subprocess.Popen[bytes]:
    """The program, out of reach of the terminal's Ctrl-C: this process ends it."""
    words = [sys.executable, "-P", "-m", PROGRAM, str(suite), str(file.fileno()), str(said)]
    return subprocess.Popen(  # noqa: S603 - our own program
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        pass_fds=(file.fileno(), said),
        env=os.environ | {"PYTHONPATH": _path()},
        process_group=0,
    )


def _path() -> str:
    """Where other processes find this very harness, whatever folder they start in."""
    own = str(Path(harness.__file__).resolve().parent.parent)
    return os.pathsep.join(filter(None, [own, os.environ.get("PYTHONPATH")]))
