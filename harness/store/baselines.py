"""baselines/SUITE/: the approved state of an arm (ARM.jsonl) and the incumbent (production.toml).

A baseline is a header and one line per case, sorted by id and without text: its git diff is the
list of the cases that flipped.
"""

from __future__ import annotations

import re
from collections import Counter
from math import fsum
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import tomli_w

from harness.errors import DataError, HarnessError, Problem, UsageError
from harness.store.atomic import write_atomic, write_text
from harness.store.decisions import DECISIONS_FILE
from harness.store.suite_problems import FileProblems
from harness.store.toml import line_of, read_text, read_toml_or_none
from harness.values.baseline import (
    BASELINE_VERSION,
    SCORE_DECIMALS,
    Baseline,
    BaselineCase,
    BaselineHeader,
    Production,
    seal_of,
)
from harness.values.score import Outcome
from harness.values.table import NAME_PATTERN

PRODUCTION_FILE = "production.toml"
SUFFIX = ".jsonl"

_FIRST_LINE = "# What is in production, and since when. Written by `harness promote`.\n"
_RESTORE = "restore the file from git, or approve again with `harness promote`"
_ROUNDING = 0.5 * 10**-SCORE_DECIMALS + 1e-9

T = TypeVar("T")

_encode = msgspec.json.Encoder().encode


class _Version(msgspec.Struct):
    """The part of a header that says how to read the rest."""

    version: int


_decode_version = msgspec.json.Decoder(_Version)
_decode_header = msgspec.json.Decoder(BaselineHeader)
_decode_case = msgspec.json.Decoder(BaselineCase)


def baseline_path(folder: Path, arm: str) -> Path:
    """The file of one arm in the folder of a suite's baselines.

    Raises:
        UsageError: an arm of this name can have none: its file is that of the decisions.
    """
    name = f"{arm}{SUFFIX}"
    if name == DECISIONS_FILE:
        raise UsageError(f"arm {arm} cannot have a baseline: {name} holds decisions; rename it")
    return folder / name


def baseline_arms(folder: Path) -> tuple[str, ...]:
    """The arms that have a baseline, by name."""
    names = (path.stem for path in folder.glob(f"*{SUFFIX}") if path.name != DECISIONS_FILE)
    return tuple(sorted(name for name in names if re.match(NAME_PATTERN, name)))


def read_baseline(path: Path) -> Baseline:
    """The baseline of a file.

    Raises:
        DataError: with all problems of the file, each at its line; an edit by hand is one.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        message = f"cannot be read ({error.strerror})"
        raise DataError([Problem(file=str(path), message=message, hint=_RESTORE)]) from error
    return _parsed(path, data)


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write a baseline, atomically.

    Raises:
        DataError: the folder cannot be written or the disk is full; the old file stands.
        HarnessError: it is not sealed, or contradicts itself; nothing is written.
    """
    header = msgspec.to_builtins(baseline.header, order="deterministic")
    first = {"version": baseline.header.version, **header}
    lines = [_encode(line) + b"\n" for line in (first, *baseline.cases)]
    try:
        same = _parsed(path, b"".join(lines)) == baseline
    except DataError as error:
        raise HarnessError(f"a baseline could not be read again: {error}") from error
    if not same:
        raise HarnessError(f"{path}: a baseline could not be read again: it has other values")
    write_atomic(path, lines)


def read_production(folder: Path) -> Production | None:
    """What a folder says is in production; None where nothing is.

    Raises:
        DataError: with all problems of production.toml.
    """
    return read_toml_or_none(folder / PRODUCTION_FILE, Production)


def write_production(folder: Path, production: Production) -> None:
    """Write production.toml, atomically."""
    values: dict[str, Any] = msgspec.to_builtins(production)
    write_text(folder / PRODUCTION_FILE, _FIRST_LINE + tomli_w.dumps(values))


def read_incumbent(folder: Path) -> tuple[Production, Baseline] | None:
    """What is in production with its baseline; None where nothing is.

    Raises:
        DataError: one of the two files is wrong, or they do not belong together.
    """
    production = read_production(folder)
    if production is None:
        return None
    if production.arm not in baseline_arms(folder):
        known = ", ".join(baseline_arms(folder)) or "none"
        message = f"arm {production.arm!r} has no baseline here (baselines: {known})"
        raise DataError([_misfit(folder, "arm", message)])
    path = baseline_path(folder, production.arm)
    baseline = read_baseline(path)
    if production.baseline != baseline.header.seal:
        message = f"{production.baseline} is not the seal of {path.name}: {baseline.header.seal}"
        raise DataError([_misfit(folder, "baseline", message)])
    return production, baseline


def _misfit(folder: Path, key: str, message: str) -> Problem:
    """Production.toml and the baselines beside it say different things."""
    path = folder / PRODUCTION_FILE
    line = line_of(read_text(path, []) or "", (key,))
    hint = "restore both files from git, or approve again with `harness promote`"
    return Problem(file=str(path), line=line, message=f"{key}: {message}", hint=hint)


def _parsed(path: Path, data: bytes) -> Baseline:
    found: list[Problem] = []
    lines = [(number, line) for number, line in enumerate(data.split(b"\n"), 1) if line.strip()]
    reader = _Reader(path, FileProblems(str(path), found))
    baseline = reader.read(lines)
    if baseline is None:
        raise DataError(found)
    return baseline


class _Reader:
    """Lines of one baseline in, the baseline out; or None and everything that is wrong with it."""

    def __init__(self, path: Path, problems: FileProblems) -> None:
        self._path = path
        self._problems = problems

    def read(self, lines: list[tuple[int, bytes]]) -> Baseline | None:
        """What follows from an earlier problem is not reported: a broken line breaks the counts."""
        header, rest = self._header(lines)
        cases = self._cases(rest)
        if header is not None and not self._problems.count:
            self._check(lines[0][0], header, cases)
        self._problems.close()
        return None if header is None or self._problems.count else Baseline(header, cases)

    def _report(self, line: int, message: str, hint: str = _RESTORE) -> None:
        self._problems.add(Problem(file=str(self._path), line=line, message=message, hint=hint))

    def _header(
        self, lines: list[tuple[int, bytes]]
    ) -> tuple[BaselineHeader | None, list[tuple[int, bytes]]]:
        """The header, and the lines that should be cases: none where their format is unknown."""
        if not lines:
            self._report(0, "there is no header: the file is empty")
            return None, []
        number, first = lines[0]
        if self._is_case(first):
            self._report(number, "there is no header: the first line is that of a case")
            return None, lines
        version = self._decoded(number, first, _decode_version, "no header")
        if version is None:
            return None, lines[1:]
        if version.version != BASELINE_VERSION:
            message = f"version {version.version} of baselines, and this harness reads"
            hint = "use the harness that wrote it, or approve again with `harness promote`"
            self._report(number, f"{message} {BASELINE_VERSION}", hint)
            return None, []
        return self._decoded(number, first, _decode_header, "no header"), lines[1:]

    def _is_case(self, line: bytes) -> bool:
        try:
            _decode_case.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return False
        return True

    def _decoded(
        self, number: int, line: bytes, decoder: msgspec.json.Decoder[T], what: str
    ) -> T | None:
        try:
            return decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            self._report(number, f"{what}: {error}")
            return None

    def _cases(self, lines: list[tuple[int, bytes]]) -> tuple[BaselineCase, ...]:
        cases: list[BaselineCase] = []
        places: dict[str, int] = {}
        for number, line in lines:
            case = self._decoded(number, line, _decode_case, "no case")
            if case is None:
                continue
            if case.id in places:
                message = f"the id {case.id!r} stands already in line {places[case.id]}"
                self._report(number, message)
                continue
            if cases and case.id < cases[-1].id:
                before = f"{cases[-1].id!r} of line {places[cases[-1].id]}"
                self._report(number, f"the id {case.id!r} belongs before {before}: not sorted")
            cases.append(case)
            places[case.id] = number
        return tuple(cases)

    def _check(self, number: int, header: BaselineHeader, cases: tuple[BaselineCase, ...]) -> None:
        if header.arm != self._path.stem:  # a copy under another name approves nothing
            self._report(number, f"arm = {header.arm!r} in a file called {self._path.name}")
        self._check_counts(number, header, cases)
        if not self._problems.count and header.seal != seal_of(header, cases):
            self._report(number, "edited by hand: the seal is not that of this header and lines")

    def _check_counts(
        self, number: int, header: BaselineHeader, cases: tuple[BaselineCase, ...]
    ) -> None:
        """The sums of the header are those of the lines."""
        if header.cases != len(cases):
            self._report(number, f"cases = {header.cases}, and the file has {len(cases)}")
        outcomes = Counter(str(case.outcome) for case in cases)
        if header.correct != outcomes[Outcome.CORRECT]:
            right = outcomes[Outcome.CORRECT]
            self._report(number, f"correct = {header.correct}, and of the lines {right} are")
        for outcome in sorted({*header.outcomes, *outcomes}):
            said, counted = header.outcomes.get(outcome, 0), outcomes[outcome]
            if said != counted:
                self._report(number, f"outcomes.{outcome} = {said}, and of the lines {counted} are")
        mean = fsum(case.score for case in cases) / max(1, len(cases))
        if abs(header.mean - mean) > _ROUNDING:
            self._report(number, f"mean = {header.mean}, and that of the lines is {mean:.6g}")
