"""The server: named errors, and that nothing of it stays behind."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.errors import DataError, MissingExtraError
from harness.providers.local import server
from harness.providers.local.server import LocalServer
from harness.values.endpoint import LocalSpec


def gone(pid: int, seconds: float = 10.0) -> bool:
    """Whether process ends within that time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        status = Path(f"/proc/{pid}/stat")
        if not status.exists() or ") Z " in status.read_text():
            return True
        time.sleep(0.05)
    return False


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting without the extra says which extra."""
    monkeypatch.setattr(server, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError) as caught:
        LocalServer(LocalSpec()).spawn()
    assert caught.value.extra == "local"


def test_importing_the_provider_loads_no_library() -> None:
    """llama.cpp is loaded in the child alone."""
    script = "import sys, harness.providers.local.endpoint; sys.exit('xllamacpp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_stopping_what_never_started_is_harmless() -> None:
    """So that every way out may stop."""
    LocalServer(LocalSpec()).stop()


def test_keys_differ() -> None:
    """Another program on this machine cannot ask in between."""
    assert LocalServer(LocalSpec()).key != LocalServer(LocalSpec()).key


@pytest.mark.model
def test_a_broken_model_is_told_in_llama_cpps_words(gguf: Path) -> None:
    """A file that only begins as a GGUF ends in a DataError that names it."""
    with (
        pytest.raises(DataError, match=r"cannot serve tiny: .*(?i:load)"),
        LocalServer(LocalSpec(gguf=str(gguf))),
    ):
        pass


@pytest.mark.model
def test_a_forgotten_server_is_stopped() -> None:
    """Garbage collection ends the process, even while it still loads."""
    server = LocalServer(LocalSpec(context=256))
    server.spawn()
    process = server._process
    del server
    gc.collect()
    assert process.returncode is not None


@pytest.mark.model
def test_a_killed_parent_takes_the_server_along() -> None:
    """Even kill -9 leaves nothing behind."""
    script = (
        "from harness.providers.local.server import LocalServer\n"
        "from harness.values.endpoint import LocalSpec\n"
        "with LocalServer(LocalSpec(context=256)) as server:\n"
        "    print(server._process.pid, flush=True)\n"
        "    input()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
    assert gone(child)
