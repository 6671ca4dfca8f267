"""decisions.jsonl: every gate that was held, appended and never changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from harness.errors import DataError, HarnessError, Problem
from harness.store.appended import AppendedLines, open_to_append
from harness.store.lock import locked
from harness.store.suite_problems import FileProblems
from harness.values.baseline import Decision, sealed_decision

DECISIONS_FILE = "decisions.jsonl"
LOCK_FILE = ".lock"

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Decision).decode


def append_decision(folder: Path, make: Callable[[tuple[Decision, ...]], Decision]) -> Decision:
    """Append the decision that `make` makes of all earlier ones, which nobody adds to meanwhile.

    The line is on the disk when this returns. What a killed writer left of its own is cut.

    Raises:
        DataError: the folder or the disk cannot be written, or an earlier line is broken; the
            file ends with the line before.
        HarnessError: the decision could not be read again; nothing is written.
    """
    path = folder / DECISIONS_FILE
    with locked(folder / LOCK_FILE):
        decision = sealed_decision(make(read_decisions(folder)))
        line = _encode(decision) + b"\n"
        _refuse_unreadable(decision, line)
        lines = AppendedLines(path, open_to_append(path))
        try:
            lines.append(line, durable=True)
        finally:
            lines.close()
    return decision


def read_decisions(folder: Path) -> tuple[Decision, ...]:
    """All decisions of a folder in their order, none where there is no file yet.

    A last line without its end, which somebody is writing or was killed in, is left.

    Raises:
        DataError: the file cannot be read, or whole lines are no decisions: all of them.
    """
    path = folder / DECISIONS_FILE
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        message = f"cannot be read ({error.strerror})"
        raise DataError([Problem(file=str(path), message=message)]) from error
    found: list[Problem] = []
    problems = FileProblems(str(path), found)
    whole = data.split(b"\n")[:-1]
    decisions = [_decoded(str(path), n, line, problems) for n, line in enumerate(whole, 1)]
    problems.close()
    if found:
        raise DataError(found)
    return tuple(decision for decision in decisions if decision is not None)


def _decoded(file: str, number: int, line: bytes, problems: FileProblems) -> Decision | None:
    hint = "restore the line from git; decisions are appended and never edited"
    try:
        decision = _decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = f"no decision: {error}"
        problems.add(Problem(file=file, line=number, message=message, hint=hint))
        return None
    if sealed_decision(decision) != decision:
        message = f"decision {decision.number} was edited by hand: its seal is of another line"
        problems.add(Problem(file=file, line=number, message=message, hint=hint))
    return decision


def _refuse_unreadable(decision: Decision, line: bytes) -> None:
    """A line that cannot be read again would close the file for every later gate."""
    try:
        same = _decode(line) == decision
    except msgspec.DecodeError as error:
        raise HarnessError(f"a decision could not be read again: {error}") from error
    if not same:
        raise HarnessError("a decision could not be read again: it would have other values")
