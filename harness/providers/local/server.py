"""A llama.cpp server for the length of a `with`: a LocalSpec in, a URL on loopback out."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Sequence
from contextlib import suppress
from http.client import HTTPConnection
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, Self
from urllib.parse import urlsplit

from harness.errors import DataError, HarnessError, MissingExtraError
from harness.providers.local.model import gguf_name, gguf_path
from harness.values.endpoint import LocalSpec

START_SECONDS = 300.0
"""A model of several gigabytes on a slow disk takes minutes."""

_HEALTH_SECONDS = 10.0
_CHILD = Path(__file__).with_name("child.py")


class LocalServer:
    """llama.cpp in a child process: silent, on a free port, behind a key of its own.

    A process of its own because llama.cpp holds the interpreter for the seconds of loading, writes
    to stderr past its log level, and could take the run down with it. It is gone, port and memory
    with it, after `stop`, garbage collection, exit, or the death of this process. `adapters` are
    LoRA files, all off until a request switches one on by its position.
    """

    def __init__(self, spec: LocalSpec, adapters: Sequence[str | Path] = ()) -> None:
        self._spec = spec
        self._adapters = tuple(map(str, adapters))
        self.key = secrets.token_urlsafe(16)
        self.base_url = ""
        self.version = ""

    def __enter__(self) -> Self:
        self.spawn()
        try:
            self.wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def spawn(self) -> None:
        """Start the process; returns before the model is loaded.

        Raises:
            MissingExtraError: xllamacpp or the packaged model is not installed.
            DataError: the GGUF file cannot be read.
        """
        if find_spec("xllamacpp") is None:
            raise MissingExtraError("the embedded model", "local")
        settings = self._settings()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter, this package's file
            [sys.executable, "-P", str(_CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            start_new_session=True,  # Ctrl-C is for the run, which then stops the server
        )
        self._stop = weakref.finalize(self, _end, self._process, self._log)
        with suppress(BrokenPipeError):
            _pipe(self._process.stdin).write(json.dumps(settings).encode() + b"\n")
            _pipe(self._process.stdin).flush()

    def wait_ready(self) -> None:
        """Block until the server answers. Raises DataError with llama.cpp's own words."""
        deadline = threading.Timer(START_SECONDS, self._process.kill)
        deadline.start()
        try:
            line = _pipe(self._process.stdout).readline()
        finally:
            deadline.cancel()
        if not line:
            raise DataError(f"llama.cpp cannot serve {gguf_name(self._spec)}: {self._last_words()}")
        started = json.loads(line)
        _check_health(started["url"])
        self.base_url = started["url"]
        self.version = f"llama.cpp (xllamacpp {started['version']})"

    def stop(self) -> None:
        """End the process; harmless when it is gone or was never started."""
        if hasattr(self, "_stop"):
            self._stop()

    def _settings(self) -> dict[str, Any]:
        spec = self._spec
        return {
            "gguf": str(gguf_path(spec)),
            "name": gguf_name(spec),
            "slots": spec.slots,
            "threads": spec.threads,
            "context": spec.context,
            "swa_full": spec.swa_full,
            # /v1/messages cannot switch reuse off for one request, so there it is off for all
            "cache": spec.protocol == "openai",
            "adapters": self._adapters,
            "key": self.key,
            "parent": os.getpid(),
        }

    def _last_words(self) -> str:
        self._process.wait()
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").splitlines()
        return "\n".join(line for line in lines if line.strip())[-500:] or "it said nothing"


def _check_health(url: str) -> None:
    place = urlsplit(url)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=_HEALTH_SECONDS)
    try:
        connection.request("GET", "/health")
        status = connection.getresponse().status
    except OSError as error:
        raise HarnessError(f"llama.cpp was started and does not answer: {error}") from error
    finally:
        connection.close()
    if status != 200:  # noqa: PLR2004 - HTTP's OK
        raise HarnessError(f"llama.cpp was started and is not healthy: status {status}")


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise HarnessError("the server's process has no pipe")
    return pipe


def _end(process: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    """Nothing of the server must outlive it, so there is nothing to end gracefully."""
    process.kill()
    process.wait()
    with suppress(BrokenPipeError):
        _pipe(process.stdin).close()
    _pipe(process.stdout).close()
    log.close()
