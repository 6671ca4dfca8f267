"""training/NAME.curve.json: the learning curve of one training, read and written whole."""

from __future__ import annotations

from pathlib import Path

from harness.errors import DataError, Problem
from harness.store.atomic import write_atomic
from harness.store.trainings import TRAINING_FOLDER
from harness.values.curve import Curve, decode_curve, encode_curve

SUFFIX = ".curve.json"


def curve_path(suite: Path, training: str) -> Path:
    """The file of one curve."""
    return suite / TRAINING_FOLDER / f"{training}{SUFFIX}"


def curve_paths(suite: Path) -> list[Path]:
    """The files of all curves of a suite, by name."""
    return sorted((suite / TRAINING_FOLDER).glob(f"*{SUFFIX}"))


def read_curve(path: Path) -> Curve | None:
    """The curve of a file; None where there is none yet.

    Raises:
        DataError: the file cannot be read or is no curve.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        message = f"cannot be read ({error.strerror})"
        raise DataError([Problem(file=str(path), message=message)]) from error
    return decode_curve(data, str(path))


def write_curve(path: Path, curve: Curve) -> None:
    """Write a curve, atomically."""
    write_atomic(path, [encode_curve(curve)])
