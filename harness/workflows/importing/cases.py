"""Arms in, the cases that they answered out: each once, and the same in every arm and suite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from harness.errors import DataError, Problem, UsageError
from harness.prompting.template import FORBIDDEN, SHOTS
from harness.store.suite import Suite
from harness.store.suite_problems import FileProblems
from harness.values.case import Case, Split
from harness.values.imported import ImportedSample
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
    for arm in arms:
        for log in arm.logs:
            faults = FileProblems(log.file, problems)
            for sample in log.samples:
                for message in _differences(sample, cases, suite):
                    faults.add(Problem(file=log.file, line=sample.line, message=message))
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


def _differences(
    sample: ImportedSample, cases: dict[str, Case], suite: Suite | None
) -> Iterator[str]:
    """What is wrong with the case of a sample; a new one is taken up."""
    inputs = _inputs(sample.input)
    known = cases.get(sample.id)
    if known is None and suite is not None:
        yield f"{suite.name} has no {SPLIT} case {sample.id!r}: import it as a suite of its own"
    elif known is None:
        cases[sample.id] = Case(
            id=sample.id,
            input=inputs,
            expected=sample.expected,
            group=sample.group,
            tags=sample.tags,
        )
    else:
        pairs = (("input", known.input, inputs), ("expected", known.expected, sample.expected))
        different = [name for name, one, other in pairs if one != other]
        if different:
            yield f"case {sample.id!r} has another {' and another '.join(different)} here"


def _inputs(given: dict[str, Any]) -> dict[str, Any]:
    """Inputs that take a name of the templates' stand together in one."""
    return {"input": given} if _RESERVED & given.keys() else given
