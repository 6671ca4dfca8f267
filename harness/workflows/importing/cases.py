"""Arms in, the cases that they answered out: each once, and the same in every arm and suite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from harness.errors import DataError, Problem, UsageError
from harness.prompting.template import FORBIDDEN, SHOTS
from harness.store.peers.table import TOOL as TABLE
from harness.store.suite import Suite
from harness.store.suite_problems import FileProblems
from harness.text.wording import counted, listing
from harness.values.case import Case, Split
from harness.values.imported import ImportedLog
from harness.workflows.importing.arms import NewArm

SPLIT: Split = "test"
_RESERVED = frozenset({SHOTS, FORBIDDEN})


def cases_of(arms: Sequence[NewArm], suite: Suite | None) -> dict[str, Case]:
    """By id, in the order in which they came; those of a suite that is there already, if it is.

    Raises:
        UsageError: the suite has no test split.
        DataError: with every case whose input or expected value is another one elsewhere, and every
            case that the suite does not have.
    """
    cases = _known(suite)
    problems: list[Problem] = []
    for log in (log for arm in arms for log in arm.logs):
        if suite is None:
            _take_up(log, cases)
        faults = FileProblems(log.file, problems)
        strangers = _strangers(log, cases, suite.name) if suite is not None else ()
        for problem in chain(_misnamed(log, cases), _differing(log, cases), strangers):
            faults.add(problem)
        faults.close()
    if problems:
        raise DataError(problems)
    return cases


def _known(suite: Suite | None) -> dict[str, Case]:
    if suite is None:
        return {}
    if SPLIT not in suite.splits:
        raise UsageError(f"{suite.name} has no {SPLIT} split to import replies to")
    return {case.id: case for case in suite.splits[SPLIT]}


def _take_up(log: ImportedLog, cases: dict[str, Case]) -> None:
    """Add the cases of a log that are new."""
    for sample in log.samples:
        if sample.id not in cases:
            cases[sample.id] = Case(
                id=sample.id,
                input=_inputs(sample.input),
                expected=sample.expected,
                group=sample.group,
                tags=sample.tags,
            )


def _misnamed(log: ImportedLog, cases: Mapping[str, Case]) -> Iterator[Problem]:
    """Inputs that are called otherwise than those of the same cases here: all of them at once."""
    lines: dict[tuple[tuple[str, ...], tuple[str, ...]], list[int]] = {}
    for sample in log.samples:
        known, given = cases.get(sample.id), _inputs(sample.input)
        if known is not None and known.input.keys() != given.keys():
            names = (tuple(sorted(given)), tuple(sorted(known.input)))
            lines.setdefault(names, []).append(sample.line)
    for (given_names, known_names), found in lines.items():
        message = f"{counted(len(found), 'reply')} to the input {_named(given_names)}"
        message += f", which is {_named(known_names)} in the cases here"
        hint = "import it as a suite of its own"
        if log.tool == TABLE:
            columns = listing(f"input.{name}" for name in known_names)
            hint = f"name the {'column' if len(known_names) == 1 else 'columns'} {columns}"
        yield Problem(file=log.file, line=found[0], message=message, hint=hint)


def _named(names: Sequence[str]) -> str:
    return listing(map(repr, names)) if names else "nothing"


def _strangers(log: ImportedLog, cases: Mapping[str, Case], suite: str) -> Iterator[Problem]:
    """Cases that a suite does not have."""
    for sample in log.samples:
        if sample.id not in cases:
            message = f"{suite} has no {SPLIT} case {sample.id!r}: import it as a suite of its own"
            yield Problem(file=log.file, line=sample.line, message=message)


def _differing(log: ImportedLog, cases: Mapping[str, Case]) -> Iterator[Problem]:
    """Cases with other values than here, of inputs that are called alike, or to be expected."""
    for sample in log.samples:
        known, given = cases.get(sample.id), _inputs(sample.input)
        if known is None:
            continue
        different = []
        if known.input.keys() == given.keys() and known.input != given:
            different.append("input")
        if known.expected != sample.expected:
            different.append("expected")
        if different:
            message = f"case {sample.id!r} has another {' and another '.join(different)} here"
            yield Problem(file=log.file, line=sample.line, message=message)


def _inputs(given: dict[str, Any]) -> dict[str, Any]:
    """Inputs that take a name of the templates' stand together in one."""
    return {"input": given} if _RESERVED & given.keys() else given
